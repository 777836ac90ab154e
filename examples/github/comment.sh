#!/usr/bin/env bash
# comment.sh NUMBER FILE: writes FILE as the review's comment on a pull request, or replaces the one that is there.
# comment.sh NUMBER FILE --get: writes that comment to FILE; fails if there is none. Only the bot's own comments count.
set -euo pipefail

number=$1 file=$2
mine=$(gh api --paginate "repos/$GITHUB_REPOSITORY/issues/$number/comments" --jq \
  '.[] | select(.user.login == "github-actions[bot]" and (.body | startswith("<!-- hvn-review -->"))) | .id' | tail -1)

if [ "${3:-}" = --get ]; then
  test -n "$mine" || { echo "pull request $number has no review" >&2; exit 1; }
  gh api "repos/$GITHUB_REPOSITORY/issues/comments/$mine" --jq .body > "$file"
elif [ -n "$mine" ]; then
  gh api --method PATCH "repos/$GITHUB_REPOSITORY/issues/comments/$mine" -F "body=@$file" > /dev/null
else
  gh api --method POST "repos/$GITHUB_REPOSITORY/issues/$number/comments" -F "body=@$file" > /dev/null
fi
