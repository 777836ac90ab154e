#!/usr/bin/env bash
# review.sh ARGUMENTS: write the output of `hvn review plans ARGUMENTS` to review.json, and its comment to comment.md and to
# the run's summary. If the comment is cut, the log has the complete review. The exit code is the review's; with 2 there is
# no comment.
set -euo pipefail

code=0
mkdir -p plans
# Azure DevOps accepts 150,000 characters. The agent must not run commands (##vso[…]) in a plan's values.
bin/hvn review plans --max-bytes 65000 --format json "$@" 2> review.log > review.json || code=$?
sed 's/##/# #/g' review.log
if [ "$code" -gt 1 ]; then exit "$code"; fi
jq -j .comment review.json > comment.md
# The last line is the approval mark.
sed -i "\$i Reviewed commit: \`$COMMIT\`.\n" comment.md
echo "##vso[task.uploadsummary]$PWD/comment.md"
exit "$code"
