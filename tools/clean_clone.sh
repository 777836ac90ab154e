#!/bin/sh
# Check that `make` works in a fresh clone and leaves no file that git does not ignore. Uses each supported Python of the
# machine except the version of .venv, which the other checks use.
set -eu
cd "$(dirname "$0")/.."

own=$(.venv/bin/python -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null) || own=
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
trap 'exit 130' INT TERM
unset MAKEFLAGS MAKELEVEL PYTHON HVN_TOPOLOGY HVN_STACKS GIT_DIR GIT_WORK_TREE GIT_INDEX_FILE

fail() {
    echo "clean clone: $1" >&2
    exit 1
}

checked=
for version in 3.11 3.12 3.13; do
    if [ "$version" = "$own" ] || ! python=$(sh tools/python.sh "python$version" 2>/dev/null); then continue; fi
    echo "clean clone: Python $version"
    clone=$folder/$version
    git clone --quiet . "$clone"
    make -C "$clone" PYTHON="$python" || fail "make failed with Python $version"

    table=$("$clone/bin/hvn" workspaces "$clone/examples/sample/topology.yaml")
    set -- "$clone"/cdktf.out@platform/stacks/*/
    [ -d "$1" ] || fail "make with Python $version left no stack in cdktf.out@platform"
    for stack in "$@"; do
        stack=$(basename "$stack")
        printf '%s\n' "$table" | grep -Eq "^ *$stack +[0-9]" || fail "hvn workspaces prints no resource count for $stack"
    done

    unknown=$(git -C "$clone" status --porcelain)
    [ -z "$unknown" ] || fail "make with Python $version changed or created files: $unknown"
    checked="$checked $version"
    rm -rf "$clone"
done
echo "clean clone: ${checked:+passed with Python}${checked:-skipped, no other Python found on this machine}"
