# shellcheck shell=bash
# Source this file in an AzureCLI@2 task that names the service connection. The script logs the task in to Azure, HCP
# and Vault (as ROLE), with the service connection's token. azurerm and azuread request their own tokens. The script
# prints no token. The HCP login lasts as long as the token: 24 hours if Entra is the issuer, a few minutes with the
# older issuer.
set -euo pipefail

export ARM_USE_OIDC=true ARM_USE_AZUREAD=true
export ARM_CLIENT_ID=$AZURESUBSCRIPTION_CLIENT_ID ARM_TENANT_ID=$AZURESUBSCRIPTION_TENANT_ID
export ARM_ADO_PIPELINE_SERVICE_CONNECTION_ID=$AZURESUBSCRIPTION_SERVICE_CONNECTION_ID

jwt=$(curl -fsS -X POST -H "Authorization: Bearer $SYSTEM_ACCESSTOKEN" -H 'Content-Type: application/json' -d '' \
  "$SYSTEM_OIDCREQUESTURI?api-version=7.1&serviceConnectionId=$AZURESUBSCRIPTION_SERVICE_CONNECTION_ID" | jq -er .oidcToken)

if [ -n "${HCP_PROVIDER:-}" ]; then
  export HCP_CRED_FILE=$AGENT_TEMPDIRECTORY/hcp.json
  (
    umask 077
    printf %s "$jwt" > "$AGENT_TEMPDIRECTORY/hcp.jwt"
    jq -n --arg provider "$HCP_PROVIDER" --arg path "$AGENT_TEMPDIRECTORY/hcp.jwt" \
      '{scheme: "workload", workload: {provider_resource_name: $provider, file: {path: $path}}}' > "$HCP_CRED_FILE"
  )
fi

if [ -n "${VAULT_ADDR:-}" ]; then
  VAULT_TOKEN=$(vault write -field=token auth/ci-azure-devops/login role="$ROLE" jwt="$jwt")
  echo "##vso[task.setsecret]$VAULT_TOKEN"
  export VAULT_TOKEN
fi
unset jwt
