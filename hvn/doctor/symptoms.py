"""The texts of Vault Secrets Operator and their causes (vault-secrets-operator v1.4.1, controllers/)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from hvn.diagnostics.message import Command, Message, Words
from hvn.login import messages

CONNECTION = "kubectl --context {context} -n vault-secrets-operator-system get vaultconnection -o yaml"
DESCRIBE = "kubectl --context {context} -n {namespace} describe {resource}"
EXPLAIN = "bin/hvn login explain {spoke} {app}"


@dataclass(frozen=True, slots=True)
class Symptom:
    """A part of the text of an event or a condition, its likely cause, and the fix."""

    text: str
    cause: str
    command: str
    """The next command. Its placeholders: context, namespace, resource, destination, spoke, app, mount, path."""
    advice: str = ""
    """A step to take before the command, in words."""

    def fix(self, values: Mapping[str, str]) -> Message:
        """Return the advice and the command, with these values in place of the placeholders."""
        command = Command(self.command.format_map(_Placeholders(values)))
        if not self.advice:
            return Message("{command}", command=command)
        advice = self.advice.replace("<spoke>", values["spoke"])
        return Message("{advice}; {command}", advice=Words(advice), command=command)


class _Placeholders(dict[str, str]):
    """Values by name. A name without a value is written in capitals, as in a command's synopsis."""

    def __missing__(self, name: str) -> str:
        return name.upper()


# Network and TLS errors in the operator's message: the request did not reach Vault.
NETWORK = (
    Symptom(
        "no such host", "the DNS of the cluster cannot resolve Vault's private name; Vault was not reached", CONNECTION
    ),
    Symptom(
        "i/o timeout",
        "Vault was not reached: check the route, the peering and the firewall",
        "bin/hvn reach {spoke} --to vault",
    ),
    Symptom("connection refused", "the address that the operator uses answers, but not on this port", CONNECTION),
    Symptom(
        "x509:",
        "the operator does not trust the server's certificate: a proxy intercepts the connection, or the address is "
        "not Vault's",
        CONNECTION,
    ),
)
SYMPTOMS = (
    Symptom(
        "Failed to get cacheKey from obj",
        "the operator failed before the login: it did not find the VaultAuth, the VaultConnection or the service "
        "account, or the VaultAuth does not allow the namespace, or lacks the method or the role",
        "kubectl --context {context} -n {namespace} get vaultauth,serviceaccount",
    ),
    Symptom("Failed to get Vault auth login", "Vault refused the login, or was not reached", EXPLAIN),
    Symptom("Failed to get Vault client", "Vault refused the login, or was not reached", EXPLAIN),
    Symptom(
        "empty response from Vault",
        "the login works; no secret exists at this path, or the mount has another kv version",
        "vault kv get -mount={mount} {path}",
    ),
    Symptom(
        "Failed to read Vault secret",
        "the login works; the policy does not allow the read, or the mount or the namespace is wrong",
        "bin/cdktf diff vault-auth-{spoke}",
    ),
    Symptom(
        "not the owner of the destination Secret",
        "a Secret with this name exists and has another owner; the operator does not change it",
        "kubectl --context {context} -n {namespace} get secret {destination} -o yaml",
    ),
    Symptom(
        "SecretSyncError",
        "the operator could not write the Secret: the Secret has another owner, Kubernetes rejects a key or the type, "
        "or a quota is used up",
        DESCRIBE,
    ),
    Symptom("InvalidResourceRef", "the VaultConnection of the VaultAuth does not exist", "bin/cdktf diff vso-{spoke}"),
)
# Vault has one text for several causes. The roles of this project have no `token_bound_cidrs`.
DENIED = Symptom(
    "permission denied",
    "the namespace or the mount does not exist in Vault: it is not deployed, or its name is wrong. A role from outside "
    "this project may have token_bound_cidrs that exclude the cluster",
    "bin/cdktf deploy vault-auth-{spoke}",
    "deploy the mount; if that changes nothing, check the token_bound_cidrs of the role",
)
OTHER = Symptom("", "unknown cause", DESCRIBE)
_ANSWERED = re.compile(r"Code: \d{3}")
# A text that ends in `{error}` would match too many texts.
_VAULT = [
    (re.compile(re.sub(r"\\\{\w+\\\}", ".*", re.escape(error.text))), error)
    for error in messages.ALL
    if not error.text.endswith("{error}")
]


def translate(text: str) -> Symptom:
    """Return the symptom of a text: a network error, otherwise an error of Vault, otherwise the operator's own."""
    # Vault's answer may quote a network error too, of the connection between Vault and the issuer.
    network = None if _ANSWERED.search(text) else next((symptom for symptom in NETWORK if symptom.text in text), None)
    if network:
        return network
    symptom = next((symptom for symptom in SYMPTOMS if symptom.text in text), OTHER)
    if "read Vault secret" in text:  # the cause of a 403 is then the policy, not the login
        return symptom
    error = next((error for pattern, error in _VAULT if pattern.search(text)), None)
    if error is messages.BOUND_CIDR:
        return DENIED
    return Symptom(symptom.text, error.cause, symptom.command, error.fix) if error else symptom
