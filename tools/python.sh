#!/bin/sh
# Prints the path of a Python this project runs on: the one named ($1, a command or a path), or the first fit one.
# A command is looked for in the whole of PATH and among pyenv's versions: pyenv puts a shim that fails into PATH for
# every version it has ever seen, and a fit Python often lies behind it.
set -u

probe='
import os, sys
version = ".".join(map(str, sys.version_info[:3]))
try:
    import ensurepip, venv
    lacks = ""
except ImportError:
    lacks = " without venv or ensurepip"
fit = (3, 11) <= sys.version_info[:2] <= (3, 13) and not lacks
print(os.path.realpath(sys.executable) if fit else version + lacks)
'
seen=

try() {
    [ -f "$1" ] && [ -x "$1" ] || return 0
    answer=$("$1" -E -c "$probe" 2>/dev/null </dev/null) || answer='does not run'
    case $answer in
        /*) printf '%s\n' "$answer"; exit 0 ;;
    esac
    seen="$seen${seen:+, }$1 ($answer)"
}

look_for() {
    IFS=:
    set -f  # a folder's name is no pattern
    for folder in $PATH; do try "$folder/$1"; done
    set +f
    unset IFS
    for version in "${PYENV_ROOT:-${HOME:-}/.pyenv}"/versions/*; do try "$version/bin/$1"; done
}

case ${1:-} in
    '') for name in python3 python3.13 python3.12 python3.11; do look_for "$name"; done ;;
    */*) try "$1" ;;
    *) look_for "$1" ;;
esac

echo "set-up: no fit Python${1:+ named $1}: this needs Python 3.11, 3.12 or 3.13 with venv and ensurepip (seen: ${seen:-none})." \
    "Install one (Debian and Ubuntu: apt install python3 python3-venv)," \
    "or name one: make PYTHON=/path/to/python3.12" >&2
exit 1
