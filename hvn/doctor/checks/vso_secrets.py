"""HVN709: check that Vault Secrets Operator syncs each secret."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from hvn.diagnostics.finding import Finding, Level, Message, Rule
from hvn.diagnostics.message import Command, Words
from hvn.doctor.context import Context, Unanswered, one_line
from hvn.doctor.symptoms import translate
from hvn.topology import kv
from hvn.topology.model import App, Topology
from hvn.topology.naming import VSO_NAMESPACE

RULE = Rule(
    id="HVN709",
    name="vso-secrets",
    reports="Vault Secrets Operator did not sync a secret: its condition Healthy is False, or a warning event is newer "
    "than this condition.",
    why=(
        "the Kubernetes Secret is missing, or keeps an old value. The operator's text names the failed step, but "
        "rarely the cause"
    ),
    fix="bin/hvn login explain SPOKE APP explains a refused login",
    example="$ kubectl -n app get events --field-selector type=Warning\n"
    "VaultClientConfigError: Failed to get Vault auth login: permission denied",
    see="docs/reference/login-errors.md",
)


def check(context: Context) -> Iterator[Finding]:
    """Yield a finding for each secret: synced, not synced or not checked. The conditions and the newest warning event
    of the custom resource decide."""
    for spoke, cluster in context.clusters().items():
        for name, app in cluster.apps.items():
            for secret in _synced(context.checked.topology, app):
                yield _secret(context, spoke, name, app, secret)


@dataclass(frozen=True, slots=True)
class Synced:
    """A secret of an app: the kind of its custom resource, its field, mount, path and Kubernetes Secret."""

    kind: str
    field: str
    mount: str
    path: str
    destination: str


def _synced(topology: Topology, app: App) -> Iterator[Synced]:
    for secret in app.secrets:
        mount = kv.mount_of(topology, app, secret)
        yield Synced("VaultStaticSecret", "secrets", mount, secret.path, secret.destination)
    for leased in app.dynamic_secrets:
        yield Synced("VaultDynamicSecret", "dynamic_secrets", leased.mount, leased.path, leased.destination)
    for issued in app.certificates:
        yield Synced("VaultPKISecret", "certificates", issued.mount, f"issue/{issued.role}", issued.destination)


def _secret(context: Context, spoke: str, name: str, app: App, secret: Synced) -> Finding:
    def finding(level: Level, state: Message, fix: Message | str = "") -> Finding:
        subject = Message(
            "secret {secret} of {app}", secret=f"{app.namespace}/{secret.destination}", app=f"{spoke}/{name}"
        )
        return Finding(
            rule=RULE,
            level=level,
            path=("spokes", spoke, "cluster", "apps", name, secret.field),
            workspace=f"secrets-{spoke}",
            message=Message("{subject}: {state}", subject=subject, state=state),
            fix=fix,
        )

    try:
        answer = context.kubectl(spoke, "get", f"{secret.kind.lower()}s", "-n", app.namespace, "-o", "json")
        live = next((item for item in answer["items"] if item["metadata"]["name"] == secret.destination), None)
        if live is None:
            deploy = Message("{command}", command=Command(f"bin/cdktf deploy secrets-{spoke}"))
            return finding(Level.ERROR, Message("the {kind} does not exist", kind=Words(secret.kind)), deploy)
        events = context.kubectl(spoke, "get", "events", "-n", app.namespace, "-o", "json")["items"]
        synced, text = _state(live, events, secret)
    except Unanswered as error:
        return finding(Level.NOT_CHECKED, error.reason, Message("{command}", command=error.command))
    except (KeyError, TypeError, AttributeError):
        version = Message("{command}", command=Command("kubectl version"))
        return finding(Level.NOT_CHECKED, Message("the cluster's response has an unknown format"), version)
    if synced:
        return finding(Level.PASS, Message("synced"))
    if not text and secret.kind == "VaultPKISecret":
        logged = Message(
            "not synced, and the status shows no reason; the operator only logs the refused login of a certificate"
        )
        explain = Command(f"bin/hvn login explain {spoke} {name}")
        return finding(Level.ERROR, logged, Message("{command}", command=explain))
    if not text:
        pods = Command(f"kubectl --context {context.kube_context(spoke)} -n {VSO_NAMESPACE} get pods")
        not_running = Message("not synced, and the status shows no reason; the operator may not be running")
        return finding(Level.ERROR, not_running, Message("{command}", command=pods))
    symptom = translate(text)
    state = Message("{text}: {cause}", text=one_line(text), cause=Words(symptom.cause))
    if app.more_policies and "policy" in symptom.cause:
        state = Message(
            "{state}. An existing policy may deny the path: {policies}", state=state, policies=app.more_policies
        )
    values = {
        "context": context.kube_context(spoke),
        "namespace": app.namespace,
        "resource": f"{secret.kind.lower()} {secret.destination}",
        "spoke": spoke,
        "app": name,
        "destination": secret.destination,
        "mount": secret.mount,
        "path": secret.path,
        "flags": f" -namespace={below}" if (below := _namespace(context.checked.topology, app)) else "",
    }
    return finding(Level.ERROR, state, symptom.fix(values))


def _namespace(topology: Topology, app: App) -> str:
    """Return the namespace of the app's team; empty if the secrets are in the namespace of the login."""
    return f"{topology.vault.namespace}/{app.vault_namespace}" if app.vault_namespace else ""


def _state(live: Mapping[str, Any], events: Any, secret: Synced) -> tuple[bool, str]:
    """Return whether the secret is synced, and the operator's error text if the secret is not synced."""
    conditions = {item.get("type"): item for item in (live.get("status") or {}).get("conditions") or []}
    # The condition SecretSynced stays False after a failure until the secret changes. The operator writes the condition
    # Healthy at each attempt, unless the operator cannot write the Secret (vault-secrets-operator v1.4.1,
    # vaultstaticsecret_controller.go).
    condition: Mapping[str, Any] = conditions.get("Healthy") or conditions.get("SecretSynced") or {}
    warning = _newest_warning(events, secret)
    if condition.get("status") == "True" and _time(warning) <= str(condition.get("lastTransitionTime") or ""):
        return True, ""
    if warning:
        return False, f"{warning.get('reason', '')} {warning.get('message', '')}".strip()
    return False, str(conditions.get("SecretSynced", {}).get("message") or "")


def _newest_warning(events: Any, secret: Synced) -> Mapping[str, Any]:
    """Return the newest warning about the secret's custom resource, or an empty mapping without warnings."""
    warnings = [
        event
        for event in events
        if event.get("type") == "Warning"
        and event["involvedObject"].get("kind") == secret.kind
        and event["involvedObject"].get("name") == secret.destination
    ]
    return max(warnings, key=_time, default={})


def _time(event: Mapping[str, Any]) -> str:
    """Return the event's time as text in UTC; empty for an event without a time."""
    return str(event.get("lastTimestamp") or event.get("eventTime") or "")
