#!/usr/bin/env bash
# plans.sh ARGUMENTS: run `bin/hvn plans ARGUMENTS`. Its output contains errors of Terraform and of the clouds' APIs.
set -euo pipefail

# The runner must not run commands in this output: it ignores them until it reads this word again.
word=$(head -c 16 /dev/urandom | od -An -tx1 | tr -d ' \n')
echo "::stop-commands::$word"
code=0
bin/hvn plans "$@" 2>&1 || code=$?
echo "::$word::"
exit "$code"
