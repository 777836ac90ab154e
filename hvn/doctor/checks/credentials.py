"""The credentials that the workspaces need are there. Their values are neither read out nor tried."""

import pathlib
from collections.abc import Iterator

from hvn.doctor.context import Situation, Unanswered, ask
from hvn.doctor.said import Said, fine, not_checked, wrong

AZURE = "Azure: hub, network-*, peering-*, aks-*, vso-*, secrets-*"
HCP = "HCP: hcp, peering-*, vso-*"
VAULT = "Vault: vault, vault-auth-*"
DOC = "docs/how-to/first-day.md"


def check(situation: Situation) -> Iterator[Said]:
    """For each system, by the variables that its provider reads."""
    if situation.checked.topology.state.backend == "cloud":
        for about in (AZURE, HCP, VAULT):
            yield not_checked(about, "runs in HCP Terraform bring their own", "look at the variables of its workspaces")
        return
    yield _azure(situation)
    yield _hcp(situation)
    yield _vault(situation)


def _azure(situation: Situation) -> Said:
    given = situation.environment
    if given.get("ARM_USE_MSI", "").lower() == "true":
        return fine(AZURE, "ARM_USE_MSI")
    if given.get("ARM_CLIENT_ID"):
        ways = ("ARM_CLIENT_SECRET", "ARM_CLIENT_SECRET_FILE_PATH", "ARM_CLIENT_CERTIFICATE_PATH")
        there = [name for name in ways if given.get(name)]
        if given.get("ARM_USE_OIDC", "").lower() == "true":
            there.append("ARM_USE_OIDC")
        if there:
            return fine(AZURE, f"ARM_CLIENT_ID and {', '.join(there)}")
        return wrong(AZURE, "ARM_CLIENT_ID stands alone", "set ARM_CLIENT_SECRET, or ARM_USE_OIDC=true in a pipeline")
    try:
        logged_in = ask(situation, "az", "account", "show", "-o", "none") is not None
    except Unanswered:
        return wrong(AZURE, "neither ARM_CLIENT_ID nor the Azure CLI", f"az login, or the variables of {DOC}")
    if logged_in:
        return fine(AZURE, "the Azure CLI is logged in")
    return wrong(AZURE, "the Azure CLI is not logged in, and there is no ARM_CLIENT_ID", "az login")


def _hcp(situation: Situation) -> Said:
    given = situation.environment
    if given.get("HCP_CLIENT_ID") and given.get("HCP_CLIENT_SECRET"):
        return fine(HCP, "HCP_CLIENT_ID and HCP_CLIENT_SECRET")
    if given.get("HCP_CRED_FILE"):
        if pathlib.Path(given["HCP_CRED_FILE"]).is_file():
            return fine(HCP, "HCP_CRED_FILE")
        return wrong(HCP, "HCP_CRED_FILE names no file", f"make it anew: {DOC}")
    missing = "HCP_CLIENT_SECRET" if given.get("HCP_CLIENT_ID") else "HCP_CLIENT_ID"
    return wrong(HCP, f"{missing} is not set", f"set it: without it the provider opens a browser. {DOC}")


def _vault(situation: Situation) -> Said:
    given = situation.environment
    if not given.get("VAULT_ADDR"):
        return wrong(VAULT, "VAULT_ADDR is not set", "bin/cdktf output hcp # vault_private_endpoint_url")
    if not given["VAULT_ADDR"].startswith("https://"):
        return wrong(VAULT, "VAULT_ADDR is no https URL", "bin/cdktf output hcp # vault_private_endpoint_url")
    home = given.get("HOME")
    if given.get("VAULT_TOKEN"):
        return fine(VAULT, "VAULT_ADDR and VAULT_TOKEN")
    if home and (pathlib.Path(home) / ".vault-token").is_file():
        return fine(VAULT, "VAULT_ADDR and ~/.vault-token")
    if given.get("TERRAFORM_VAULT_AUTH_JWT"):
        return fine(VAULT, "VAULT_ADDR and TERRAFORM_VAULT_AUTH_JWT")
    return wrong(VAULT, "there is no VAULT_TOKEN", f"vault login, or {DOC}")
