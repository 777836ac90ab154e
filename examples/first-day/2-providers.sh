#!/usr/bin/env bash
# The resource providers, which the stacks do not register. You need Contributor on each subscription.
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

# Every line is `Registered`.
verify() {
  each az provider show --query registrationState -o tsv
}

# Azure refuses this for providers with resources.
undo() {
  each az provider unregister
}

main "$@"
