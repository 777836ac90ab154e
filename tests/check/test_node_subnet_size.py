"""HVN502 is an error if AKS refuses the size, and a warning if only the surge of an upgrade does not fit."""

import pathlib
from typing import Any

import pytest
import yaml

from hvn.check.load import load
from hvn.diagnostics.finding import Level
from tests.check.cases import BASES, merged

BASE = yaml.safe_load((BASES / "cluster.yaml").read_text(encoding="utf-8"))
NODES = {"node_cidr": "10.64.0.0/28"}  # room for 10 nodes and the API server
BOTH = {"node_cidr": "10.64.0.0/24", "network": {"mode": "node_subnet"}}  # 250 addresses, 31 for each node
PODS = {"pod_cidr": "100.64.0.0/21"}  # a /24 for 8 nodes


@pytest.mark.parametrize(
    ("cluster", "most", "surge", "level"),
    [
        (NODES, 9, "1", None),
        (NODES, 9, "3", Level.WARNING),
        (NODES, 10, "1", Level.ERROR),
        (BOTH, 7, "1", None),
        (BOTH, 7, "33%", Level.WARNING),
        (BOTH, 8, "1", Level.ERROR),
        (PODS, 7, "1", None),
        (PODS, 7, "2", Level.WARNING),
        (PODS, 8, "2", Level.ERROR),
    ],
)
def test_only_a_size_that_aks_refuses_is_an_error(
    tmp_path: pathlib.Path, cluster: dict[str, Any], most: int, surge: str, level: Level | None
) -> None:
    pool = {"max_count": most, "max_surge": surge}
    topology = merged(BASE, {"spokes": {"orders": {"cluster": {**cluster, "node_pool": pool}}}})
    file = tmp_path / "topology.yaml"
    file.write_text(yaml.safe_dump(topology), encoding="utf-8")
    levels = [finding.severity for finding in load(file).findings if finding.rule.id == "HVN502"]
    assert levels == ([level] if level else [])
