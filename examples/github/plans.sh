#!/usr/bin/env bash
# plans.sh ARGUMENTS: `bin/hvn plans ARGUMENTS`. It shows why a plan failed, in words of Terraform and of what it asked.
set -euo pipefail

# They are no command for the runner: it takes none until it sees this word again.
word=$(head -c 16 /dev/urandom | od -An -tx1 | tr -d ' \n')
echo "::stop-commands::$word"
code=0
bin/hvn plans "$@" 2>&1 || code=$?
echo "::$word::"
exit "$code"
