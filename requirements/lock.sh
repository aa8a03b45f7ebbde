#!/bin/sh
# Writes requirements/*.txt for every platform and every Python from 3.11 on: versions and hashes, no addresses.
set -eu
cd "$(dirname "$0")/.."
resolve() {
    "$UV" pip compile --quiet --upgrade --universal --python-version 3.11 --no-config \
        --generate-hashes --no-emit-index-url --custom-compile-command "make lock" "$@" pyproject.toml
}
resolve --extra parquet --group dev --group build --output-file requirements/dev.txt
resolve --group build --constraint requirements/dev.txt --output-file requirements/runtime.txt
resolve --group build --group fuzz --constraint requirements/dev.txt --output-file requirements/fuzz.txt
