"""A spoke's edit is named at the workspaces of other spokes and of the hub that contain values of this spoke."""

import pathlib
from copy import deepcopy
from typing import Any

import pytest

from hvn.affected.compare import Change, compare
from hvn.affected.history import Base
from tests.affected.test_against_bytes import written
from tests.stacks.test_properties import EVERYTHING, SAMPLED
from tests.strategies import Topology

RULE = {"ports": ["tcp/443"], "reason": "api"}


def edited(topology: Topology, *path: str, to: Any) -> Topology:
    """Return a copy with this value at the path; None removes the key."""
    other = deepcopy(topology)
    parent = other
    for key in path[:-1]:
        parent = parent.setdefault(key, {})
    parent[path[-1]] = to
    if to is None:
        del parent[path[-1]]
    return other


RULE_OF_SPOKE = edited(
    SAMPLED,
    *("spokes", "analytics", "firewall_rules", "api"),
    to={**RULE, "sources": ["spokes.analytics"], "destinations": ["spokes.orders"]},
)
RULE_OF_HUB = edited(
    SAMPLED,
    *("hub", "firewall_rules", "api"),
    to={**RULE, "sources": ["spokes.analytics.subnets.jobs"], "destinations": ["spokes.orders"]},
)
# The ranges of this place depend on the subnet `blue` of another spoke.
GUEST = edited(
    EVERYTHING,
    *("spokes", "analytics", "firewall_rules", "api"),
    to={**RULE, "sources": ["spokes.analytics"], "destinations": ["spokes.payments-blue.cluster"]},
)
PEERED = edited(SAMPLED, "spokes", "analytics", "peerings", to={"orders": {"spoke": "orders"}})
CIDRS = ("spokes", "orders", "more_cidrs")
BLUE = ("spokes", "payments", "subnets", "blue", "cidr")


@pytest.mark.parametrize(
    ("workspace", "before", "path", "to"),
    [
        ("network-analytics", RULE_OF_SPOKE, CIDRS, ["10.66.0.0/16"]),
        ("hub", RULE_OF_HUB, CIDRS, ["10.66.0.0/16"]),
        ("network-analytics", PEERED, CIDRS, ["10.66.0.0/16"]),
        ("network-payments", EVERYTHING, ("spokes", "payments-blue"), None),
        ("network-analytics", GUEST, BLUE, "10.64.49.0/24"),
        ("network-payments", EVERYTHING, BLUE, "10.64.49.0/24"),
        ("aks-payments-blue", EVERYTHING, ("spokes", "payments", "names"), {"vnet": "vnet-1"}),
    ],
)
def test_the_line_of_another_spoke_is_responsible(
    workspace: str, before: Topology, path: tuple[str, ...], to: Any, tmp_path: pathlib.Path
) -> None:
    old, new = written(before, tmp_path / "old"), written(edited(before, *path, to=to), tmp_path / "new")
    assert new.checked, new.findings
    found = compare(Base("0" * 40, "topology.yaml", old, ()), new, new.checked)
    lines = {str(one.workspace.id): one.lines for one in found.affected if one.change is not Change.FOLLOWS}
    assert [line.path for line in lines[workspace]] == [".".join(path)]
    assert not found.unused
    assert all(lines.values())
