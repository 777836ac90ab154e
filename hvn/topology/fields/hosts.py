"""Host names, image registries and URLs."""

from typing import Annotated

from hvn.topology.fields.marks import Text

_RFC_1123 = "https://www.rfc-editor.org/rfc/rfc1123#section-2.1"

Fqdn = Annotated[
    str,
    Text(
        pattern=r"(?=.{3,253}$)(\*\.)?([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])?",
        kind="a host name",
        rule="a host name; a leading *. matches all names below the domain",
        example="registry.example.com",
        why="an application rule of Azure Firewall matches host names, with a wildcard only at the left end, but not "
        "URLs, paths or ports; only a firewall rule can allow every host (*)",
        see="https://learn.microsoft.com/azure/firewall/firewall-faq",
        lower=True,
    ),
]
RuleFqdn = Annotated[
    str,
    Text(
        pattern=r"(\*|(?=.{3,253}$)(\*\.)?([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])?)",
        kind="a host name",
        rule="a host name; a leading *. matches all names below the domain, and * every name",
        example="registry.example.com",
        why="an application rule of Azure Firewall matches host names, with a wildcard only at the left end, but not "
        "URLs, paths or ports",
        see="https://learn.microsoft.com/azure/firewall/firewall-faq",
        lower=True,
    ),
]
Host = Annotated[
    str,
    Text(
        pattern=r"(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}",
        kind="a host name",
        rule="a host name without https:// and path",
        example="app.terraform.io",
        why="this project uses the value as a host name and as `https://<host>`, so a URL makes `terraform init` fail",
        see=_RFC_1123,
        lower=True,
    ),
]
ForwardedDomain = Annotated[
    str,
    Text(
        pattern=r"(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}",
        kind="a domain",
        rule="a domain with a dot, without *",
        example="corp.example.com",
        why="HCP forwards the queries for a domain, which includes the names below the domain",
        see="https://developer.hashicorp.com/hcp/docs/vault/private-dns",
        lower=True,
    ),
]
# The pattern excludes wildcards and IP addresses, which the roles of `stacks/engines.py` refuse.
CertificateName = Annotated[
    str,
    Text(
        pattern=r"(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}",
        kind="a DNS name for certificates",
        rule="a DNS name with a dot, without *",
        example="webapp.example.com",
        why="Vault compares the names of a certificate with the domains of the PKI role; the roles of this project "
        "allow neither wildcards nor IP addresses",
        see="https://developer.hashicorp.com/vault/api-docs/secret/pki#create-update-role",
        lower=True,
    ),
]
Registry = Annotated[
    str,
    Text(
        pattern=r"(?=[^/:]{4,253}([/:]|$))([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}(:[0-9]{1,5})?"
        r"(/[a-z0-9][a-z0-9._-]{0,62}){0,4}",
        kind="an image registry",
        rule="the host of an image registry, with port and path if it has them",
        example="registry.example.com/mirror",
        why="an image name begins with the registry's host, without https://, and has a path in lower case; nodes "
        "cannot pull images with other names",
        see="https://github.com/distribution/reference/blob/main/reference.go",
    ),
]
# The discovery document of GitHub, and of GitHub Enterprise, has an issuer without a final slash.
GithubIssuer = Annotated[
    str,
    Text(
        pattern=r"https://[a-z0-9.-]{3,253}(:[0-9]{1,5})?(/(?!\.{1,2}(/|$))[A-Za-z0-9._~-]{1,100}){0,6}",
        kind="an issuer of GitHub's tokens",
        rule="an https URL without a final slash",
        example="https://token.actions.githubusercontent.com",
        why="Vault compares the issuer with the claim `iss` of GitHub's tokens character by character",
        see="https://docs.github.com/en/actions/reference/security/oidc",
    ),
]
# Vault compares the whole audience, so the pattern keeps a final slash.
Url = Annotated[
    str,
    Text(
        pattern=r"https://[a-z0-9.-]{3,253}(:[0-9]{1,5})?(/(?!\.{1,2}(/|$))[A-Za-z0-9._~-]{1,100}){0,6}/?",
        kind="an https URL",
        rule="an https URL without query",
        example="https://github.com/example-org",
        why="Vault compares the value with the token's claim character by character, and refuses the login if the "
        "values differ",
        see="https://developer.hashicorp.com/vault/docs/auth/jwt",
    ),
]
