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
