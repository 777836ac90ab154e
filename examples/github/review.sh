#!/usr/bin/env bash
# review.sh ARGUMENTS: writes what `hvn review plans ARGUMENTS` says to comment.md and to the job's summary. Where the
# comment was cut, the whole is in the job's log. Exits as the review does: with 2 there is no comment.
set -euo pipefail

# What stands in a plan is no command for the runner: it takes none until it sees this word again.
word=$(head -c 16 /dev/urandom | od -An -tx1 | tr -d ' \n')
echo "::stop-commands::$word"
code=0
# GitHub takes 65,536 bytes, and the line below needs some of them.
bin/hvn review plans --max-bytes 65000 "$@" 2>&1 > comment.md || code=$?
echo "::$word::"
# The last line is the mark.
sed -i "\$i Of the commit \`${COMMIT:-$GITHUB_SHA}\`.\n" comment.md
cat comment.md >> "$GITHUB_STEP_SUMMARY"
exit "$code"
