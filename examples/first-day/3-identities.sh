#!/usr/bin/env bash
# Create the applications hvn-plan and hvn-apply with their roles, and let the pipelines' jobs log in as them. You need
# Owner on each subscription and Application Developer in Entra. docs/reference/rights.md lists narrower rights, and the
# rights on an existing hub and its DNS zone: request these from their owners.
set -euo pipefail
. "$(dirname "$0")/settings.sh"
need SUBSCRIPTIONS STATE_SUBSCRIPTION STATE_GROUP STATE_ACCOUNT
folder=$(dirname "$0")

create() {
  local account role subscription
  read_jobs
  # With an empty scope, az would assign the role to a whole subscription: stop here if this command fails.
  account=$(az storage account show --subscription "$STATE_SUBSCRIPTION" -g "$STATE_GROUP" -n "$STATE_ACCOUNT" \
    --query id -o tsv)
  application plan
  trust plan "$plan_subjects"
  application apply
  trust apply "$apply_subjects"
  for subscription in $SUBSCRIPTIONS; do
    grant plan Reader "/subscriptions/$subscription"
    grant plan "Azure Kubernetes Service Cluster User Role" "/subscriptions/$subscription"
    grant apply Contributor "/subscriptions/$subscription"
    grant apply "Role Based Access Control Administrator" "/subscriptions/$subscription" \
      --condition-version 2.0 --condition "$(cat "$folder/role-condition.txt")"
  done
  for role in plan apply; do
    grant "$role" "Storage Blob Data Contributor" "$account"
  done
}

application() {
  az ad sp create --id "$(az ad app create --display-name "hvn-$1" --query appId -o tsv)"
}

# Fails if the application does not exist. The option --display-name would also find names that begin with this name.
id() {
  az ad app list --filter "displayName eq 'hvn-$1'" --query "[0].appId" -o tsv | grep .
}

trust() {
  local subject number=0
  while read -r subject; do
    number=$((number + 1))
    az ad app federated-credential create --id "$(id "$1")" --parameters "$(jq -n --arg name "$1-$number" \
      --arg issuer "$issuer" --arg subject "$subject" \
      '{$name, $issuer, $subject, audiences: ["api://AzureADTokenExchange"]}')" < /dev/null
  done <<< "$2"
}

grant() {
  local role=$1 name=$2 scope=$3
  shift 3
  az role assignment create --assignee-object-id "$(az ad sp list --filter "displayName eq 'hvn-$role'" \
    --query "[0].id" -o tsv)" \
    --assignee-principal-type ServicePrincipal --role "$name" --scope "$scope" "$@"
}

# A draft of a service connection needs the id of its application, the first line.
verify() {
  local application role
  for role in plan apply; do
    application=$(id "$role")
    echo "$application"
    az ad app federated-credential list --id "$application" --query "[].subject" -o tsv
    az role assignment list --all --assignee "$application" --query "[].[roleDefinitionName, scope]" -o tsv
  done
}

undo() {
  local application role subscription
  for role in plan apply; do
    # With an empty assignee, az would list all role assignments of the subscription.
    application=$(id "$role") || continue
    for subscription in $SUBSCRIPTIONS $STATE_SUBSCRIPTION; do
      az role assignment list --all --subscription "$subscription" --assignee "$application" --query "[].id" -o tsv |
        xargs -r az role assignment delete --ids
    done
    az ad app delete --id "$application"
  done
}

main "$@"
