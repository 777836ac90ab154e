#!/bin/sh
# Print the path of a Python that can run this project: $1 (a command or a path), or the first suitable one.
# A command is searched in all folders of PATH and in pyenv's versions. pyenv puts shims into PATH that fail when their
# version is not installed; a suitable Python is often in a later folder.
set -u

probe='
import os, sys
version = ".".join(map(str, sys.version_info[:3]))
try:
    import ensurepip, venv
    missing = ""
except ImportError:
    missing = " without venv or ensurepip"
suitable = (3, 11) <= sys.version_info[:2] <= (3, 13) and not missing
print(os.path.realpath(sys.executable) if suitable else version + missing)
'
rejected=

try() {
    [ -f "$1" ] && [ -x "$1" ] || return 0
    answer=$("$1" -E -c "$probe" 2>/dev/null </dev/null) || answer='does not run'
    case $answer in
        /*) printf '%s\n' "$answer"; exit 0 ;;
    esac
    rejected="$rejected${rejected:+, }$1 ($answer)"
}

look_for() {
    IFS=:
    set -f  # do not expand patterns in folder names
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

echo "setup: no suitable Python${1:+ named $1}: the project needs Python 3.11, 3.12 or 3.13 with venv and ensurepip" \
    "(found: ${rejected:-none}). Install one (Debian and Ubuntu: apt install python3 python3-venv)," \
    "or name one: make PYTHON=/path/to/python3.12" >&2
exit 1
