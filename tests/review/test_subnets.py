"""Subnets of a new VNet in synthesized plans: azurerm has them as a set in `azurerm_virtual_network`."""

from typing import Any

import pytest

from tests.affected.conftest import Repository
from tests.review.findings import findings
from tests.review.plans import plan, resource

NSG, TABLE = "/subscriptions/s/nsg", "/subscriptions/s/table"
JOBS = {"name": "jobs", "address_prefixes": ["10.96.0.0/24"], "security_group": NSG, "route_table_id": TABLE}
FOREIGN = {**JOBS, "name": "Foreign", "address_prefixes": ["10.96.9.0/24"]}


def changed(before: Any, after: Any, **change: Any) -> bytes:
    """Return the plan of an update of the VNet of `analytics`."""
    sides = {"before": {"subnet": before}, "after": {"subnet": after}}
    return plan(resource("azurerm_virtual_network.vnet", **sides, **change))


@pytest.mark.parametrize(
    ("before", "after", "change", "names"),
    [
        ([JOBS, FOREIGN], [JOBS], {}, ["Foreign"]),
        ([JOBS], [], {}, ["jobs"]),
        ([JOBS], [{**JOBS, "address_prefixes": ["10.96.1.0/24"]}], {}, ["jobs"]),
        ([JOBS], [{**JOBS, "security_group": ""}], {}, ["jobs"]),
        ([JOBS], [{**JOBS, "service_endpoints": ["Microsoft.Storage"]}], {}, ["jobs"]),
        ([JOBS], [{**JOBS, "delegation": [{"name": "a"}]}], {}, ["jobs"]),
        ([JOBS, FOREIGN], None, {"after_unknown": {"subnet": True}}, ["Foreign", "jobs"]),
        ([JOBS, FOREIGN], [JOBS, None], {"after_unknown": {"subnet": [{}, True]}}, ["Foreign"]),
        # The order, letter case and empty parts mean nothing, nor does the id of a replaced security group.
        ([JOBS, FOREIGN], [FOREIGN, JOBS], {}, []),
        ([JOBS], [{**JOBS, "name": "JOBS", "security_group": NSG.upper(), "delegation": []}], {}, []),
        (
            [JOBS],
            [{name: value for name, value in JOBS.items() if name != "security_group"}],
            {"after_unknown": {"subnet": [{"security_group": True}]}},
            [],
        ),
        ([JOBS], [JOBS, FOREIGN], {}, []),
    ],
)
def test_each_subnet_that_a_plan_removes_or_changes_is_reported(
    repository: Repository,
    monkeypatch: pytest.MonkeyPatch,
    before: Any,
    after: Any,
    change: Any,
    names: list[str],
) -> None:
    found = findings(repository, monkeypatch, network_analytics=changed(before, after, **change))
    reported = found.get("subnet-changed", [])
    assert [finding["level"] for finding in reported] == ["error"] * bool(names)
    assert all(f"subnet {name} (" in finding["message"] for finding in reported for name in names)
    # An update without an edit is never calm.
    assert found["unexplained-change"]


@pytest.mark.parametrize("also", [(), (FOREIGN,)])
def test_an_edit_explains_the_removal_of_its_own_subnet_only(
    repository: Repository, monkeypatch: pytest.MonkeyPatch, also: tuple[Any, ...]
) -> None:
    repository.edit(("    subnets:\n      jobs: 10.96.0.0/24\n", ""))
    found = findings(repository, monkeypatch, network_analytics=changed([JOBS, *also], []))
    assert found["network-moved"]
    assert ("subnet-changed" in found) == bool(also)
