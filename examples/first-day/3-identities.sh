#!/usr/bin/env bash
# The applications hvn-plan and hvn-apply, their roles, and the jobs on GitHub that can log in as them. You need Owner on
# each subscription and Application Developer in Entra. docs/reference/rights.md lists narrower rights.
set -euo pipefail
. "$(dirname "$0")/settings.sh"
need SUBSCRIPTIONS STATE_GROUP STATE_ACCOUNT REPOSITORY
folder=$(dirname "$0")

create() {
  local prefix
  prefix=$(subject_prefix)
  application plan
  trust plan pull-request "$prefix:pull_request"
  trust plan main "$prefix:ref:refs/heads/main"
  application apply
  trust apply production "$prefix:environment:production"
  for subscription in $SUBSCRIPTIONS; do
    grant plan Reader "/subscriptions/$subscription"
    grant plan "Azure Kubernetes Service Cluster User Role" "/subscriptions/$subscription"
    grant apply Contributor "/subscriptions/$subscription"
    grant apply "Role Based Access Control Administrator" "/subscriptions/$subscription" \
      --condition-version 2.0 --condition "$(cat "$folder/role-condition.txt")"
  done
  for role in plan apply; do
    grant "$role" "Storage Blob Data Contributor" "$(az storage account show -g "$STATE_GROUP" -n "$STATE_ACCOUNT" \
      --subscription "${SUBSCRIPTIONS%% *}" --query id -o tsv)"
  done
}

application() {
  az ad sp create --id "$(az ad app create --display-name "hvn-$1" --query appId -o tsv)"
}

id() {
  az ad app list --display-name "hvn-$1" --query "[0].appId" -o tsv
}

trust() {
  az ad app federated-credential create --id "$(id "$1")" --parameters "$(jq -n --arg name "$2" --arg subject "$3" \
    '{$name, $subject, audiences: ["api://AzureADTokenExchange"],
      issuer: "https://token.actions.githubusercontent.com"}')"
}

grant() {
  local role=$1 name=$2 scope=$3
  shift 3
  az role assignment create --assignee-object-id "$(az ad sp list --display-name "hvn-$role" --query "[0].id" -o tsv)" \
    --assignee-principal-type ServicePrincipal --role "$name" --scope "$scope" "$@"
}

verify() {
  for role in plan apply; do
    az ad app federated-credential list --id "$(id "$role")" --query "[].subject" -o tsv
    az role assignment list --all --assignee "$(id "$role")" --query "[].[roleDefinitionName, scope]" -o tsv
  done
}

undo() {
  for role in plan apply; do
    for subscription in $SUBSCRIPTIONS; do
      az role assignment list --all --subscription "$subscription" --assignee "$(id "$role")" --query "[].id" -o tsv |
        xargs -r az role assignment delete --ids
    done
    az ad app delete --id "$(id "$role")"
  done
}

main "$@"
