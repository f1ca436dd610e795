#!/bin/sh
# Sets up what a build or a test run needs, and only what is missing: Debian packages (apt.txt), the virtual environment
# .venv (the lock files), tools/node (its lock) and the fonts (tools/fonts.sh). Nothing is written outside the checkout except by apt.
#
# Usage: tools/setup.sh build|test      the environment variable PYTHON names another interpreter than the one found
# Ends with 1, after one message in Chinese and English, where the administrator has to help first.
set -eu
cd "$(dirname "$0")/.."
want=${1:-build}
case $want in build | test) ;; *) echo "usage: $0 build|test" >&2; exit 2 ;; esac
# What a user has set for other projects must not lead Python or pip elsewhere.
unset PYTHONHOME PYTHONPATH PIP_USER PIP_TARGET PIP_PREFIX
export XDG_CACHE_HOME="$PWD/.cache" PIP_DISABLE_PIP_VERSION_CHECK=1
mkdir -p .cache

# One set-up at a time: two that start together would build in the same .venv.
if [ -z "${SETUP_LOCKED:-}" ] && command -v flock >/dev/null; then
    SETUP_LOCKED=1 exec flock .cache/setup.lock sh tools/setup.sh "$want"
fi

# --- Debian packages ---

# Prints the packages of apt.txt that are wanted and not installed.
missing_packages() {
    while read -r name mark; do
        case $name in '' | '#'*) continue ;; esac
        case $mark in *'# test'*) [ "$want" = test ] || continue ;; esac
        [ "$(dpkg-query -W -f '${db:Status-Status}' "$name" 2>/dev/null)" = installed ] || printf '%s ' "$name"
    done <apt.txt
}

# Says whether apt-get may be run and leaves in $apt_get how.
may_install() {
    apt_get='env DEBIAN_FRONTEND=noninteractive apt-get'
    [ "$(id -u)" -ne 0 ] || return 0
    command -v sudo >/dev/null || return 1
    apt_get="sudo -n $apt_get"
    ! $apt_get --version >/dev/null 2>&1 || return 0
    # sudo asks for a password where somebody is there to answer, not in a script or CI.
    [ -t 0 ] && [ -t 2 ] || return 1
    apt_get="sudo ${apt_get#sudo -n }"
    echo '需要安装系统软件包，sudo 可能会询问您的密码。 System packages are needed; sudo may ask for your password.' >&2
    $apt_get --version >/dev/null
}

install_packages() {
    missing=$(missing_packages)
    [ -n "$missing" ] || return 0
    if may_install; then
        echo "安装系统软件包 Installing system packages: $missing"
        # Lists that cannot be refreshed may still do. A running upgrade may hold the lock for a while.
        $apt_get update -q || true
        # shellcheck disable=SC2086
        $apt_get install -q -y --no-install-recommends -o DPkg::Lock::Timeout=300 $missing </dev/null || true
        missing=$(missing_packages)
        [ -n "$missing" ] || return 0
        why='系统软件包没有装上（原因见上面的输出）。 System packages could not be installed (see above).'
    else
        why='缺少系统软件包，这里又没有 root 或 sudo 权限。 System packages are missing, and there is neither root nor sudo here.'
    fi
    cat >&2 <<END
$why
请管理员运行下面的命令，然后再运行 make。 Ask the administrator to run this, then run make again:

    apt-get update && apt-get install --no-install-recommends ${missing% }

END
    exit 1
}

if command -v dpkg-query >/dev/null && command -v apt-get >/dev/null; then
    install_packages
else
    echo '这里没有 apt，系统软件包请按 docs/setup.md 自行安装。 No apt here: for the system packages see docs/setup.md.' >&2
fi

# --- Virtual environment ---

# Debian's own Python comes first: python3-venv belongs to it and the locks were compiled with it.
find_python() {
    for python in ${PYTHON:+"$PYTHON"} /usr/bin/python3 python3 python3.13 python3.12 python3.11; do
        if "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then return 0; fi
    done
    echo '需要 Python 3.11 或更新的版本，请安装后再运行 make。 Python 3.11 or newer is needed; install it, then run make again.' >&2
    exit 1
}

digest() {
    if command -v sha256sum >/dev/null; then sha256sum; else shasum -a 256; fi | cut -c1-64
}

# .venv/.made holds a line for each lock that was installed whole, written when it was: an environment without it is
# half-made and never counts. A line names what it depends on: lock, Python and place (scripts hold its path).
made=.venv/.made
line_for() {
    printf '%s %s %s\n' "$1" "$version" "$( (pwd && cat "$@") | digest)"
}
has_line() {
    grep -qxF "$1" $made 2>/dev/null
}
install_lock() {
    echo "安装 Python 软件包 Installing Python packages: $1"
    # Wheels only: to build from source, pip would fetch build tools that no lock pins.
    .venv/bin/python -m pip install -q --require-hashes --only-binary :all: -r "$1" || {
        echo '没有装上，请检查网络后再运行 make；离线安装见 docs/setup.md。 Not installed: check the network and run make again; for a machine without network see docs/setup.md.' >&2
        exit 1
    }
}

find_python
version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
build_line=$(line_for requirements.lock)
test_line=$(line_for requirements-dev.lock requirements.lock)
# An environment made with other locks is made anew, so that nothing of them stays behind.
if ! has_line "$build_line" || ! .venv/bin/python -c '' 2>/dev/null ||
    { [ "$want" = test ] && ! has_line "$test_line" && grep -q '^requirements-dev' $made; }; then
    rm -rf .venv
    "$python" -m venv .venv
    install_lock requirements.lock
    echo "$build_line" >$made
fi
if [ "$want" = test ] && ! has_line "$test_line"; then
    # Should this be cut short, the mark makes the next `make test` begin anew.
    echo 'requirements-dev.lock begun' >>$made
    install_lock requirements-dev.lock
    printf '%s\n' "$build_line" "$test_line" >$made
fi

# --- Packages of Node.js that check HTML and scripts ---

if [ "$want" = test ]; then
    mark=$( (pwd && cat tools/node/package-lock.json) | digest)
    if [ "$(cat tools/node/node_modules/.made 2>/dev/null)" != "$mark" ]; then
        echo '安装 Node.js 软件包 Installing packages of Node.js: tools/node/package-lock.json'
        .venv/bin/npm ci --prefix tools/node --ignore-scripts --no-audit --no-fund --loglevel=error >/dev/null || {
            echo '没有装上，请检查网络后再运行 make。 Not installed: check the network and run make again.' >&2
            exit 1
        }
        echo "$mark" >tools/node/node_modules/.made
    fi
fi

# --- Fonts ---

sh tools/fonts.sh
