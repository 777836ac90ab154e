# shellcheck shell=bash disable=SC2034
# Settings of the scripts in this folder. Fill in every value; a script stops at an empty one.

NAME=             # `name` of the topology file, such as platform
REGION=           # `azure.region`
SUBSCRIPTIONS=    # the hub's subscription first, then the other subscriptions of spokes, state and DNS zone
STATE_GROUP=      # `state.resource_group`, in the first subscription
STATE_ACCOUNT=    # `state.storage_account`
STATE_CONTAINER=  # `state.container`
REPOSITORY=       # the repository on GitHub, such as example-org/infra
HCP_PROJECT=      # `hvn.project_id`

need() {
  local name
  for name in "$@"; do
    [ -n "${!name}" ] || { echo "settings.sh: set $name" >&2; exit 2; }
  done
}

# The subject of the repository's tokens; newer repositories have ids in it.
subject_prefix() {
  gh api "repos/$REPOSITORY/actions/oidc/customization/sub" --jq .sub_claim_prefix
}

main() {
  case ${1:-} in
    create | verify | undo) "$1" ;;
    *) echo "usage: $0 create|verify|undo" >&2; exit 2 ;;
  esac
}
