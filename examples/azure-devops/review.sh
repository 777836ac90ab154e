#!/usr/bin/env bash
# review.sh ARGUMENTS: write the output of `hvn review plans ARGUMENTS` to review.json, and its comment to comment.md and to
# the run's summary. If the comment is truncated, the log contains the complete review. Exits with the review's exit
# code; exit code 2 means that no comment is written.
set -euo pipefail

code=0
mkdir -p plans
# Azure DevOps accepts 150,000 characters. The agent must not run logging commands (##vso[…]) in a plan's values.
bin/hvn review plans --max-bytes 65000 --format json "$@" 2> review.log > review.json || code=$?
sed 's/##/# #/g' review.log
if [ "$code" -gt 1 ]; then exit "$code"; fi
jq -j .comment review.json > comment.md
# The last line is the approval mark.
sed -i "\$i Reviewed commit: \`$COMMIT\`.${PAGE:+ [The network as a page]($PAGE).}\n" comment.md
echo "##vso[task.uploadsummary]$PWD/comment.md"
exit "$code"
