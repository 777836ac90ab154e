"""Kubernetes refuses a resource in a missing namespace.

Kubernetes: namespaces "x" not found (concepts/overview/working-with-objects/namespaces).
"""

from typing import Any

from hvn.rehearsal.behaviours import Change, Refusal

NAMESPACE = "kubernetes_namespace_v1"
BUILT_IN = {"default", "kube-node-lease", "kube-public", "kube-system"}


def create(change: Change) -> None:
    """Refuse a Kubernetes resource in a missing namespace."""
    namespace = _namespace(change.after)
    if not _exists(change, namespace):
        raise Refusal(f'namespaces "{namespace}" not found', f"{change.kind} cannot be created in it")


def install(change: Change) -> None:
    """Refuse a Helm release in a missing namespace, unless the release creates the namespace."""
    namespace = str(change.after.get("namespace") or "default")
    if not change.after.get("create_namespace") and not _exists(change, namespace):
        raise Refusal(f'create: failed to create: namespaces "{namespace}" not found')


def _exists(change: Change, namespace: str) -> bool:
    if namespace in BUILT_IN:
        return True
    change.need((NAMESPACE, namespace))
    return change.cloud.get(NAMESPACE, namespace, change.place) is not None


def _namespace(state: Any) -> str:
    metadata = state["manifest"][1]["metadata"] if "manifest" in state else state["metadata"][0]
    return str(metadata.get("namespace") or "default")


CREATE = {"helm_release": install, "kubernetes_manifest": create, "kubernetes_service_account_v1": create}
