#!/usr/bin/env bash
# Register the resource providers, because the stacks do not. You need Contributor on each subscription.
set -euo pipefail
. "$(dirname "$0")/settings.sh"
need SUBSCRIPTIONS
services="Network ManagedIdentity Compute ContainerService Storage Insights"

each() {
  local subscription service
  for subscription in $SUBSCRIPTIONS; do
    for service in $services; do
      "$@" --subscription "$subscription" --namespace "Microsoft.$service"
    done
  done
}

create() {
  each az provider register --wait
}

# The output has only lines with `Registered`.
verify() {
  each az provider show --query registrationState -o tsv
}

# Azure refuses to unregister a provider with resources.
undo() {
  each az provider unregister
}

main "$@"
