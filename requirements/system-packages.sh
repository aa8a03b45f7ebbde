#!/bin/sh
# Makes a MariaDB server available to the tests, or says what to install. Exit 0 only if it is there.
set -u
have() {
    PATH="$PATH:/usr/sbin:/usr/local/sbin:/usr/libexec" command -v mariadbd >/dev/null 2>&1
}
as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n "$@"; fi
}
have && exit 0
if command -v apt-get >/dev/null 2>&1 && as_root true 2>/dev/null; then
    as_root apt-get update -qq &&
        as_root env DEBIAN_FRONTEND=noninteractive apt-get install -qq --yes \
            --no-install-recommends mariadb-server
fi
have && exit 0
cat >&2 <<'TEXT'
No MariaDB server on this machine, and it could not be installed from here. Install it with
  Debian, Ubuntu:  sudo apt-get install mariadb-server
  Fedora:          sudo dnf install mariadb-server
  macOS:           brew install mariadb
TEXT
exit 1
