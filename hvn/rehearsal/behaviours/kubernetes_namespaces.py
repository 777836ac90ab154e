"""Nothing is made in a namespace that is not there; a namespace that goes takes everything in it along.

Kubernetes: namespaces "x" not found (concepts/overview/working-with-objects/namespaces).
"""

from typing import Any

from hvn.rehearsal.behaviours import Change, Refusal

FROM_THE_BEGINNING = {"default", "kube-node-lease", "kube-public", "kube-system"}


def create(change: Change) -> None:
    """Refuse what is put into no namespace that there is."""
    namespace = _namespace(change.after)
    if namespace not in FROM_THE_BEGINNING and not change.cloud.get("kubernetes_namespace_v1", namespace, change.place):
        raise Refusal(f'namespaces "{namespace}" not found', f"{change.kind} cannot be made in it")


def _namespace(state: Any) -> str:
    metadata = state["manifest"][1]["metadata"] if "manifest" in state else state["metadata"][0]
    return str(metadata.get("namespace") or "default")


CREATE = {"kubernetes_manifest": create, "kubernetes_service_account_v1": create}
