#!/usr/bin/env bash
# labels.sh NUMBER [FILE]: set the labels `hvn: …` of a pull request to those in the JSON of a review; without a file,
# remove them. GitHub creates no label with `pull-requests: write`: create the labels once, see
# docs/how-to/review-a-pull-request.md. A label that cannot be set is a warning only.
set -euo pipefail

number=$1 labels="repos/$GITHUB_REPOSITORY/issues/$1/labels"
wanted=$(test -z "${2:-}" || jq -r '.labels[]' "$2")
present=$(gh api --paginate "$labels" --jq '.[].name | select(startswith("hvn: "))')

while read -r label; do
  if [ -n "$label" ] && ! grep -qxF "$label" <<< "$wanted"; then
    gh api --method DELETE "$labels/$(jq -rn --arg label "$label" '$label | @uri')" > /dev/null ||
      echo "::warning::the label $label of pull request $number cannot be removed"
  fi
done <<< "$present"
while read -r label; do
  if [ -n "$label" ] && ! grep -qxF "$label" <<< "$present"; then
    gh api --method POST "$labels" -f "labels[]=$label" > /dev/null ||
      echo "::warning::the label $label cannot be set: create it once"
  fi
done <<< "$wanted"
