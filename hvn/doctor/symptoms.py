"""What Vault Secrets Operator says, and what it means (vault-secrets-operator v1.4.1, controllers/)."""

import re
from dataclasses import dataclass

from hvn.login import messages


@dataclass(frozen=True, slots=True)
class Symptom:
    """A piece of an event's or a condition's text, its likely cause, and the next command; `{…}` are filled in."""

    text: str
    cause: str
    then: str


# What the network says within the operator's text, so that Vault has not answered at all.
NETWORK = (
    Symptom(
        "no such host",
        "the operator's DNS does not know Vault's private name, so that Vault was not asked",
        "kubectl --context {context} -n vault-secrets-operator-system get vaultconnection -o yaml",
    ),
    Symptom("i/o timeout", "Vault was not reached: route, peering or firewall", "bin/hvn reach {spoke} --to vault"),
    Symptom(
        "connection refused",
        "the address that the operator asks answers, but not on this port",
        "kubectl --context {context} -n vault-secrets-operator-system get vaultconnection -o yaml",
    ),
    Symptom(
        "x509:",
        "the operator does not trust the certificate that answers: is a proxy between, or is it another address?",
        "kubectl --context {context} -n vault-secrets-operator-system get vaultconnection -o yaml",
    ),
)
SYMPTOMS = (
    Symptom(
        "Failed to get cacheKey from obj",
        "before the login: VaultAuth, VaultConnection or service account not found, the namespace not allowed, or "
        "method or role missing in the VaultAuth",
        "kubectl --context {context} -n {namespace} get vaultauth,serviceaccount",
    ),
    Symptom(
        "Failed to get Vault auth login",
        "Vault refused the login, or was not reached",
        "bin/hvn login explain {spoke} {app}",
    ),
    Symptom(
        "Failed to get Vault client",
        "Vault refused the login, or was not reached",
        "bin/hvn login explain {spoke} {app}",
    ),
    Symptom(
        "empty response from Vault",
        "the login works; there is no secret at this path, or the mount is of another kv version",
        "vault kv get -mount={mount} {path}",
    ),
    Symptom(
        "Failed to read Vault secret",
        "the login works, and the policy, mount or namespace does not fit",
        "bin/cdktf diff vault-auth-{spoke}",
    ),
    Symptom(
        "not the owner of the destination Secret",
        "a Secret of this name was there before, or is another's: the operator does not touch it",
        "kubectl --context {context} -n {namespace} get secret {destination} -o yaml",
    ),
    Symptom(
        "SecretSyncError",
        "the Secret could not be written: an owner, a key that Kubernetes refuses, a type, or a quota",
        "kubectl --context {context} -n {namespace} describe vaultstaticsecret {destination}",
    ),
    Symptom(
        "InvalidResourceRef",
        "the VaultAuth names a VaultConnection that is not there",
        "bin/cdktf diff vso-{spoke}",
    ),
)
# Vault's one text for several things. The roles that are made here have no `token_bound_cidrs`.
DENIED = Symptom(
    "permission denied",
    "Vault has no such namespace or mount: it is not deployed, or misspelt. Only where somebody else made the role, it "
    "may be its token_bound_cidrs",
    "bin/cdktf deploy vault-auth-{spoke}, and look at the role's ranges if that changes nothing",
)
OTHER = Symptom(
    "", "not a known one", "kubectl --context {context} -n {namespace} describe vaultstaticsecret {destination}"
)
_ANSWERED = re.compile(r"Code: \d{3}")
# `{error}` alone would fit anything.
_VAULT = [
    (re.compile(re.sub(r"\\\{\w+\\\}", ".*", re.escape(each.text))), each)
    for each in messages.ALL
    if not each.text.endswith("{error}")
]


def translate(text: str) -> Symptom:
    """The cause behind a text: Vault's own error if one is quoted in it, else the operator's."""
    # Vault's own answer may quote the network too: of the issuer that it asks.
    network = None if _ANSWERED.search(text) else next((each for each in NETWORK if each.text in text), None)
    if network:
        return network
    found = next((each for each in SYMPTOMS if each.text in text), OTHER)
    if "read Vault secret" in text:  # 403 there is about the policy, not about the login
        return found
    said = next((message for pattern, message in _VAULT if pattern.search(text)), None)
    if said is messages.BOUND_CIDR:
        return DENIED
    return Symptom(found.text, said.cause, f"{said.fix}; {found.then}") if said else found
