"""Nothing is made in a namespace that is not there; a namespace that goes takes everything in it along.

Kubernetes: namespaces "x" not found (concepts/overview/working-with-objects/namespaces).
"""

from typing import Any

from hvn.rehearsal.behaviours import Change, Refusal

NAMESPACE = "kubernetes_namespace_v1"
FROM_THE_BEGINNING = {"default", "kube-node-lease", "kube-public", "kube-system"}


def create(change: Change) -> None:
    """Refuse what is put into no namespace that there is."""
    namespace = _namespace(change.after)
    if not _is_there(change, namespace):
        raise Refusal(f'namespaces "{namespace}" not found', f"{change.kind} cannot be made in it")


def install(change: Change) -> None:
    """The same for a chart that does not make its namespace."""
    namespace = str(change.after.get("namespace") or "default")
    if not change.after.get("create_namespace") and not _is_there(change, namespace):
        raise Refusal(f'create: failed to create: namespaces "{namespace}" not found')


def _is_there(change: Change, namespace: str) -> bool:
    if namespace in FROM_THE_BEGINNING:
        return True
    change.need((NAMESPACE, namespace))
    return change.cloud.get(NAMESPACE, namespace, change.place) is not None


def _namespace(state: Any) -> str:
    metadata = state["manifest"][1]["metadata"] if "manifest" in state else state["metadata"][0]
    return str(metadata.get("namespace") or "default")


CREATE = {"helm_release": install, "kubernetes_manifest": create, "kubernetes_service_account_v1": create}
