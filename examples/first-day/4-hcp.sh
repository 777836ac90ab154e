#!/usr/bin/env bash
# The service principals hvn-plan and hvn-apply of the HCP project, and the jobs on GitHub that can log in as them. You
# need Admin on the project; log in with `hcp auth login`.
set -euo pipefail
. "$(dirname "$0")/settings.sh"
need HCP_PROJECT REPOSITORY

create() {
  local prefix
  prefix=$(subject_prefix)
  principal plan viewer
  trust plan "jwt_claims.sub == \"$prefix:pull_request\" or jwt_claims.sub == \"$prefix:ref:refs/heads/main\""
  principal apply contributor
  trust apply "jwt_claims.sub == \"$prefix:environment:production\""
}

principal() {
  hcp iam service-principals create "hvn-$1" --project="$HCP_PROJECT"
  hcp projects iam add-binding --project="$HCP_PROJECT" --role="roles/$2" \
    --member="$(hcp iam service-principals read "hvn-$1" --project="$HCP_PROJECT" --format=json | jq -er .id)"
}

# Its resource name is the value of HCP_PLAN_PROVIDER or HCP_APPLY_PROVIDER in the repository's variables.
trust() {
  hcp iam workload-identity-providers create-oidc github --project="$HCP_PROJECT" \
    --issuer=https://token.actions.githubusercontent.com \
    --service-principal="iam/project/$HCP_PROJECT/service-principal/hvn-$1" --conditional-access="$2"
}

verify() {
  for role in plan apply; do
    hcp iam workload-identity-providers list "hvn-$role" --project="$HCP_PROJECT"
  done
}

undo() {
  for role in plan apply; do
    hcp iam service-principals delete "hvn-$role" --project="$HCP_PROJECT"
  done
}

main "$@"
