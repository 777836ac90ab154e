"""HVN702: find missing credentials of the providers. The check neither shows nor tests the values of credentials."""

import pathlib
from collections.abc import Iterator
from importlib import import_module

from hvn.diagnostics.finding import Finding, Level, Message, Rule
from hvn.diagnostics.message import Command, Words
from hvn.doctor.context import Context, Unanswered, ask
from hvn.kinds.hcp.inputs import STREAMS, key_variable
from hvn.kinds.registry import kinds

DOC = "docs/how-to/first-day.md"

RULE = Rule(
    id="HVN702",
    name="credentials",
    reports="The environment has no complete credential for Azure, HCP or Vault.",
    why=(
        "a plan fails without the variables of its providers. Without an HCP credential the hcp provider opens a "
        "browser, which blocks a pipeline"
    ),
    fix="set the variables in section 2 of docs/how-to/first-day.md",
    example="$ env | grep ARM_\nARM_CLIENT_ID=11111111-1111-4111-8111-111111111111",
    see=DOC,
)


def _system(name: str, *prefixes: str) -> Words:
    """Return the system's name with the workspace kinds that have resources of its provider."""
    users = [
        f"{kind.name}-*" if kind.per_spoke else kind.name
        for kind in kinds()
        if any(type_.removeprefix("data.").startswith(prefixes) for type_ in import_module(kind.rights).RIGHTS.needs)
    ]
    return Words(f"{name} ({', '.join(users)})")


AZURE = _system("Azure", "azurerm_", "azuread_")
HCP = _system("HCP", "hcp_")
VAULT = _system("Vault", "vault_")

SERVICE_PRINCIPAL = ("ARM_CLIENT_SECRET", "ARM_CLIENT_SECRET_FILE_PATH", "ARM_CLIENT_CERTIFICATE_PATH")
LOGIN = Message("{command}, or set the variables of {page}", command=Command("az login"), page=Words(DOC))
ADDRESS = Message(
    "after {deploy}, set VAULT_ADDR to vault_private_endpoint_url of {command}",
    deploy=Command("bin/cdktf deploy hcp"),
    command=Command("bin/cdktf output hcp"),
)


def check(context: Context) -> Iterator[Finding]:
    """Yield a finding for each system: whether the environment has the variables that its provider reads."""
    if context.checked.topology.state.backend == "cloud":
        for system in (AZURE, HCP, VAULT):
            yield Finding(
                rule=RULE,
                level=Level.NOT_CHECKED,
                message=Message("{system}: HCP Terraform keeps the credentials of its runs", system=system),
                fix=Message("check the variables of the workspaces in HCP Terraform"),
            )
        return
    yield _azure(context)
    yield _hcp(context)
    yield _vault(context)
    yield from _streams(context)


def _set(system: Words, *names: str) -> Finding:
    message = Message("{system}: {names}", system=system, names=names)
    return Finding(rule=RULE, level=Level.PASS, message=message)


def _missing(system: Words, problem: str, fix: Message) -> Finding:
    return Finding(rule=RULE, message=Message("{system}: {problem}", system=system, problem=Words(problem)), fix=fix)


def _azure(context: Context) -> Finding:
    environment = context.environment
    if environment.get("ARM_USE_MSI", "").lower() == "true":
        return _set(AZURE, "ARM_USE_MSI")
    if environment.get("ARM_CLIENT_ID"):
        names = [name for name in SERVICE_PRINCIPAL if environment.get(name)]
        if environment.get("ARM_USE_OIDC", "").lower() == "true":
            names.append("ARM_USE_OIDC")
        if names:
            return _set(AZURE, "ARM_CLIENT_ID", *names)
        fix = Message("set ARM_CLIENT_SECRET; in a pipeline with OIDC, set ARM_USE_OIDC=true")
        return _missing(AZURE, "ARM_CLIENT_ID is set without a secret, a certificate or ARM_USE_OIDC", fix)
    try:
        logged_in = ask(context, "az", "account", "show", "-o", "none") is not None
    except Unanswered:
        return _missing(AZURE, "ARM_CLIENT_ID is not set, and the Azure CLI is not in the PATH", LOGIN)
    if logged_in:
        return Finding(
            rule=RULE, level=Level.PASS, message=Message("{system}: the Azure CLI is logged in", system=AZURE)
        )
    return _missing(AZURE, "ARM_CLIENT_ID is not set, and the Azure CLI is not logged in", LOGIN)


def _hcp(context: Context) -> Finding:
    environment = context.environment
    if environment.get("HCP_CLIENT_ID") and environment.get("HCP_CLIENT_SECRET"):
        return _set(HCP, "HCP_CLIENT_ID", "HCP_CLIENT_SECRET")
    if environment.get("HCP_CRED_FILE"):
        if pathlib.Path(environment["HCP_CRED_FILE"]).is_file():
            return _set(HCP, "HCP_CRED_FILE")
        fix = Message("create the credential file again: {page}", page=Words(DOC))
        return _missing(HCP, "the file that HCP_CRED_FILE names does not exist", fix)
    missing = "HCP_CLIENT_SECRET" if environment.get("HCP_CLIENT_ID") else "HCP_CLIENT_ID"
    fix = Message("set {name}: {page}", name=Words(missing), page=Words(DOC))
    return _missing(HCP, f"{missing} is not set", fix)


def _vault(context: Context) -> Finding:
    environment = context.environment
    if not environment.get("VAULT_ADDR"):
        return _missing(VAULT, "VAULT_ADDR is not set", ADDRESS)
    if not environment["VAULT_ADDR"].startswith("https://"):
        return _missing(VAULT, "VAULT_ADDR is not an https URL", ADDRESS)
    home = environment.get("HOME")
    if environment.get("VAULT_TOKEN"):
        return _set(VAULT, "VAULT_ADDR", "VAULT_TOKEN")
    if home and (pathlib.Path(home) / ".vault-token").is_file():
        return _set(VAULT, "VAULT_ADDR", "~/.vault-token")
    if environment.get("TERRAFORM_VAULT_AUTH_JWT"):
        return _set(VAULT, "VAULT_ADDR", "TERRAFORM_VAULT_AUTH_JWT")
    fix = Message("{command}, or see {page}", command=Command("vault login"), page=Words(DOC))
    return _missing(VAULT, "VAULT_TOKEN is not set", fix)


def _streams(context: Context) -> Iterator[Finding]:
    """Yield a finding about the keys of Vault's streams, if the topology has streams."""
    vault = context.checked.topology.vault
    names = [f"TF_VAR_{key_variable(name)}" for name in STREAMS if getattr(vault, name) and not vault.existing]
    if missing := [name for name in names if not context.environment.get(name)]:
        yield _missing(
            HCP, f"{missing[0]} is not set", Message("set {names}, the keys of Vault's streams", names=missing)
        )
    elif names:
        yield _set(HCP, *names)
