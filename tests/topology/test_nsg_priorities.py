"""The rules of this project use priorities that no NSG rule of the file has."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hvn.topology import security
from hvn.topology.model import Topology
from hvn.yamlfile.source import parse
from tests.check.cases import merged
from tests.conftest import SAMPLE
from tests.strategies import Topology as File

HVN, POD = ["172.25.16.0/20"], ["10.64.32.0/24"]
BASE = parse(SAMPLE.read_text(encoding="utf-8"), "").data
CLUSTER = {"node_pools": {"batch": {"vm_size": "Standard_D4s_v5", "min_count": 0, "max_count": 2, "subnet": "data"}}}


def own(rules: File) -> dict[str, int]:
    """Return the priorities of this project's rules in a subnet of a direct spoke that has these rules. The subnet has
    nodes."""
    tuples = {name: {**rule, "source": tuple(rule["source"])} for name, rule in rules.items()}
    spoke = {"subnets": {"data": {"cidr": POD[0], "rules": tuples}}, "cluster": CLUSTER}
    file = merged(BASE, {"spokes": {"payments": spoke}})
    found = security.of_subnet(Topology.model_validate(file), "payments", "data")
    return {rule.name: rule.priority for rule in found}


def at(*priorities: int, **rule: object) -> File:
    """Return rules with these priorities, which conflict with hvn-in unless `rule` has other values."""
    return {f"r{number}": {"priority": number, "protocol": "any", "source": HVN, **rule} for number in priorities}


PUBLIC = {"source": ["Internet"]}
DENY = {"access": "deny", "source": POD}


@pytest.mark.parametrize(
    ("rules", "priorities"),
    [
        ({}, {}),
        (at(149, 151), {}),
        (at(150), {"hvn-in": 149}),
        (at(150, direction="outbound"), {}),
        # The file uses 149 and 150: move past fewer conflicting rules, and otherwise precede the rules of the file.
        (at(149, 150), {"hvn-in": 148}),
        (at(149) | at(150, **PUBLIC), {"hvn-in": 151}),
        (at(149, 150, source=["10.64.0.0/10"]), {"hvn-in": 148}),
        (at(149, 150, access="deny"), {"hvn-in": 148}),
        (at(148, 149, 150), {"hvn-in": 151}),
        (at(148, 149, 150, 151), {"hvn-in": 147}),
        (at(*range(100, 151)), {"hvn-in": 151, "nodes-and-pods-in": 152}),
        (at(110), {"nodes-and-pods-in": 109}),
        (at(109, 110, **DENY), {"nodes-and-pods-in": 108}),
        (at(109, **DENY) | at(110), {"nodes-and-pods-in": 111}),
        (at(110, direction="outbound"), {"nodes-and-pods-out": 109}),
        (at(*range(100, 151), **PUBLIC), {"hvn-in": 151, "nodes-and-pods-in": 152}),
    ],
)
def test_own_rules_use_free_priorities(rules: File, priorities: dict[str, int]) -> None:
    preferred = {"hvn-in": 150, "nodes-and-pods-in": 110, "nodes-and-pods-out": 110}
    assert own(rules) == {**preferred, **priorities}


def disorder(priority: int, conflicting: Sequence[int]) -> int:
    """Return the number of conflicting rules that a priority of hvn-in puts on the other side of hvn-in."""
    return sum((number < 150) != (number < priority) for number in conflicting)


@given(st.dictionaries(st.integers(100, 200) | st.integers(145, 155), st.booleans(), max_size=60))
def test_own_rules_change_the_order_of_as_few_conflicting_rules_as_possible(conflicts: dict[int, bool]) -> None:
    rules: File = {}
    for number, does in conflicts.items():
        rules |= at(number, **({} if does else PUBLIC))
    found = own(rules)
    conflicting = [number for number, does in conflicts.items() if does]
    least = min(disorder(number, conflicting) for number in range(100, 4097) if number not in conflicts)
    assert len({*conflicts, found["hvn-in"], found["nodes-and-pods-in"]}) == len(conflicts) + 2
    assert disorder(found["hvn-in"], conflicting) == least
