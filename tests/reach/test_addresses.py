"""`hvn reach` answers for single addresses, host names and the internet."""

import json
import pathlib
from typing import Any

import pytest
import yaml
from click.testing import CliRunner

from hvn.cli import cli
from tests.check.cases import merged
from tests.conftest import SAMPLE
from tests.strategies import dump

SAMPLED = yaml.safe_load(SAMPLE.read_text(encoding="utf-8"))
CLUSTER = "spokes.payments.cluster"
NO_FIREWALL = {
    "hub": {"firewall": "none", "vault_peering": {"transit_pools": []}},
    "spokes": {"analytics": {"vault_route": "none", "cidr": "10.66.0.0/20", "subnets": {"jobs": "10.66.0.0/24"}}},
}


def asked(folder: pathlib.Path, patch: Any, *arguments: str) -> Any:
    """Return the first answer of `hvn reach` about the sample with a patch."""
    file = folder / "topology.yaml"
    file.write_text(dump(merged(SAMPLED, patch)), encoding="utf-8")
    done = CliRunner().invoke(cli, ["reach", *arguments, "--format", "json", "--topology", str(file)])
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)[0]


def test_an_address_belongs_to_the_site_with_the_longer_prefix(tmp_path: pathlib.Path) -> None:
    sites = {"on_premises": {"tokyo": ["192.168.0.0/16"], "branch": ["192.168.4.0/24"]}}
    ends = [
        asked(tmp_path, sites, "payments", "--to", to)["to"].rsplit(" ", 1)[0] for to in ("192.168.4.5", "192.168.5.5")
    ]
    assert ends == ["on_premises.branch", "on_premises.tokyo"]


@pytest.mark.parametrize(
    ("source", "to", "verdict", "reason"),
    [
        ("payments", "10.65.0.7", "blocked", "from 10.64.0.0/20 to 10.65.0.7/32"),
        ("10.64.0.5", "172.25.16.9", "blocked", "5696 and 8200"),
        ("payments", "10.64.200.9", "blocked", "no subnet for hosts in payments contains 10.64.200.9/32"),
        ("payments", "10.250.3.4", "blocked", "no rule of the firewall"),
        ("10.250.3.4", "payments", "blocked", "no range of the file contains 10.250.3.4/32"),
        (CLUSTER, "mcr.microsoft.com", "reaches", ""),
        ("analytics", "mcr.microsoft.com", "blocked", "no rule of the firewall"),
        ("runners", "login.microsoftonline.com", "reaches", ""),
        ("runners", "8.8.8.8", "blocked", "only a part of the connection matches runners-azure"),
        ("payments", "internet", "blocked", "to the internet; only a part of the connection matches cluster.aks"),
        (CLUSTER, "example.com", "unknown", "whether the rule cluster.aks contains example.com"),
        ("internet", "payments", "blocked", "payments/nodes has no public address"),
        ("203.0.113.7", "hub", "blocked", "no DNAT rule of the firewall"),
    ],
)
def test_addresses_hosts_and_the_internet(
    source: str, to: str, verdict: str, reason: str, tmp_path: pathlib.Path
) -> None:
    answer = asked(tmp_path, {}, source, "--to", to)
    assert answer["verdict"] == verdict
    assert reason in f"{answer['blocked_by']} {answer['unknown']}"


def every(folder: pathlib.Path, source: str, to: str, side: str = "to") -> list[tuple[str, str]]:
    """Return, for each answer about the sample, the name and range of the destination, or of the other side."""
    (folder / "topology.yaml").write_text(dump(SAMPLED), encoding="utf-8")
    arguments = ["reach", source, "--to", to, "--format", "json", "--topology", str(folder / "topology.yaml")]
    answers = json.loads(CliRunner().invoke(cli, arguments).stdout)
    return [(answer[side], answer[f"{side}_cidr"]) for answer in answers]


def test_a_range_with_private_and_public_addresses_has_an_answer_for_each_part(tmp_path: pathlib.Path) -> None:
    parts = every(tmp_path, "analytics", "8.0.0.0/5")
    public = [cidr for name, cidr in parts if name == "internet"]
    assert public == ["8.0.0.0/7", "11.0.0.0/8", "12.0.0.0/6"]
    assert ("orders/nodes", "10.65.0.0/20") in parts
    assert ("outside", "192.168.0.0/16") in every(tmp_path, "analytics", "192.0.0.0/8")
    assert every(tmp_path, "analytics", "168.63.128.0/22") == [
        ("internet", "168.63.128.0/22"),
        ("168.63.129.16", "168.63.129.16/32"),
    ]


@pytest.mark.parametrize("host", ["MCR.Microsoft.com", "Registry.EXAMPLE.com"])
def test_host_names_ignore_case(host: str, tmp_path: pathlib.Path) -> None:
    upper, lower = (asked(tmp_path, {}, CLUSTER, "--to", name) for name in (host, host.lower()))
    assert upper == lower
    assert upper["to"] == host.lower()


@pytest.mark.parametrize(
    ("address", "is_reserved"),
    [
        ("10.64.0.0", True),
        ("10.64.0.3", True),
        ("10.64.0.4", False),
        ("10.64.15.254", False),
        ("10.64.15.255", True),
        ("10.64.0.0/30", True),
        ("10.64.0.0/29", False),
    ],
)
def test_a_reserved_address_is_no_machine(address: str, is_reserved: bool, tmp_path: pathlib.Path) -> None:
    for ends in ((address, "--to", "vault"), ("orders", "--to", address)):
        answer = asked(tmp_path, {}, *ends)
        assert ("Azure reserves 10.64." in str(answer["blocked_by"])) == is_reserved


@pytest.mark.parametrize(
    ("name", "near"),
    [
        ("onpremises.tokyo", "on_premises.tokyo"),
        ("on-premises.tokyo", "on_premises.tokyo"),
        ("on-premise.osaka", "on_premises.tokyo"),
        ("spoke.payments", "spokes.payments.cluster"),
        ("payment.nodes", "payments/nodes"),
        ("toky", "on_premises.tokyo"),
        ("Vault", "vault"),
        ("https://github.com/org", "github.com"),
        ("github.com:443", "github.com"),
        ("10.65.0.7:5432", "10.65.0.7"),
    ],
)
def test_a_path_with_an_error_is_no_host_name(name: str, near: str, tmp_path: pathlib.Path) -> None:
    patch = {
        "on_premises": {"tokyo": ["192.168.0.0/16"]},
        "spokes": {"payments": {"subnets": {"app": "10.64.32.0/24"}}},
    }
    file = tmp_path / "topology.yaml"
    file.write_text(dump(merged(SAMPLED, patch)), encoding="utf-8")
    for ends in ((name, "--to", "vault"), ("orders", "--to", name)):
        done = CliRunner().invoke(cli, ["reach", *ends, "--topology", str(file)])
        assert (done.exit_code, done.stdout) == (2, "")
        assert f"there is no place '{name}': did you mean '{near}'?" in " ".join(done.stderr.split())


@pytest.mark.parametrize(
    ("source", "to"), [("internet", "internet"), ("8.8.8.8", "1.1.1.1"), ("github.com", "internet")]
)
def test_two_places_on_the_internet_have_no_answer(source: str, to: str) -> None:
    done = CliRunner().invoke(cli, ["reach", source, "--to", to, "--topology", str(SAMPLE)])
    assert (done.exit_code, done.stdout) == (2, "")


def test_a_second_place_gets_the_option_of_the_destination() -> None:
    done = CliRunner().invoke(cli, ["reach", "orders", "vault"])
    assert (done.exit_code, done.stdout) == (2, "")
    assert "--to" in done.stderr


@pytest.mark.parametrize("host", ["github.com", "payments.example.com", "myvault.vault.azure.net", "db.example.cloud"])
def test_a_host_name_may_resemble_a_place(host: str, tmp_path: pathlib.Path) -> None:
    assert asked(tmp_path, {}, "orders", "--to", host)["to"] == host


def test_a_rule_for_one_address_allows_exactly_this_address(tmp_path: pathlib.Path) -> None:
    rule = {"sources": ["10.64.0.5/32"], "destinations": ["10.65.0.7/32"], "ports": ["tcp/5432"], "reason": "orders"}
    patch = {"spokes": {"payments": {"firewall_rules": {"orders-db": rule}}}}
    verdicts = {
        (source, to): asked(tmp_path, patch, source, "--to", to, "--port", "5432")["verdict"]
        for source in ("10.64.0.5", "10.64.0.6")
        for to in ("10.65.0.7", "10.65.0.8")
    }
    assert [ends for ends, verdict in verdicts.items() if verdict == "reaches"] == [("10.64.0.5", "10.65.0.7")]


def test_the_missing_rule_of_a_shared_nsg_can_be_pasted(tmp_path: pathlib.Path) -> None:
    subnets = {name: {"cidr": f"10.64.3{number}.0/24", "nsg": "inner"} for number, name in enumerate(("db", "web"))}
    patch = {"spokes": {"payments": {"network_security_groups": {"inner": {"rules": {}}}, "subnets": subnets}}}
    question = ("vault", "--to", "payments/db", "--port", "5432")
    missing = yaml.safe_load(asked(tmp_path, patch, *question)["missing_rule"])
    assert list(missing["spokes"]["payments"]) == ["network_security_groups"]
    assert asked(tmp_path, merged(patch, missing), *question)["verdict"] == "reaches"


def test_an_nsg_rule_for_one_address_denies_exactly_this_address(tmp_path: pathlib.Path) -> None:
    deny = {"priority": 100, "access": "deny", "source": ["10.0.0.70"]}
    patch = {"spokes": {"payments": {"subnets": {"data": {"cidr": "10.64.32.0/24", "rules": {"one": deny}}}}}}
    for address, verdict in (("10.0.0.70", "blocked"), ("10.0.0.71", "reaches")):
        assert asked(tmp_path, patch, address, "--to", "10.64.32.4")["verdict"] == verdict


def test_a_range_asks_for_every_subnet_inside(tmp_path: pathlib.Path) -> None:
    (tmp_path / "topology.yaml").write_text(dump(SAMPLED), encoding="utf-8")
    arguments = ["reach", "10.64.0.0/12", "--to", "vault", "--topology", str(tmp_path / "topology.yaml")]
    done = CliRunner().invoke(cli, [*arguments, "--format", "json"])
    assert [answer["from"] for answer in json.loads(done.stdout)] == ["payments/nodes", "orders/nodes"]


@pytest.mark.parametrize("to", ["example.com", "20.1.2.3"])
def test_the_missing_rule_for_the_internet_can_be_pasted(to: str, tmp_path: pathlib.Path) -> None:
    missing = yaml.safe_load(asked(tmp_path, {}, "analytics", "--to", to)["missing_rule"])
    answer = asked(tmp_path, missing, "analytics", "--to", to)
    assert (answer["verdict"], answer["missing_rule"]) == ("reaches", None)
    assert answer["rule"]["path"].startswith("spokes.analytics.firewall_rules.")
    assert asked(tmp_path, {}, "analytics", "--to", "internet")["missing_rule"] is None


@pytest.mark.parametrize(
    ("subnet", "verdict", "reason"),
    [
        ({}, "blocked", "payments/data has no NAT gateway"),
        ({"nat_gateway": True}, "reaches", "the NAT gateway ng-platform-payments"),
        ({"route": "rg-network/rt-web"}, "unknown", "rt-web"),
    ],
)
def test_without_a_firewall_a_subnet_needs_a_nat_gateway(
    subnet: Any, verdict: str, reason: str, tmp_path: pathlib.Path
) -> None:
    spoke = {"nat_gateway": {}, "subnets": {"data": {"cidr": "10.64.32.0/24", **subnet}}}
    patch = merged(NO_FIREWALL, {"spokes": {"payments": spoke}})
    answer = asked(tmp_path, patch, "payments/data", "--to", "internet")
    assert answer["verdict"] == verdict
    assert reason in json.dumps(answer)
    nodes = asked(tmp_path, patch, CLUSTER, "--to", "internet")
    assert (nodes["verdict"], "load balancer" in json.dumps(nodes)) == ("reaches", True)


@pytest.mark.parametrize(
    ("next_hop", "destination", "verdict"),
    [("internet", "20.0.0.0/8", "blocked"), ("none", "20.1.2.3/32", "blocked"), ("none", "21.0.0.0/8", "reaches")],
)
def test_a_narrower_route_decides(next_hop: str, destination: str, verdict: str, tmp_path: pathlib.Path) -> None:
    rule = {"sources": ["spokes.payments"], "destinations": ["0.0.0.0/0"], "ports": ["tcp/443"], "reason": "all"}
    routes = {"one": {"destination": destination, "next_hop": next_hop}}
    patch = {"spokes": {"payments": {"firewall_rules": {"all": rule}, "routes": routes}}}
    assert asked(tmp_path, patch, "payments", "--to", "20.1.2.3")["verdict"] == verdict
    everything = asked(tmp_path, patch, "payments", "--to", "internet")
    assert everything["unknown"] == [f"the route {destination} of payments/nodes covers only part of 0.0.0.0/0"]


def test_a_service_tag_may_contain_an_address(tmp_path: pathlib.Path) -> None:
    rule = {"sources": ["spokes.payments"], "service_tags": ["Storage"], "ports": ["tcp/443"], "reason": "blobs"}
    patch = {"spokes": {"payments": {"firewall_rules": {"blobs": rule}}}}
    answer = asked(tmp_path, patch, "payments", "--to", "20.1.2.3")
    assert answer["verdict"] == "unknown"
    assert any("spokes.payments.firewall_rules.blobs" in reason for reason in answer["unknown"])


@pytest.mark.parametrize(
    ("to", "verdict"),
    [
        ("a.blob.core.windows.net", "unknown"),
        ("20.1.2.3", "unknown"),
        ("example.com", "blocked"),
        ("internet", "blocked"),
    ],
)
def test_a_service_endpoint_may_lead_past_the_firewall(to: str, verdict: str, tmp_path: pathlib.Path) -> None:
    data = {"cidr": "10.64.32.0/24", "service_endpoints": ["Microsoft.Storage"]}
    answer = asked(tmp_path, {"spokes": {"payments": {"subnets": {"data": data}}}}, "payments/data", "--to", to)
    assert answer["verdict"] == verdict
    named = any("the service endpoint Microsoft.Storage" in reason for reason in answer["unknown"])
    assert named == (to != "example.com")


@pytest.mark.parametrize(
    ("ranges", "source", "verdict"),
    [
        ([], "internet", "reaches"),
        (["203.0.113.0/24"], "203.0.113.7", "reaches"),
        (["203.0.113.0/24"], "198.51.100.7", "blocked"),
        (["203.0.113.0/24"], "internet", "blocked"),
    ],
)
def test_the_internet_reaches_only_a_public_api_server(
    ranges: list[str], source: str, verdict: str, tmp_path: pathlib.Path
) -> None:
    api_server = {"public": True, "authorized_ip_ranges": ranges}
    patch = {"spokes": {"payments": {"cluster": {"api_server": api_server}}}}
    assert asked(tmp_path, patch, source, "--to", CLUSTER)["verdict"] == verdict
    assert asked(tmp_path, patch, source, "--to", CLUSTER, "--port", "22")["verdict"] == "blocked"
    assert asked(tmp_path, patch, source, "--to", "payments/nodes")["verdict"] == "blocked"


def test_a_hub_subnet_has_its_path_as_name(tmp_path: pathlib.Path) -> None:
    patch = {"hub": {"subnets": {"jump": "10.0.1.0/26"}}}
    answers = [asked(tmp_path, patch, name, "--to", "vault") for name in ("hub.subnets.jump", "hub/jump")]
    assert answers[0] == answers[1]
    assert answers[0]["from"] == "hub/jump"


@pytest.mark.parametrize(
    ("patch", "place", "service"),
    [
        ({"hub": {"bastion": {"cidr": "10.0.1.0/26"}}}, "hub/bastion", "Azure Bastion"),
        (
            {"spokes": {"payments": {"subnets": {"AzureBastionSubnet": "10.64.32.0/26"}}}},
            "payments/AzureBastionSubnet",
            "Azure Bastion",
        ),
        (
            {
                "spokes": {
                    "payments": {
                        "subnets": {"data": {"cidr": "10.64.32.0/24", "delegation": "Microsoft.Web/serverFarms"}}
                    }
                }
            },
            "payments/data",
            "Microsoft.Web/serverFarms",
        ),
    ],
)
def test_a_service_of_azure_may_have_a_public_address(
    patch: Any, place: str, service: str, tmp_path: pathlib.Path
) -> None:
    answer = asked(tmp_path, patch, "internet", "--to", place)
    assert (answer["verdict"], answer["unknown"]) == ("unknown", [f"whether {service} has a public address"])


def test_a_text_that_is_no_place_is_an_error(tmp_path: pathlib.Path) -> None:
    (tmp_path / "topology.yaml").write_text(dump(SAMPLED), encoding="utf-8")
    for text in ("10.64.0.300", "10.64.0.0/33", "spokes.payment.cluster", "intenret"):
        done = CliRunner().invoke(cli, ["reach", text, "--topology", str(tmp_path / "topology.yaml")])
        assert (done.exit_code, done.stdout) == (2, ""), text


@pytest.mark.parametrize(
    ("source", "to", "verdict"),
    [
        ("analytics", "internet", "unknown"),
        ("analytics", "example.com", "unknown"),
        ("analytics", "10.250.3.4", "unknown"),
        ("10.250.3.4", "analytics", "unknown"),
        ("analytics/jobs", "internet", "blocked"),
        ("analytics/jobs", "10.250.3.4", "unknown"),
        ("10.250.3.4", "payments", "blocked"),
    ],
)
@pytest.mark.parametrize("hub", [{}, NO_FIREWALL["hub"]])
def test_an_existing_vnet_may_have_other_routes(
    hub: Any, source: str, to: str, verdict: str, tmp_path: pathlib.Path
) -> None:
    group = "/subscriptions/22222222-2222-4222-8222-222222222222/resourceGroups/rg-a"
    vnet = f"{group}/providers/Microsoft.Network/virtualNetworks/vnet-a"
    subnets = {"jobs": "10.66.0.0/24"} if "/" in source else None
    spoke = {"cidr": None, "existing": {"vnet_id": vnet, "cidrs": ["10.66.0.0/20"]}, "vault_route": "none"}
    patch = {"hub": hub, "spokes": {"analytics": {**spoke, "subnets": subnets}}}
    assert asked(tmp_path, patch, source, "--to", to)["verdict"] == verdict
