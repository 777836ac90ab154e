#!/usr/bin/env bash
# review.sh ARGUMENTS: write the output of `hvn review plans ARGUMENTS` to review.json, and its comment to comment.md and to
# the job's summary. If the comment is cut, the job's log has the complete review. The exit code is the review's; with 2
# there is no comment.
set -euo pipefail

# The runner must not run commands in a plan's values: it ignores them until it reads this word again.
word=$(head -c 16 /dev/urandom | od -An -tx1 | tr -d ' \n')
echo "::stop-commands::$word"
code=0
# GitHub accepts 65,536 bytes. The line below and the result of an apply need the rest.
bin/hvn review plans --max-bytes 60000 --format json "$@" 2>&1 > review.json || code=$?
echo "::$word::"
if [ "$code" -gt 1 ]; then exit "$code"; fi
jq -j .comment review.json > comment.md
# The last line is the approval mark.
sed -i "\$i Reviewed commit: \`${COMMIT:-$GITHUB_SHA}\`.${PAGE:+ [The network as a page]($PAGE).}\n" comment.md
cat comment.md >> "$GITHUB_STEP_SUMMARY"
exit "$code"
