"""Map the error texts of Vault Secrets Operator to causes and fixes (vault-secrets-operator v1.4.1, controllers/)."""

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
    """A part of the text of an event or a condition, with the likely cause and the fix."""

    text: str
    cause: str
    command: str
    """The next command for the user. Placeholders: context, namespace, resource, destination, spoke, app, mount,
    path, and flags for Vault's CLI, which begin with a space."""
    advice: str = ""
    """A step before the command, in words; may be empty."""

    def fix(self, values: Mapping[str, str]) -> Message:
        """Return the step and the command, with the values in place of the placeholders."""
        command = Command(self.command.format_map(_Placeholders(values)))
        if not self.advice:
            return Message("{command}", command=command)
        advice = self.advice.replace("<spoke>", values["spoke"])
        return Message("{advice}; {command}", advice=Words(advice), command=command)


class _Placeholders(dict[str, str]):
    """The values of the placeholders. A placeholder without a value becomes its name in capitals, as in a command's
    synopsis."""

    def __missing__(self, name: str) -> str:
        return "" if name == "flags" else name.upper()


# Texts of network and TLS errors: the operator could not reach Vault.
NETWORK = (
    Symptom(
        "no such host",
        "the DNS of the cluster cannot resolve Vault's private name, so the operator cannot reach Vault",
        CONNECTION,
    ),
    Symptom(
        "i/o timeout",
        "the operator cannot reach Vault: check the route, the peering and the firewall",
        "bin/hvn reach {spoke} --to vault",
    ),
    Symptom("connection refused", "the address that the operator uses refuses connections on this port", CONNECTION),
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
        "the operator failed before the login. The VaultAuth, the VaultConnection or the service account does not "
        "exist, or the VaultAuth does not allow the namespace, has no method, or has no role",
        "kubectl --context {context} -n {namespace} get vaultauth,serviceaccount",
    ),
    Symptom(
        "Failed to get Vault auth login", "Vault refused the login, or the operator could not reach Vault", EXPLAIN
    ),
    Symptom("Failed to get Vault client", "Vault refused the login, or the operator could not reach Vault", EXPLAIN),
    Symptom(
        "empty response from Vault",
        "the login works; no secret exists at this path, or the mount has another kv version",
        "vault kv get{flags} -mount={mount} {path}",
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
    Symptom("template: ", "a template of the secret is invalid, or a function in it failed", DESCRIBE),
    Symptom(
        "unknown role", "the login works; the role does not exist in the engine", "vault list{flags} {mount}/roles"
    ),
    Symptom("no handler for route", "the login works; this mount does not exist in Vault", "vault secrets list{flags}"),
    Symptom(
        "Failed to issue certificate",
        "the login works; the policy does not allow the certificate, or the role does not allow the names",
        "bin/cdktf diff vault-auth-{spoke}",
    ),
    Symptom(
        "Failed to sync the secret",
        "the login works. The policy does not allow the credentials, the engine could not create them (for example, "
        "Vault does not reach the database), or the operator could not write the Secret",
        "vault read{flags} {mount}/{path}",
    ),
    Symptom(
        "SecretSyncError",
        "the operator could not write the Secret: the Secret has another owner, Kubernetes rejects a key or the type, "
        "or a quota is used up",
        DESCRIBE,
    ),
    Symptom("InvalidResourceRef", "the VaultConnection of the VaultAuth does not exist", "bin/cdktf diff vso-{spoke}"),
)
# Vault returns `permission denied` for several causes. Roles of this project have no `token_bound_cidrs`.
DENIED = Symptom(
    "permission denied",
    "the namespace or the mount does not exist in Vault: the workspace is not deployed, or the name is wrong. A "
    "role from outside this project may have token_bound_cidrs that exclude the cluster",
    "bin/cdktf deploy vault-auth-{spoke}",
    "deploy the mount; if the error persists, check the token_bound_cidrs of the role",
)
OTHER = Symptom("", "unknown cause", DESCRIBE)
_ANSWERED = re.compile(r"Code: \d{3}")
# The pattern of a text that ends in `{error}` would match unrelated errors.
_VAULT = [
    (re.compile(re.sub(r"\\\{\w+\\\}", ".*", re.escape(error.text))), error)
    for error in messages.ALL
    if not error.text.endswith("{error}")
]


def translate(text: str) -> Symptom:
    """Return the symptom for a text of the operator. Search the text for network errors, then Vault's errors, then the
    operator's errors."""
    # A response of Vault may also quote a network error of the connection between Vault and the issuer.
    network = None if _ANSWERED.search(text) else next((symptom for symptom in NETWORK if symptom.text in text), None)
    if network:
        return network
    symptom = next((symptom for symptom in SYMPTOMS if symptom.text in text), OTHER)
    if symptom.cause.startswith("the login works"):  # after a login, a 403 comes from the policy
        return symptom
    error = next((error for pattern, error in _VAULT if pattern.search(text)), None)
    if error is messages.BOUND_CIDR:
        return DENIED
    return Symptom(symptom.text, error.cause, symptom.command, error.fix) if error else symptom
