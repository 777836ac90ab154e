"""Findings about clusters: what replaces a cluster, and what protects it."""

import pytest

from tests.affected.conftest import Repository
from tests.review.conftest import begin
from tests.review.findings import findings
from tests.review.plans import plan, resource

REPLACE = ("delete", "create")
REFUSED = "prevent_destroy"


@pytest.mark.parametrize(("protected", "plans"), [(True, {}), (True, {"errored": True}), (False, {})])
def test_prevent_destroy_protects_a_cluster_from_an_edit(
    repository: Repository, monkeypatch: pytest.MonkeyPatch, protected: bool, plans: dict[str, bool]
) -> None:
    field = "" if protected else "      prevent_destroy: false\n"
    pods = "      node_cidr: 10.65.0.0/20\n"
    repository.edit((pods, f"{pods}      pod_cidr: 100.80.0.0/16\n{field}"))
    cluster = resource("azurerm_kubernetes_cluster.cluster", actions=REPLACE)
    found = findings(repository, monkeypatch, **({"aks_orders": plan(cluster, **plans)} if plans else {}))
    (replaced,) = found["cluster-replaced"]
    assert (REFUSED in replaced["message"], any(REFUSED in step for step in replaced["manual_steps"])) == (
        protected,
        protected,
    )
    assert protected or "HVN511" in found["warning-added"][0]["message"]


POOL = "{vm_size: Standard_D4s_v5, min_count: 2, max_count: 5}\n"
BATCH = "      node_pools:\n        batch: {vm_size: Standard_D4s_v5, min_count: 0, max_count: 3}\n"


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        (BATCH, BATCH.replace("D4s", "D8s"), ["batch", "Standard_D8s_v5"]),
        (BATCH, BATCH.replace("max_count: 3", "max_count: 3, max_pods: 50"), ["batch", "50"]),
        (BATCH, BATCH.replace("max_count: 3", "max_count: 3, spot: true"), ["batch", "is replaced"]),
        (BATCH, "", ["batch", "is removed"]),
        ("", BATCH, []),
        (BATCH, BATCH.replace("max_count: 3", "max_count: 4"), []),
    ],
)
def test_replaced_and_removed_node_pools_are_warnings(
    repository: Repository, monkeypatch: pytest.MonkeyPatch, before: str, after: str, words: list[str]
) -> None:
    begin(repository, *([(POOL, f"{POOL}{before}")] if before else []))
    repository.edit((f"{POOL}{before}", f"{POOL}{after}"))
    found = [finding["message"] for finding in findings(repository, monkeypatch).get("nodes-replaced", [])]
    assert len(found) == bool(words)
    assert all(word in found[0] for word in words)
