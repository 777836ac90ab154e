# shellcheck shell=bash disable=SC2034
# Settings of the scripts in this folder. A script stops at an empty setting that it needs.

NAME=                # `name` of the topology file, such as platform
REGION=              # `azure.region`
HUB=                 # new: this project creates the hub; existing: other people own the hub; none
SUBSCRIPTIONS=       # of a new hub first, then of the spokes; never of an existing hub or zone that others own
STATE_SUBSCRIPTION=  # `state.subscription_id`, by default `azure.subscription_id`
STATE_GROUP=         # `state.resource_group`
STATE_ACCOUNT=       # `state.storage_account`
STATE_CONTAINER=     # `state.container`
HCP_PROJECT=         # `hvn.project_id`
CI=                  # github or azure-devops

# For github
REPOSITORY=          # the repository, such as example-org/infra

# For azure-devops, as docs/how-to/ci-login.md shows
ISSUER=              # `vault.ci.azure_devops.issuer`
PLAN_SUBJECT=        # `vault.ci.azure_devops.plan`
APPLY_SUBJECT=       # `vault.ci.azure_devops.apply`

need() {
  local name
  for name in "$@"; do
    [ -n "${!name}" ] || { echo "settings.sh: set $name" >&2; exit 2; }
  done
}

# Sets `issuer`, and the subjects of the jobs that plan and apply, one a line.
read_jobs() {
  local prefix
  need CI
  case $CI in
    github)
      need REPOSITORY
      # Newer repositories have ids in the prefix.
      prefix=$(gh api "repos/$REPOSITORY/actions/oidc/customization/sub" --jq .sub_claim_prefix)
      issuer=https://token.actions.githubusercontent.com
      plan_subjects=$prefix:pull_request$'\n'$prefix:ref:refs/heads/main
      apply_subjects=$prefix:environment:production
      ;;
    azure-devops)
      need ISSUER PLAN_SUBJECT APPLY_SUBJECT
      issuer=$ISSUER plan_subjects=$PLAN_SUBJECT apply_subjects=$APPLY_SUBJECT
      ;;
    *) echo "settings.sh: CI is github or azure-devops" >&2; exit 2 ;;
  esac
}

main() {
  case ${1:-} in
    create | verify | undo) "$1" ;;
    *) echo "usage: $0 create|verify|undo" >&2; exit 2 ;;
  esac
}
