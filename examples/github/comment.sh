#!/usr/bin/env bash
# comment.sh NUMBER FILE: write FILE as the review comment of a pull request, replacing an existing comment.
# comment.sh NUMBER FILE --get: write that comment to FILE; fails if none exists. Only the bot's own comments count.
set -euo pipefail

number=$1 file=$2
id=$(gh api --paginate "repos/$GITHUB_REPOSITORY/issues/$number/comments" --jq \
  '.[] | select(.user.login == "github-actions[bot]" and (.body | startswith("<!-- hvn-review -->"))) | .id' | tail -1)

if [ "${3:-}" = --get ]; then
  test -n "$id" || { echo "pull request $number has no review" >&2; exit 1; }
  gh api "repos/$GITHUB_REPOSITORY/issues/comments/$id" --jq .body > "$file"
elif [ -n "$id" ]; then
  gh api --method PATCH "repos/$GITHUB_REPOSITORY/issues/comments/$id" -F "body=@$file" > /dev/null
else
  gh api --method POST "repos/$GITHUB_REPOSITORY/issues/$number/comments" -F "body=@$file" > /dev/null
fi
