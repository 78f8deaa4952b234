#!/bin/sh
# Installs what the tests need beside Python; without the right to install, names what is missing.
set -eu

missing=""
command -v node >/dev/null 2>&1 || missing="$missing nodejs"
command -v npm >/dev/null 2>&1 || missing="$missing npm"
[ -x /usr/bin/chromium ] || missing="$missing chromium"
ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || command -v initdb >/dev/null 2>&1 || missing="$missing postgresql"

if [ -n "$missing" ]; then
    if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null 2>&1; then
        echo "make test needs:$missing. Install them with the system's package tool, then run it again." >&2
        exit 1
    fi
    echo "installing$missing"
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -qq
    case "$missing" in *postgresql*)
        # The tests start a server of their own: Debian's need not be made, nor run.
        apt-get install -y -qq --no-install-recommends postgresql-common >/dev/null
        sed -i 's/^#\{0,1\} *create_main_cluster.*/create_main_cluster = false/' /etc/postgresql-common/createcluster.conf
    esac
    # shellcheck disable=SC2086
    apt-get install -y -qq --no-install-recommends $missing >/dev/null
fi

# axe-core is only ever read by the browser tests.
if [ ! -f node_modules/axe-core/axe.min.js ]; then
    npm ci --silent --no-audit --no-fund
fi
