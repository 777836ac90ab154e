#!/usr/bin/env bash
# apply-wave.sh BASE WAVE: plan the wave again with the command PLANS. If comment.md approves the changes, apply the
# plans one by one. Appends the lines `applied=…`, `failed=…` and `waiting=…` to the file OUTPUT.
set -euo pipefail

base=$1 wave=$2 applied='' failed='' waiting=''
finish() {
  code=$?
  rm -rf plans
  printf '%s\n' "applied=${applied# }" "failed=$failed" "waiting=${waiting# }" >> "$OUTPUT"
  exit "$code"
}
trap finish EXIT

$PLANS --base "$base" --wave "$wave" --save-tfplan
bin/hvn review plans --verify comment.md
bin/hvn affected --base "$base" --format json > affected.json
names=$(jq -r --argjson wave "$wave" '.waves[$wave - 1].include[].workspaces' affected.json)
waiting=$(echo $names)
for name in $names; do
  failed=$name
  waiting=${waiting#"$name"} waiting=${waiting# }
  terraform -chdir="cdktf.out.plans/stacks/$name" apply -input=false "$PWD/plans/$name.tfplan"
  applied="$applied $name" failed=''
done
