"""Values that Vault, Vault Secrets Operator, HCP Terraform and GitHub limit."""

from ipaddress import IPv4Network
from typing import Annotated

from pydantic import PlainSerializer

from hvn.topology.fields.marks import Range, Text

_WORKSPACES = "https://developer.hashicorp.com/terraform/cloud-docs/users-teams-organizations/organizations"

_DATA_KEYS = "https://kubernetes.io/docs/concepts/configuration/secret/#restriction-names-data"

_HVN = (
    "the hcp provider refuses the range during plan "
    "(https://registry.terraform.io/providers/hashicorp/hcp/latest/docs/resources/hvn)"
)
HvnCidr = Annotated[IPv4Network, Range("172.25.16.0/20", _HVN, _HVN), PlainSerializer(str)]
# The customer's topmost namespace on HCP is `admin`. The vault provider and VSO refuse a slash at either end.
VaultNamespace = Annotated[
    str,
    Text(
        pattern=r"admin(/(?!(root|sys|audit|auth|cubbyhole|identity)(/|$))[A-Za-z0-9_-]{1,64}){0,5}",
        kind="a Vault namespace on HCP",
        rule="admin or a namespace below it, without a slash at either end; root, sys, audit, auth, "
        "cubbyhole and identity are reserved",
        example="admin/platform",
        why="admin is the topmost namespace that HCP gives to customers, and Vault reserves root, sys, audit, auth, "
        "cubbyhole and identity; a login to a different namespace fails with 403",
        see="https://developer.hashicorp.com/vault/docs/enterprise/namespaces",
    ),
]
Mount = Annotated[
    str,
    Text(
        pattern=r"(?!(auth|cubbyhole|identity|sys)$)[a-z0-9][a-z0-9_-]{0,62}",
        kind="a mount path",
        rule="1 to 63 lower-case letters, digits, _ and -, without a slash; auth, cubbyhole, identity and sys are "
        "reserved",
        example="kvv2",
        why="Vault reserves auth, cubbyhole, identity and sys, and the vault provider refuses a path with a trailing "
        "slash",
        see="https://developer.hashicorp.com/vault/api-docs/system/mounts",
    ),
]
TeamName = Annotated[
    str,
    Text(
        pattern=r"(?!(root|sys|audit|auth|cubbyhole|identity)$)[a-z][a-z0-9-]{0,31}",
        kind="the name of a Vault namespace",
        rule="1 to 32 lower-case letters, digits and hyphens, a letter first, and no name that Vault reserves",
        example="shop",
        why="Vault reserves root, sys, audit, auth, cubbyhole and identity, and the name is part of policies, where "
        "* and + are wildcards",
        see="https://developer.hashicorp.com/vault/docs/enterprise/namespaces",
    ),
]
SecretPath = Annotated[
    str,
    Text(
        pattern=r"(?!data/)(?!metadata/)[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}(/[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}){0,9}",
        kind="a secret's path",
        rule="names joined by single slashes, without * and + and without the prefix data/",
        example="webapp/config",
        why=(
            "the path is part of the app's policy, where * and + would allow other secrets; Vault refuses .., and the "
            "policy adds data/ for kv version 2"
        ),
        see="https://developer.hashicorp.com/vault/docs/concepts/policies",
    ),
]
EngineMount = Annotated[
    str,
    Text(
        pattern=r"(?!(auth|cubbyhole|identity|sys)(/|$))[A-Za-z0-9][A-Za-z0-9_-]{0,62}(/[A-Za-z0-9][A-Za-z0-9_-]{0,62}){0,3}",
        kind="the path of a secrets engine",
        rule="names of letters, digits, _ and -, joined by single slashes",
        example="database",
        why="the path is part of the app's policy, where * and + are wildcards; Vault reserves auth, cubbyhole, "
        "identity and sys",
        see="https://developer.hashicorp.com/vault/api-docs/system/mounts",
    ),
]
# `framework.GenericNameRegex` of Vault's SDK, without dots next to each other.
EngineRole = Annotated[
    str,
    Text(
        pattern=r"[A-Za-z0-9_]([A-Za-z0-9_-]|\.(?!\.)){0,62}(?<!\.)(?<!-)",
        kind="a role of a secrets engine",
        rule="1 to 63 letters, digits, _, - and single dots",
        example="webapp",
        why="the name is part of the app's policy, where * and + are wildcards; some of Vault's engines refuse "
        "other characters",
        see="https://github.com/hashicorp/vault/blob/main/sdk/framework/path.go",
    ),
]
# The pattern excludes underscores: otherwise the role `a_b` of the mount `c` and the role `a` of `b_c` would have one
# Terraform name.
RoleName = Annotated[
    str,
    Text(
        pattern=r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?",
        kind="the name of a role of a new engine",
        rule="1 to 63 lower-case letters, digits and hyphens, no hyphen at either end",
        example="webapp",
        why="the name is part of Vault's paths and of Terraform's resource names",
        see="docs/reference/topology.md",
    ),
]
# Vault matches `+` only as a whole segment, and `*` only at the end of a path.
PolicyPath = Annotated[
    str,
    Text(
        pattern=r"[A-Za-z0-9_-][A-Za-z0-9_.-]{0,62}(/(\+|[A-Za-z0-9_.-]{1,64})){0,9}(/([A-Za-z0-9_.-]{0,64}\*)?)?",
        kind="a path of a Vault policy",
        rule="segments joined by single slashes; + replaces a whole segment after the first, and * is only at the end",
        example="transit/encrypt/webapp",
        why="a wildcard in the first segment would allow all engines, logins and settings of Vault",
        see="https://developer.hashicorp.com/vault/docs/concepts/policies#policy-syntax",
    ),
]
PolicyName = Annotated[
    str,
    Text(
        pattern=r"(?!(root|default|response-wrapping)$)[a-z0-9][a-z0-9_.-]{0,126}",
        kind="the name of a Vault policy",
        rule="1 to 127 lower-case letters, digits, _, - and dots, except root, default and response-wrapping",
        example="shop-transit",
        why="Vault compares names in lower case, refuses logins with root or response-wrapping, and adds default",
        see="https://developer.hashicorp.com/vault/docs/concepts/policies",
    ),
]
# `IsConfigMapKey` of Kubernetes; VSO writes `_raw` itself.
SecretKey = Annotated[
    str,
    Text(
        pattern=r"(?!_raw$)(?!\.$)(?!\.\.)[A-Za-z0-9._-]{1,253}",
        kind="a key of a Kubernetes Secret",
        rule="1 to 253 letters, digits, ., _ and -; not _raw, and not two dots at the beginning",
        example="DATABASE_URL",
        why="Kubernetes refuses other keys, and the operator reserves _raw",
        see=_DATA_KEYS,
    ),
]
TemplateText = Annotated[
    str,
    Text(
        pattern=r"[^\x00-\x1f\x7f]{1,1000}",
        kind="the text of a template",
        rule="a Go template of 1 to 1,000 characters, on one line",
        example="{{ .Secrets.username }}",
        why="the operator renders the text as a Go template, and a reviewer must see the whole template",
        see="https://developer.hashicorp.com/vault/docs/deploy/kubernetes/vso/secret-transformation",
    ),
]
# One number and one unit: VSO's CRDs refuse `1h30m`, and Vault accepts the form of the CRDs.
Duration = Annotated[
    str,
    Text(
        pattern=r"[1-9][0-9]{0,5}(s|m|h)",
        kind="a duration",
        rule="a whole number from 1 to 999999, and one of s, m, h",
        example="30s",
        why="all durations have the form of Vault Secrets Operator: one number with one unit, not 1h30m or 1d",
        see="https://developer.hashicorp.com/vault/docs/deploy/kubernetes/vso/api-reference",
    ),
]
Audience = Annotated[
    str,
    Text(
        pattern=r"[A-Za-z0-9][A-Za-z0-9._:/-]{0,254}",
        kind="an audience",
        rule="1 to 255 letters, digits and . _ : / -, a letter or digit first",
        example="vault",
        why=(
            "Vault compares the audience with the claim `aud` of the token character by character. A role without an "
            "audience refuses every token with an audience"
        ),
        see="https://developer.hashicorp.com/vault/docs/auth/jwt",
    ),
]
ChartVersion = Annotated[
    str,
    Text(
        pattern=r"[0-9]{1,3}\.[0-9]{1,3}\.[0-9]{1,3}",
        kind="a chart version",
        rule="a chart version of three numbers, in quotes",
        example='"1.4.1"',
        why="the helm provider also accepts a version range, but with a range each apply could install another "
        "version of the operator",
        see="https://registry.terraform.io/providers/hashicorp/helm/latest/docs/resources/release",
    ),
]
# `repo:OWNER/REPO`, with `@<number>` after both names for repositories created after July 2026 (facts.md).
GithubSubject = Annotated[
    str,
    Text(
        pattern=r"repo:[A-Za-z0-9-]{1,39}(@[0-9]{1,12})?/[A-Za-z0-9._-]{1,100}(@[0-9]{1,12})?",
        kind="the subject prefix of a repository",
        rule="the `sub_claim_prefix` that `gh api repos/OWNER/REPO/actions/oidc/customization/sub` prints",
        example="repo:example-org@1234/platform@5678",
        why=(
            "the claim `sub` of GitHub's tokens begins with this prefix, and Vault compares the whole claim. With a "
            "wildcard in the prefix, other repositories could log in"
        ),
        see="https://docs.github.com/en/actions/reference/security/oidc",
    ),
]
GithubContext = Annotated[
    str,
    Text(
        pattern=r"(pull_request|environment:[A-Za-z0-9][A-Za-z0-9_.-]{0,99}"
        r"|ref:refs/(heads|tags)/[A-Za-z0-9][A-Za-z0-9_./-]{0,99})",
        kind="the context of a GitHub token",
        rule="pull_request, environment:NAME or ref:refs/heads/BRANCH",
        example="environment:production",
        why="the claim `sub` of GitHub's tokens ends with one of these forms",
        see="https://docs.github.com/en/actions/reference/security/oidc",
    ),
]
_UUID = "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_CONNECTION = "https://learn.microsoft.com/azure/devops/pipelines/release/convert-service-connections"
AzureDevOpsIssuer = Annotated[
    str,
    Text(
        pattern=rf"https://(login\.microsoftonline\.com/{_UUID}/v2\.0|vstoken\.dev\.azure\.com/{_UUID})",
        kind="the issuer of a service connection",
        rule="the `workloadIdentityFederationIssuer` of the service connection, in lower case",
        example="https://login.microsoftonline.com/6b1f2d3c-0a9e-4c57-8f7d-3a2b1c0d9e8f/v2.0",
        form="https://login.microsoftonline.com/<tenant>/v2.0",
        why=(
            "Entra signs the tokens of service connections created since November 2025; Azure DevOps signs the "
            "tokens of older service connections until July 2027"
        ),
        see=_CONNECTION,
    ),
]
# `/eid1/c/pub/t/<tenant>/a/<application>/sc/<organization>/<connection>`, or `sc://<organization>/<project>/<name>`.
AzureDevOpsSubject = Annotated[
    str,
    Text(
        pattern=rf"(/eid1/c/pub/t/[A-Za-z0-9_-]{{22}}/a/[A-Za-z0-9_-]{{22}}/sc/{_UUID}/{_UUID}"
        r"|sc://[A-Za-z0-9-]{1,50}(/[A-Za-z0-9_.()-]([A-Za-z0-9 _.()-]{0,62}[A-Za-z0-9_.()-])?){2})",
        kind="the subject of a service connection",
        rule="the `workloadIdentityFederationSubject` of the service connection",
        example=(
            "/eid1/c/pub/t/PC0fa54KV0yPfTorHA2ejw/a/rISbSSETf0KqFyZ8ppdXmA/sc/0ca3ddd9-f0b0-4635-a98c-5866526961b6/64171687-7a59-4fce-b2c8-823278dcf176"
        ),
        form="/eid1/c/pub/t/<tenant>/a/<application>/sc/<organization>/<connection>",
        why="Vault compares the subject with the claim `sub` of the token character by character",
        see=_CONNECTION,
    ),
]
Organization = Annotated[
    str,
    Text(
        pattern=r"[A-Za-z0-9][A-Za-z0-9_-]{1,39}",
        kind="an HCP Terraform organization",
        rule="2 to 40 letters, digits, _ and -, a letter or digit first",
        example="example-org",
        why="the name is part of the claim `sub` of HCP Terraform's tokens, where a colon separates the parts",
        see=_WORKSPACES,
    ),
]
Project = Annotated[
    str,
    Text(
        pattern=r"[A-Za-z0-9][A-Za-z0-9 _-]{1,38}[A-Za-z0-9_-]",
        kind="an HCP Terraform project",
        rule="3 to 40 letters, digits, spaces, _ and -, a letter or digit first",
        example="platform",
        why="the name is part of the claim `sub` of HCP Terraform's tokens, where a colon separates the parts",
        see="https://developer.hashicorp.com/terraform/cloud-docs/projects/manage",
    ),
]
