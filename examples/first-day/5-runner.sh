#!/usr/bin/env bash
# Create a machine in the runners' subnet of a new hub, without a public address. Deploy `hub` first; Terraform does not
# manage the machine. The machine reaches only the hosts that the firewall allows: install Terraform, vault and jq from
# an image, or add hosts.
set -euo pipefail
. "$(dirname "$0")/settings.sh"
need HUB
[ "$HUB" = new ] || { echo "skipped: only a new hub gets a runner; an existing hub's owners provide runners" >&2; exit 0; }
need NAME REGION SUBSCRIPTIONS
subscription=${SUBSCRIPTIONS%% *}
group=rg-$NAME-runner

create() {
  az group create --subscription "$subscription" -n "$group" -l "$REGION"
  az vm create --subscription "$subscription" -g "$group" -n "vm-$NAME-runner" --image Ubuntu2404 \
    --size Standard_D2s_v5 --subnet "$(az network vnet subnet show --subscription "$subscription" -g "rg-$NAME-hub" \
      --vnet-name "vnet-$NAME-hub" -n runners --query id -o tsv)" --public-ip-address "" --nsg "" --admin-username runner --generate-ssh-keys
}

# Any number other than 000 means that the runner reaches Entra through the firewall.
verify() {
  az vm run-command invoke --subscription "$subscription" -g "$group" -n "vm-$NAME-runner" --command-id RunShellScript \
    --scripts "curl -sS -o /dev/null -w '%{http_code}' https://login.microsoftonline.com" --query "value[0].message" -o tsv
}

undo() {
  az group delete --subscription "$subscription" -n "$group"
}

main "$@"
