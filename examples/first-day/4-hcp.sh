#!/usr/bin/env bash
# Create the service principals hvn-plan and hvn-apply of the HCP project, and let the pipelines' jobs log in as them.
# You need Admin on the project; log in with `hcp auth login`.
set -euo pipefail
. "$(dirname "$0")/settings.sh"
need HCP_PROJECT

create() {
  read_jobs
  principal plan viewer
  trust plan "$plan_subjects"
  principal apply contributor
  trust apply "$apply_subjects"
}

principal() {
  hcp iam service-principals create "hvn-$1" --project="$HCP_PROJECT"
  hcp projects iam add-binding --project="$HCP_PROJECT" --role="roles/$2" \
    --member="$(hcp iam service-principals read "hvn-$1" --project="$HCP_PROJECT" --format=json | jq -er .id)"
}

# The provider's resource name is the value of HCP_PLAN_PROVIDER or HCP_APPLY_PROVIDER in the pipelines' variables.
# GitHub's action requests the default audience, the resource name; the tokens of Azure DevOps have a fixed audience.
trust() {
  local condition audience=
  case $CI-$issuer in
    azure-devops-https://login.microsoftonline.com/*) audience=fb60f99c-7a34-4190-8149-302f77469936 ;;
    azure-devops-*) audience=api://AzureADTokenExchange ;;
  esac
  condition=$(jq -Rnr '[inputs | "jwt_claims.sub == " + tojson] | join(" or ")' <<< "$2")
  hcp iam workload-identity-providers create-oidc "$CI" --project="$HCP_PROJECT" --issuer="$issuer" \
    ${audience:+"--allowed-audience=$audience"} \
    --service-principal="iam/project/$HCP_PROJECT/service-principal/hvn-$1" --conditional-access="$condition"
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
