"""If the firewall and the NSG of the destination block a connection, `hvn reach` names both, and both rules to add."""

import pathlib
from typing import Any

import pytest
import yaml

from tests.check.cases import merged
from tests.reach.test_addresses import asked
from tests.reach.test_protocols import of

DENY = {"priority": 200, "access": "deny", "protocol": "any"}
HUB_NSG = "rg-platform-hub/nsg-platform-hub-closed"


def data(priority: int = 200) -> Any:
    """Return a patch with a subnet `orders/data` that denies all connections."""
    rules = {"no": {**DENY, "priority": priority}}
    return {"spokes": {"orders": {"subnets": {"data": {"cidr": "10.65.32.0/24", "rules": rules}}}}}


SHARED = {
    "spokes": {
        "orders": {
            "network_security_groups": {"inner": {"rules": {"no": DENY}}},
            "subnets": {
                "data": {"cidr": "10.65.32.0/24", "nsg": "inner"},
                "web": {"cidr": "10.65.33.0/24", "nsg": "inner"},
            },
        }
    }
}
OF_HUB = {
    "hub": {"network_security_groups": {"closed": {"rules": {"no": DENY}}}},
    "spokes": {
        "orders": {"subnets": {"data": {"cidr": "10.65.32.0/24", "nsg": HUB_NSG}}},
        "analytics": {"subnets": {"jobs": {"cidr": "10.96.0.0/24", "nsg": HUB_NSG}}},
    },
}
SITE = {
    "on_premises": {"tokyo": ["10.200.0.0/16"]},
    "hub": {"gateway": {"cidr": "10.0.0.128/27", "existing": True}},
    "spokes": {"orders": {"use_remote_gateways": True}},
}


@pytest.mark.parametrize("traffic", [("tcp", "5432"), ("udp", "514"), ("icmp",)])
@pytest.mark.parametrize(
    ("patch", "source"),
    [
        (data(), "payments"),
        (SHARED, "payments"),
        (OF_HUB, "payments"),
        (merged(data(), SITE), "on_premises.tokyo"),
    ],
    ids=["subnet", "spoke", "hub", "site"],
)
def test_both_missing_rules_can_be_pasted(
    patch: Any, source: str, traffic: tuple[str, ...], tmp_path: pathlib.Path
) -> None:
    question = (source, "--to", "orders/data", *of(*traffic))
    blocked = asked(tmp_path, patch, *question)
    for reason in ("no rule of the firewall", "of the network security group nsg-platform"):
        assert reason in blocked["blocked_by"]
    missing = yaml.safe_load(blocked["missing_rule"])
    answer = asked(tmp_path, merged(patch, missing), *question)
    # The routes of on-premises networks are unknown.
    assert answer["verdict"] == ("unknown" if "on_premises" in source else "reaches")
    assert (answer["missing_rule"], bool(answer["rule"])) == (None, True)


@pytest.mark.parametrize(
    ("patch", "source", "to", "reason"),
    [
        (data(100), "payments", "orders/data", "the rule no (line"),
        (SITE, "on_premises.tokyo", "runners", "the rule deny-inbound of the network security group"),
    ],
)
def test_a_firewall_rule_alone_is_not_offered(
    patch: Any, source: str, to: str, reason: str, tmp_path: pathlib.Path
) -> None:
    answer = asked(tmp_path, patch, source, "--to", to)
    assert (answer["verdict"], answer["missing_rule"]) == ("blocked", None)
    assert f"; a rule does not help: {reason}" in answer["blocked_by"]
