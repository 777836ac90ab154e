"""Findings about clusters: what replaces a cluster, and what protects it."""

import pytest

from tests.affected.conftest import Repository
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
