#!/usr/bin/env bash
# Create the storage of the states, with versions and soft delete. You need Owner on the storage's subscription.
set -euo pipefail
. "$(dirname "$0")/settings.sh"
need STATE_SUBSCRIPTION REGION STATE_GROUP STATE_ACCOUNT STATE_CONTAINER

create() {
  local account
  az group create --subscription "$STATE_SUBSCRIPTION" -n "$STATE_GROUP" -l "$REGION"
  # Without account keys, everybody needs a role on the container.
  az storage account create --subscription "$STATE_SUBSCRIPTION" -g "$STATE_GROUP" -n "$STATE_ACCOUNT" -l "$REGION" \
    --sku Standard_ZRS --min-tls-version TLS1_2 --allow-blob-public-access false --allow-shared-key-access false
  az storage account blob-service-properties update --subscription "$STATE_SUBSCRIPTION" -g "$STATE_GROUP" \
    --account-name "$STATE_ACCOUNT" --enable-versioning true --enable-delete-retention true --delete-retention-days 30
  az storage container-rm create --subscription "$STATE_SUBSCRIPTION" -g "$STATE_GROUP" --storage-account "$STATE_ACCOUNT" \
    -n "$STATE_CONTAINER"
  # With an empty scope, az would assign the role to a whole subscription: stop here if this command fails.
  account=$(az storage account show --subscription "$STATE_SUBSCRIPTION" -g "$STATE_GROUP" -n "$STATE_ACCOUNT" \
    --query id -o tsv)
  az role assignment create --assignee-object-id "$(az ad signed-in-user show --query id -o tsv)" \
    --assignee-principal-type User --role "Storage Blob Data Contributor" --scope "$account"
}

# The list is empty before the first deploy. A new role has an effect after some minutes.
verify() {
  az storage blob list --account-name "$STATE_ACCOUNT" -c "$STATE_CONTAINER" --auth-mode login -o table
}

# Delete all states.
undo() {
  az group delete --subscription "$STATE_SUBSCRIPTION" -n "$STATE_GROUP"
}

main "$@"
