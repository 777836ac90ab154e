"""The review shows no value that a plan marks as sensitive, also not in the texts of openings."""

from typing import Any

import pytest

from hvn.review.plan_files import parse
from tests.review.plans import plan, resource

RULE = {
    "name": "partner",
    "priority": 100,
    "direction": "Inbound",
    "access": "Allow",
    "protocol": "Tcp",
    "source_address_prefix": "203.0.113.77",
    "source_port_range": "*",
    "destination_address_prefix": "*",
    "destination_port_range": "443",
}
ADDRESS = "azurerm_network_security_group.nsg"


@pytest.mark.parametrize("marks", [{"security_rule": True}, {"security_rule": [{"source_address_prefix": True}]}])
def test_an_opening_hides_sensitive_values_but_stays(marks: Any) -> None:
    changed = resource(ADDRESS, before={"security_rule": []}, after={"security_rule": [RULE]}, after_sensitive=marks)
    (change,) = parse("w", plan(changed)).changes
    assert change.openings
    assert "203.0.113.77" not in str(change.openings)
    assert "(sensitive)" in str(change.openings)


def test_an_opening_without_marks_shows_its_values() -> None:
    (change,) = parse("w", plan(resource(ADDRESS, before={}, after={"security_rule": [RULE]}))).changes
    assert "203.0.113.77" in str(change.openings)


ID = "/subscriptions/s/resourceGroups/rg/providers/Microsoft.Network/networkSecurityGroups/"
VNET = "azurerm_virtual_network.vnet"


def subnet(nsg: str, cidr: str = "10.77.0.0/24") -> Any:
    return {"name": "payroll", "address_prefixes": [cidr], "security_group": f"{ID}{nsg}"}


@pytest.mark.parametrize("mark", [True, [{"name": True, "address_prefixes": True, "security_group": True}]])
@pytest.mark.parametrize("side", ["before_sensitive", "after_sensitive"])
def test_a_changed_subnet_shows_no_sensitive_value(side: str, mark: Any) -> None:
    sides = {"before": {"subnet": [subnet("old")]}, "after": {"subnet": [subnet("new", "10.78.0.0/24")]}}
    secret = parse("w", plan(resource(VNET, **sides, **{side: {"subnet": mark}})))
    plain = parse("w", plan(resource(VNET, **sides)))
    shown = [str([change.subnets for change in one.changes]) + str(one.nsg_switches) for one in (secret, plain)]
    texts = {"before_sensitive": ["payroll", "10.77.0.0/24", "/old"], "after_sensitive": ["payroll", "/new"]}[side]
    assert [text in shown[0] for text in texts] == [False] * len(texts)
    assert [text in shown[1] for text in texts] == [True] * len(texts)
    assert "(sensitive)" in shown[0]


@pytest.mark.parametrize("marked", ["old", "new"])
def test_the_openings_between_two_nsgs_show_no_sensitive_value(marked: str) -> None:
    groups = [
        resource(
            f"azurerm_network_security_group.{name}",
            actions=["no-op"],
            before=(values := {"id": f"{ID}{name}", "security_rule": rules}),
            after=values,
            after_sensitive={"security_rule": [{"source_address_prefix": True}]} if name == marked else {},
        )
        for name, rules in (("old", [{**RULE, "access": "Deny"}]), ("new", [RULE]))
    ]
    switched = resource(VNET, before={"subnet": [subnet("old")]}, after={"subnet": [subnet("new")]})
    (switch,) = parse("w", plan(*groups, switched)).nsg_switches
    assert switch.openings
    assert "203.0.113.77" not in str(switch.openings)
