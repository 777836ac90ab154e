"""HVN708: check the VaultConnection and VaultAuth objects with which Vault Secrets Operator logs in."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from hvn.diagnostics.finding import Finding, Level, Message, Path, Rule
from hvn.diagnostics.message import Command, Words
from hvn.doctor.context import Context, Unanswered, one_line
from hvn.doctor.symptoms import OTHER, translate
from hvn.topology.naming import VSO_NAMESPACE

RULE = Rule(
    id="HVN708",
    name="vso-login",
    reports="The VaultConnection of a cluster or the VaultAuth of an app does not exist, or the operator does not "
    "accept it.",
    why=("the operator logs in to Vault with both objects. Without the objects, the operator cannot sync secrets"),
    fix="bin/cdktf deploy vso-SPOKE or bin/cdktf deploy secrets-SPOKE",
    example="$ kubectl -n app get vaultauth webapp -o jsonpath='{.status.valid}'\nfalse",
    see="docs/reference/facts.md",
)


@dataclass(frozen=True, slots=True)
class _Object:
    """A custom resource of the operator, and the workspace that creates the resource."""

    spoke: str
    plural: str
    kind: str
    namespace: str
    name: str
    workspace: str
    path: Path

    def __str__(self) -> str:
        return f"{self.kind} {self.namespace}/{self.name}"


def check(context: Context) -> Iterator[Finding]:
    """Yield a finding for each VaultConnection and VaultAuth: whether its `status.valid` is true.

    The operator pings the server of a VaultConnection, and checks the references of a VaultAuth
    (vault-secrets-operator v1.4.1, vaultconnection_controller.go and vaultauth_controller.go).
    """
    for spoke, cluster in context.clusters().items():
        if not cluster.apps:
            continue
        path: Path = ("spokes", spoke, "cluster")
        yield _state(
            context,
            _Object(spoke, "vaultconnections", "VaultConnection", VSO_NAMESPACE, "default", f"vso-{spoke}", path),
        )
        for name, app in cluster.apps.items():
            yield _state(
                context,
                _Object(
                    spoke, "vaultauths", "VaultAuth", app.namespace, name, f"secrets-{spoke}", (*path, "apps", name)
                ),
            )


def _state(context: Context, resource: _Object) -> Finding:
    def finding(level: Level, message: Message, fix: Message | str = "") -> Finding:
        subject = Message("{resource} of {spoke}", resource=str(resource), spoke=resource.spoke)
        return Finding(
            rule=RULE,
            level=level,
            path=resource.path,
            workspace=resource.workspace,
            message=Message("{subject}: {state}", subject=subject, state=message),
            fix=fix,
        )

    kube = context.kube_context(resource.spoke)
    try:
        answer = context.kubectl(resource.spoke, "get", resource.plural, "-n", resource.namespace, "-o", "json")
        live = next((item for item in answer["items"] if item["metadata"]["name"] == resource.name), None)
        if live is None:
            deploy = Command(f"bin/cdktf deploy {resource.workspace}")
            return finding(Level.ERROR, Message("does not exist"), Message("{command}", command=deploy))
        status: Mapping[str, Any] = live.get("status") or {}
        valid, text = status.get("valid"), _text(status)
    except Unanswered as error:
        return finding(Level.NOT_CHECKED, error.reason, Message("{command}", command=error.command))
    except (KeyError, TypeError, AttributeError):
        version = Message("{command}", command=Command("kubectl version"))
        return finding(Level.NOT_CHECKED, Message("the cluster's response has an unknown format"), version)
    if valid is True:
        return finding(Level.PASS, Message("valid"))
    if valid is None:
        pods = Command(f"kubectl --context {kube} -n {VSO_NAMESPACE} get pods")
        not_read = Message("the operator has not read the object yet, and may not be running")
        return finding(Level.NOT_CHECKED, not_read, Message("{command}", command=pods))
    symptom = translate(text)
    values = {
        "context": kube,
        "namespace": resource.namespace,
        "resource": f"{resource.plural} {resource.name}",
        "spoke": resource.spoke,
        "app": resource.name,
    }
    if not text:
        return finding(Level.ERROR, Message("the object is not valid, and its status has no reason"), OTHER.fix(values))
    message = Message("not valid: {text}", text=one_line(text))
    if symptom is not OTHER:
        message = Message("{message}: {cause}", message=message, cause=Words(symptom.cause))
    return finding(Level.ERROR, message, symptom.fix(values))


def _text(status: Mapping[str, Any]) -> str:
    """Return the `error` of a status, or the first message of a condition with the status False; otherwise an empty
    string."""
    conditions = status.get("conditions") or []
    refused = [str(condition.get("message") or "") for condition in conditions if condition.get("status") == "False"]
    return str(status.get("error") or next(filter(None, refused), ""))
