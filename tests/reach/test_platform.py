"""`hvn reach` answers for the addresses of Azure's hosts."""

import json
import pathlib
from typing import Any

import pytest

from tests.reach.test_addresses import asked


def with_rules(**rules: Any) -> Any:
    """Return a patch with a subnet `payments/data` that has these NSG rules."""
    return {"spokes": {"payments": {"subnets": {"data": {"cidr": "10.64.32.0/24", "rules": rules}}}}}


@pytest.mark.parametrize(
    ("to", "port", "tag", "verdict", "reason"),
    [
        ("168.63.129.16", None, "Internet", "reaches", "AzurePlatformDNS"),
        ("168.63.129.16", None, "AzurePlatformDNS", "blocked", "of the network security group nsg-platform"),
        ("168.63.129.16", 80, "AzurePlatformDNS", "reaches", "no route table applies"),
        ("168.63.129.16", 443, "Internet", "blocked", "listens on TCP 53 and 80 and 32526 and UDP 53 only"),
        ("169.254.169.254", None, "AzurePlatformDNS", "reaches", "AzurePlatformIMDS"),
        ("169.254.169.254", None, "AzurePlatformIMDS", "blocked", "of the network security group nsg-platform"),
    ],
)
def test_an_nsg_denies_azures_host_only_by_its_tag(
    to: str, port: int | None, tag: str, verdict: str, reason: str, tmp_path: pathlib.Path
) -> None:
    deny = {"priority": 100, "direction": "outbound", "access": "deny", "protocol": "any", "destination": [tag]}
    ports = ["--port", str(port)] if port else []
    answer = asked(tmp_path, with_rules(no=deny), "payments/data", "--to", to, *ports)
    assert answer["verdict"] == verdict
    assert reason in json.dumps(answer)
    assert not answer["request"]["by_firewall"]


@pytest.mark.parametrize(
    ("source", "verdict"), [("internet", "blocked"), ("vault", "unknown"), ("hub", "reaches"), ("runners", "reaches")]
)
def test_only_virtual_machines_reach_azures_host(source: str, verdict: str, tmp_path: pathlib.Path) -> None:
    assert asked(tmp_path, {}, source, "--to", "168.63.129.16")["verdict"] == verdict


def test_an_existing_nsg_may_block_azure_dns(tmp_path: pathlib.Path) -> None:
    existing = {"cidr": "10.64.32.0/24", "nsg": "rg-network/nsg-data"}
    patch = {"spokes": {"payments": {"subnets": {"data": existing}}}}
    for port, verdict in ((53, "unknown"), (80, "reaches")):
        answer = asked(tmp_path, patch, "payments/data", "--to", "168.63.129.16", "--port", str(port))
        assert answer["verdict"] == verdict


@pytest.mark.parametrize(
    ("rules", "verdict"),
    [
        ({}, "reaches"),
        ({"no": {"priority": 200, "access": "deny", "protocol": "any"}}, "blocked"),
        ({"no": {"priority": 200, "access": "deny", "source": ["Internet"]}}, "reaches"),
        (
            {
                "probes": {"priority": 190, "source": ["AzureLoadBalancer"]},
                "no": {"priority": 200, "access": "deny", "protocol": "any"},
            },
            "reaches",
        ),
    ],
)
def test_an_nsg_can_block_health_probes(rules: Any, verdict: str, tmp_path: pathlib.Path) -> None:
    patch = with_rules(**rules)
    assert asked(tmp_path, patch, "168.63.129.16", "--to", "payments/data")["verdict"] == verdict
    assert asked(tmp_path, patch, "169.254.169.254", "--to", "payments/data")["verdict"] == "blocked"
