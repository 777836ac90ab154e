#!/usr/bin/env bash
# result.sh NUMBER: write the result of an apply into the review comment, above the review. The variables APPLIED, FAILED
# and WAITING contain workspaces; RESULT is the result of the job.
set -euo pipefail

names() { sed 's/[^ ][^ ]*/`&`/g' <<< "${1:-none}"; }

examples/github/comment.sh "$1" comment.md --get
{
  echo '<!-- hvn-result -->'
  case $RESULT in
    success) printf '## Applied: wave %s\n\n' "$WAVE" ;;
    *) printf '## Not applied, or only partly: wave %s\n\n' "$WAVE" ;;
  esac
  printf -- '- applied: %s\n- failed: %s\n- not reached: %s\n\n' \
    "$(names "$APPLIED")" "$(names "$FAILED")" "$(names "$WAITING")"
  if [ -z "$APPLIED$FAILED$WAITING" ]; then echo 'The job ended before the first workspace: see its log.'; fi
  printf '[Job](%s/%s/actions/runs/%s)\n' "$GITHUB_SERVER_URL" "$GITHUB_REPOSITORY" "$GITHUB_RUN_ID"
  echo '<!-- hvn-result-end -->'
} > result.md
# A result of an earlier run is replaced. The first line identifies the comment.
sed -i '/^<!-- hvn-result -->$/,/^<!-- hvn-result-end -->$/d' comment.md
sed -i '1r result.md' comment.md
examples/github/comment.sh "$1" comment.md
