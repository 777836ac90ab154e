"""`hvn reach` follows connections from the internet through the DNAT rules of the firewall."""

import pathlib
from typing import Any

import pytest

from tests.reach.test_addresses import asked

RULE = {"sources": ["internet"], "port": "tcp/443", "translated_port": 8443, "reason": "shop"}
LABEL = "hub.firewall.dnat_rules.shop (line"


def patch(address: str, rule: Any, rules: Any = None) -> Any:
    """Return a patch with a DNAT rule to an address, and a subnet with these NSG rules."""
    web = {"cidr": "10.64.32.0/24", "rules": rules or {}}
    dnat = {"shop": {**RULE, "translated_address": address, **rule}}
    return {"hub": {"firewall": {"dnat_rules": dnat}}, "spokes": {"payments": {"subnets": {"web": web}}}}


@pytest.mark.parametrize(
    ("rule", "question", "verdict"),
    [
        ({}, ("internet", "10.64.0.9", "8443"), "reaches"),
        ({}, ("203.0.113.7", "payments/nodes", "8443"), "unknown"),
        ({"sources": ["203.0.113.0/24"]}, ("internet", "10.64.0.9", "8443"), "unknown"),
        ({"sources": ["203.0.113.0/24"]}, ("203.0.113.7", "10.64.0.9", "8443"), "reaches"),
        ({"sources": ["203.0.113.0/24"]}, ("198.51.100.7", "10.64.0.9", "8443"), "blocked"),
        ({}, ("internet", "10.64.0.10", "8443"), "blocked"),
        ({}, ("internet", "10.64.0.9", "443"), "blocked"),
        ({"port": "udp/443"}, ("internet", "10.64.0.9", "8443"), "blocked"),
        ({}, ("orders", "10.64.0.9", "8443"), "blocked"),
    ],
)
def test_only_the_translated_address_and_port_may_be_reached(
    rule: Any, question: tuple[str, str, str], verdict: str, tmp_path: pathlib.Path
) -> None:
    source, to, port = question
    answer = asked(tmp_path, patch("10.64.0.9", rule), source, "--to", to, "--port", port)
    assert answer["verdict"] == verdict
    assert any(LABEL in reason for reason in answer["unknown"]) == (verdict == "unknown")
    assert any(LABEL in hop["what"] for hop in answer["request"]["hops"]) == (verdict != "blocked")


@pytest.mark.parametrize(
    ("priorities", "source", "verdict"),
    [
        # The firewall's subnet is in the tag VirtualNetwork, and the client's address is not.
        ({}, "*", "reaches"),
        ({"deny": 200}, "10.0.0.0/26", "blocked"),
        ({"deny": 200}, "203.0.113.0/24", "reaches"),
        ({"deny": 200}, "VirtualNetwork", "blocked"),
        ({"allow": 190, "deny": 200}, "10.0.0.0/26", "reaches"),
        ({"deny": 200}, "10.0.0.8/32", "unknown"),
    ],
)
def test_the_nsg_sees_the_subnet_of_the_firewall_as_the_source(
    priorities: dict[str, int], source: str, verdict: str, tmp_path: pathlib.Path
) -> None:
    access = {name: {"access": name} if name == "deny" else {} for name in priorities}
    rules = {
        name: {"priority": number, "source": [source], "ports": ["8443"], **access[name]}
        for name, number in priorities.items()
    }
    answer = asked(
        tmp_path, patch("10.64.32.9", {}, rules), "203.0.113.7", "--to", "spokes.payments.subnets.web", "--port", "8443"
    )
    assert answer["verdict"] == ("unknown" if verdict == "reaches" else verdict)  # only one address of the subnet
    answer = asked(tmp_path, patch("10.64.32.9", {}, rules), "203.0.113.7", "--to", "10.64.32.9", "--port", "8443")
    assert answer["verdict"] == verdict
    if verdict == "blocked":
        assert "from 10.0.0.0/26 to 10.64.32.9/32" in answer["blocked_by"]
    else:
        assert [hop["at"] for hop in answer["request"]["hops"]] == [
            "internet 203.0.113.7/32",
            "firewall 10.0.0.0/26",
            "payments/web 10.64.32.9/32",
        ]


def test_an_open_rule_beside_a_blocked_rule_decides(tmp_path: pathlib.Path) -> None:
    deny = {"deny": {"priority": 200, "destination": ["10.64.32.9"], "access": "deny"}}
    changed = patch("10.64.32.9", {"port": "tcp/444"}, deny)
    rules = changed["hub"]["firewall"]["dnat_rules"]
    asked_about = ("internet", "--to", "payments/web", "--port", "8443")
    assert asked(tmp_path, changed, *asked_about)["verdict"] == "blocked"
    rules["site"] = {**RULE, "translated_address": "10.64.32.10"}
    answer = asked(tmp_path, changed, *asked_about)
    assert answer["verdict"] == "unknown"
    assert "dnat_rules.shop" not in str(answer)


def test_a_network_without_a_route_from_the_firewall_is_blocked(tmp_path: pathlib.Path) -> None:
    changed = {**patch("192.168.7.9", {}), "on_premises": {"tokyo": ["192.168.7.0/24"]}}
    answer = asked(tmp_path, changed, "internet", "--to", "192.168.7.9", "--port", "8443")
    assert answer["verdict"] == "blocked"


@pytest.mark.parametrize(
    ("rule", "source", "port", "verdict"),
    [
        ({}, "internet", "443", "reaches"),
        ({}, "internet", "8443", "blocked"),
        ({"port": "udp/443"}, "internet", "443", "blocked"),
        ({"sources": ["203.0.113.0/24"]}, "internet", "443", "unknown"),
        ({"sources": ["203.0.113.0/24"]}, "203.0.113.7", "443", "reaches"),
        ({"sources": ["203.0.113.0/24"]}, "198.51.100.7", "443", "blocked"),
        # The rules are for the public addresses of the firewall, not for its private address.
        ({}, "orders", "443", "blocked"),
        ({}, "on_premises.tokyo", "443", "blocked"),
    ],
)
def test_the_hub_answers_at_the_ports_of_its_public_addresses(
    rule: Any, source: str, port: str, verdict: str, tmp_path: pathlib.Path
) -> None:
    changed = patch("10.64.0.9", rule)
    changed["on_premises"] = {"tokyo": ["192.168.0.0/16"]}
    changed["hub"]["gateway"] = {"cidr": "10.0.0.96/27", "existing": True}
    answer = asked(tmp_path, changed, source, "--to", "hub", "--port", port)
    assert answer["verdict"] == verdict
    hops = [hop["at"] for hop in answer["request"]["hops"]]
    assert ("payments/nodes 10.64.0.9/32" in hops) == (verdict != "blocked")


def test_one_of_two_public_addresses_may_lead_nowhere(tmp_path: pathlib.Path) -> None:
    deny = {"deny": {"priority": 200, "destination": ["10.64.32.9"], "access": "deny"}}
    changed = patch("10.64.32.9", {}, deny)
    changed["hub"]["firewall"]["public_ips"] = 2
    rules = changed["hub"]["firewall"]["dnat_rules"]
    to_hub = ("internet", "--to", "hub", "--port", "443")
    assert asked(tmp_path, changed, *to_hub)["verdict"] == "blocked"
    rules["site"] = {**RULE, "translated_address": "10.64.32.10", "public_ip": 2}
    answer = asked(tmp_path, changed, *to_hub)
    assert answer["verdict"] == "unknown"
    assert "dnat_rules.shop" not in str(answer)
    rules["shop"]["translated_address"] = "10.64.32.11"
    assert asked(tmp_path, changed, *to_hub)["verdict"] == "reaches"
