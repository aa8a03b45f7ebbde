#!/bin/sh
# Makes what pip cannot install available to the tests (MariaDB, Chromium, Jekyll), or says
# what to install. Exit 0 only if all of it is there; with a program's name, only if that one is.
set -u
have() {
    PATH="$PATH:/usr/sbin:/usr/local/sbin:/usr/libexec" command -v "$1" >/dev/null 2>&1
}
as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n "$@"; fi
}
need() { # PROGRAM DEBIAN FEDORA MACOS
    case "$wanted" in all | "$1") ;; *) return ;; esac
    have "$1" && return
    if command -v apt-get >/dev/null 2>&1 && as_root true 2>/dev/null; then
        as_root apt-get update -qq &&
            as_root env DEBIAN_FRONTEND=noninteractive apt-get install -qq --yes \
                --no-install-recommends "$2"
    fi
    have "$1" && return
    missing=1
    cat >&2 <<TEXT
No $1 on this machine, and it could not be installed from here. Install it with
  Debian, Ubuntu:  sudo apt-get install $2
  Fedora:          sudo dnf install $3
  macOS:           brew install $4
TEXT
}
wanted=${1:-all}
missing=0
need mariadbd mariadb-server mariadb-server mariadb
need chromium chromium chromium chromium
need jekyll jekyll rubygem-jekyll jekyll
exit $missing
