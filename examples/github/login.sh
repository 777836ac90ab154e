#!/usr/bin/env bash
# Log a GitHub Actions job in to HCP and Vault as ROLE, with the job's own token. azurerm and azuread log in themselves.
# The script prints no token. HCP's workload identity provider must accept the audience HCP_AUDIENCE [default: the
# provider's resource name].
set -euo pipefail

token() {
  curl -fsS -H "Authorization: bearer $ACTIONS_ID_TOKEN_REQUEST_TOKEN" "$ACTIONS_ID_TOKEN_REQUEST_URL&audience=$1" |
    jq -er .value
}

if [ -n "${HCP_PROVIDER:-}" ]; then
  umask 077
  # Store the request for a token, not a token, because tokens are valid for minutes only: each Terraform process requests
  # its own. hashicorp/hcp-auth-action does the same.
  jq -n --arg provider "$HCP_PROVIDER" --arg audience "${HCP_AUDIENCE:-$HCP_PROVIDER}" \
    '{scheme: "workload", workload: {provider_resource_name: $provider, url: {
      url: (env.ACTIONS_ID_TOKEN_REQUEST_URL + "&audience=" + ($audience | @uri)),
      headers: {Authorization: ("Bearer " + env.ACTIONS_ID_TOKEN_REQUEST_TOKEN)},
      format_type: "json", subject_cred_pointer: "/value"}}}' > "$RUNNER_TEMP/hcp.json"
  echo "HCP_CRED_FILE=$RUNNER_TEMP/hcp.json" >> "$GITHUB_ENV"
fi

if [ -n "${VAULT_ADDR:-}" ]; then
  jwt=$(token "$VAULT_AUDIENCE")
  vault_token=$(vault write -field=token auth/ci-github/login role="$ROLE" jwt="$jwt")
  echo "::add-mask::$vault_token"
  echo "VAULT_TOKEN=$vault_token" >> "$GITHUB_ENV"
fi
