"""What Vault Secrets Operator says of each secret, translated."""

from collections.abc import Iterator
from typing import Any

from hvn.diagnostics.printable import printable
from hvn.doctor.context import Situation, Unanswered
from hvn.doctor.said import Said, fine, not_checked, wrong
from hvn.doctor.symptoms import translate
from hvn.topology.model import App, Secret


def check(situation: Situation) -> Iterator[Said]:
    """By the secret's condition Healthy and its newest warning, from the cluster."""
    for spoke, cluster in situation.clusters().items():
        for name, app in cluster.apps.items():
            for secret in app.secrets:
                about = f"secret {app.namespace}/{secret.destination} of {spoke}/{name}"
                try:
                    yield _said(situation, about, spoke, name, app, secret)
                except Unanswered as error:
                    yield not_checked(about, str(error), error.then)
                except (KeyError, TypeError, AttributeError):
                    yield not_checked(about, "the cluster's answer has another form", "kubectl version")


def _said(situation: Situation, about: str, spoke: str, name: str, app: App, secret: Secret) -> Said:
    found = situation.kubectl(spoke, "get", "vaultstaticsecrets", "-n", app.namespace, "-o", "json")
    ours = next((each for each in found["items"] if each["metadata"]["name"] == secret.destination), None)
    if ours is None:
        return wrong(about, "there is no VaultStaticSecret", f"bin/cdktf deploy secrets-{spoke}")
    conditions = {each.get("type"): each for each in (ours.get("status") or {}).get("conditions") or []}
    # SecretSynced stays False after a failure until the secret changes; Healthy is written at each attempt but one that
    # cannot write the Secret (vault-secrets-operator v1.4.1, vaultstaticsecret_controller.go).
    state: dict[str, Any] = conditions.get("Healthy") or conditions.get("SecretSynced") or {}
    events = situation.kubectl(spoke, "get", "events", "-n", app.namespace, "-o", "json")["items"]
    warning = _newest(events, secret.destination)
    if state.get("status") == "True" and _when(warning) <= str(state.get("lastTransitionTime") or ""):
        return fine(about, "synced")
    said = conditions.get("SecretSynced", {}).get("message") if not warning else None
    text = f"{warning.get('reason', '')} {warning.get('message', '')}".strip() or str(said or "")
    values = {
        "context": situation.context(spoke),
        "namespace": app.namespace,
        "spoke": spoke,
        "app": name,
        "destination": secret.destination,
        "mount": situation.checked.topology.vault.kv_mount,
        "path": secret.path,
    }
    if not text:
        then = "kubectl --context {context} -n vault-secrets-operator-system get pods".format(**values)
        return wrong(about, "not synced, and nothing is said: is the operator running?", then)
    symptom = translate(text)
    then = symptom.then.replace("<spoke>", spoke)
    for key, value in values.items():
        then = then.replace(f"{{{key}}}", value)
    return wrong(about, f"{printable(text, 300)}: {symptom.cause}", then)


def _newest(events: Any, name: str) -> dict[str, Any]:
    """The newest warning about the VaultStaticSecret of this name; empty if there is none."""
    ours = [
        each
        for each in events
        if each.get("type") == "Warning"
        and each["involvedObject"].get("kind") == "VaultStaticSecret"
        and each["involvedObject"].get("name") == name
    ]
    return max(ours, key=_when, default={})


def _when(event: dict[str, Any]) -> str:
    """Its time as text in UTC, empty if there is none."""
    return str(event.get("lastTimestamp") or event.get("eventTime") or "")
