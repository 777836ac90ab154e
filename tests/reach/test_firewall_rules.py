"""`hvn reach` applies the file's firewall rules, names the rule that decides, and agrees with the synthesized
Terraform.
"""

import json
import pathlib
from ipaddress import IPv4Address, IPv4Network
from random import Random
from typing import Any

import pytest
import yaml
from click.testing import CliRunner
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from hvn.check.load import require
from hvn.cli import cli
from hvn.reach.answer import Verdict, reach
from hvn.reach.build import build
from hvn.reach.traffic import Protocol
from tests.check.cases import merged
from tests.conftest import SAMPLE, Synth
from tests.reach.terraform import Cloud
from tests.strategies import Topology, dump
from tests.strategies.examples import examples

TCP, UDP, ICMP = Protocol
SAMPLED = yaml.safe_load(SAMPLE.read_text(encoding="utf-8"))
RULE = {
    "sources": ["spokes.payments.cluster"],
    "destinations": ["spokes.orders"],
    "ports": ["tcp/443", "tcp/8000-8010"],
    "reason": "checkout calls the orders API",
}


@pytest.fixture
def file(tmp_path: pathlib.Path) -> pathlib.Path:
    return tmp_path / "topology.yaml"


def asked(file: pathlib.Path, patch: Any, *arguments: str) -> Any:
    """Return the only answer of `hvn reach` about the sample with a patch."""
    file.write_text(dump(merged(SAMPLED, patch)), encoding="utf-8")
    done = CliRunner().invoke(cli, ["reach", *arguments, "--format", "json", "--topology", str(file)])
    assert done.exit_code == 0, done.output
    (answer,) = json.loads(done.stdout)
    return answer


def test_connections_between_sites_depend_on_routers_outside_azure(file: pathlib.Path) -> None:
    patch = {"on_premises": {"east": ["192.168.0.0/24"], "west": ["192.168.1.0/24"]}}
    answer = asked(file, patch, "on_premises.east", "--to", "on_premises.west")
    assert answer["verdict"] == "unknown", answer


EVERY_HOST = {"sources": ["spokes.payments.cluster"], "fqdns": ["*"], "ports": ["https/443"], "reason": "updates"}


@pytest.mark.parametrize(
    ("to", "port", "verdict"),
    [("orders", "443", "unknown"), ("orders", "80", "blocked"), ("example.org", "443", "reaches")],
)
def test_every_host_name_may_have_a_private_address(to: str, port: str, verdict: str, file: pathlib.Path) -> None:
    patch = {"spokes": {"payments": {"firewall_rules": {"updates": EVERY_HOST}}}}
    answer = asked(file, patch, "spokes.payments.cluster", "--to", to, "--port", port)
    assert answer["verdict"] == verdict, answer


@pytest.mark.parametrize(("allowed", "verdict"), [("Storage", "unknown"), ("10.0.0.0/8", "blocked")])
def test_a_service_tag_before_a_deny_may_contain_the_destination(
    allowed: str, verdict: str, file: pathlib.Path
) -> None:
    rules = {
        "allow": {"priority": 400, "direction": "outbound", "destination": [allowed], "ports": ["443"]},
        "deny": {"priority": 500, "direction": "outbound", "destination": ["Internet"], "access": "deny"},
    }
    subnets = {"jobs": {"cidr": "10.96.0.0/24", "rules": rules}}
    patch = {
        "spokes": {
            "analytics": {
                "subnets": subnets,
                "firewall_rules": {"updates": {**EVERY_HOST, "sources": ["spokes.analytics"]}},
            }
        }
    }
    answer = asked(file, patch, "spokes.analytics.subnets.jobs", "--to", "example.blob.core.windows.net")
    assert answer["verdict"] == verdict, answer


@pytest.mark.parametrize(
    ("source", "to", "port", "reaches"),
    [
        ("spokes.payments.cluster", "orders", 8000, True),
        ("spokes.payments.cluster", "spokes.orders.cluster", 8005, True),
        ("spokes.payments.cluster", "orders", 8011, False),
        ("orders", "spokes.payments.cluster", 443, False),
    ],
)
def test_a_rule_opens_its_ports_in_one_direction(
    source: str, to: str, port: int, reaches: bool, file: pathlib.Path
) -> None:
    patch = {"spokes": {"payments": {"firewall_rules": {"orders-api": RULE}}}}
    answer = asked(file, patch, source, "--to", to, "--port", str(port))
    assert answer["verdict"] == ("reaches" if reaches else "blocked")
    if reaches:
        line = file.read_text(encoding="utf-8").splitlines()[answer["rule"]["line"] - 1]
        assert answer["rule"]["path"] == "spokes.payments.firewall_rules.orders-api"
        assert "orders-api" in line or "sources" in line
        assert answer["request"]["by_firewall"]
        assert answer["reply"]["by_firewall"]


def test_a_rule_for_a_part_of_a_subnet_is_named(file: pathlib.Path) -> None:
    patch = {"spokes": {"payments": {"firewall_rules": {"orders-api": {**RULE, "sources": ["10.64.0.0/24"]}}}}}
    answer = asked(file, patch, "payments", "--to", "orders")
    assert answer["verdict"] == "blocked"
    assert "spokes.payments.firewall_rules.orders-api (line" in answer["blocked_by"]


@pytest.mark.parametrize(
    ("source", "to"), [("payments", "spokes.analytics.subnets.jobs"), ("on_premises.tokyo", "orders")]
)
def test_the_missing_rule_can_be_pasted(source: str, to: str, file: pathlib.Path) -> None:
    base = {
        "on_premises": {"tokyo": ["10.200.0.0/16"]},
        "hub": {"gateway": {"cidr": "10.0.0.128/27", "existing": True}},
        "spokes": {"orders": {"use_remote_gateways": True}},
    }
    missing = asked(file, base, source, "--to", to)["missing_rule"]
    answer = asked(file, merged(base, yaml.safe_load(missing)), source, "--to", to)
    assert answer["missing_rule"] is None
    # The routes of on-premises networks are unknown.
    assert answer["verdict"] == ("unknown" if "on_premises" in source else "reaches")
    assert answer["rule"]["path"]


@pytest.mark.parametrize("to", ["spokes.payments.subnets.data", "payments/data"])
def test_the_missing_nsg_rule_opens_a_direct_spoke_to_vault(to: str, file: pathlib.Path) -> None:
    rules = {"first": {"priority": 100, "source": ["Internet"]}}
    base = {"spokes": {"payments": {"subnets": {"data": {"cidr": "10.64.32.0/24", "rules": rules}}}}}
    question = ("vault", "--to", to, "--port", "5432")
    blocked = asked(file, base, *question)
    assert "hvn-in" in blocked["blocked_by"]
    patch = yaml.safe_load(blocked["missing_rule"])
    answer = asked(file, merged(base, patch), *question)
    assert (answer["verdict"], answer["missing_rule"]) == ("reaches", None)
    (rule,) = patch["spokes"]["payments"]["subnets"]["data"]["rules"].values()
    assert rule["priority"] == 101
    assert rule["source"] == [SAMPLED["hvn"]["cidr"]]
    late = merged(base, patch)
    late["spokes"]["payments"]["subnets"]["data"]["rules"] = {"vault": {**rule, "priority": 151}}
    assert asked(file, late, *question)["verdict"] == "blocked"


def test_the_missing_nsg_rule_also_names_the_backup_hvn(file: pathlib.Path) -> None:
    base = {
        "hvn": {"backup": {"id": "hvn-backup", "cidr": "172.26.16.0/20", "region": "southeastasia"}},
        "spokes": {"payments": {"subnets": {"data": {"cidr": "10.64.32.0/24"}}}},
    }
    patch = yaml.safe_load(asked(file, base, "vault/backup", "--to", "payments/data", "--port", "5432")["missing_rule"])
    (rule,) = patch["spokes"]["payments"]["subnets"]["data"]["rules"].values()
    assert rule["source"] == [SAMPLED["hvn"]["cidr"], "172.26.16.0/20"]


def test_an_existing_firewall_needs_the_rule_of_the_file(file: pathlib.Path) -> None:
    networks = "/subscriptions/66666666-6666-4666-8666-666666666666/resourceGroups/rg-hub/providers/Microsoft.Network"
    existing = {
        "vnet_id": f"{networks}/virtualNetworks/vnet-hub",
        "cidrs": ["10.0.0.0/22"],
        "firewall_private_ip": "10.0.0.4",
        "private_dns_zone_id": f"{networks}/privateDnsZones/privatelink.{SAMPLED['azure']['region']}.azmk8s.io",
        "runners_cidr": "10.0.0.64/27",
    }
    hub = {"cidr": None, "firewall": None, "runners": None, "existing": existing}
    patch = {"hub": hub, "spokes": {"payments": {"firewall_rules": {"api": RULE}}}}
    declared = asked(file, patch, "spokes.payments.cluster", "--to", "orders")
    assert declared["verdict"] == "unknown"
    assert declared["rule"]["path"] == "spokes.payments.firewall_rules.api"
    assert declared["rule"]["line"]
    assert any("spokes.payments.firewall_rules.api (line" in reason for reason in declared["unknown"])
    assert declared["missing_rule"] is None
    question = ("spokes.payments.cluster", "--to", "orders", "--port", "9999")
    undeclared = asked(file, patch, *question)
    assert (undeclared["verdict"], undeclared["rule"]) == ("unknown", None)
    added = merged(patch, yaml.safe_load(undeclared["missing_rule"]))
    assert asked(file, added, *question)["rule"]["path"]


def test_a_node_subnet_has_no_nsg_rule_to_add(file: pathlib.Path) -> None:
    answer = asked(file, {}, "vault", "--to", "spokes.payments.cluster", "--port", "5432")
    assert (answer["verdict"], answer["missing_rule"]) == ("blocked", None)


def test_a_propagated_route_leads_past_the_firewall(file: pathlib.Path) -> None:
    gateway = {"cidr": "10.0.0.128/27", "existing": True}
    spoke = {"use_remote_gateways": True, "bgp_route_propagation": True}
    patch = {
        "on_premises": {"tokyo": ["10.200.0.0/16"]},
        "hub": {"gateway": gateway},
        "spokes": {"analytics": spoke},
    }
    for way in (("analytics", "on_premises.tokyo"), ("on_premises.tokyo", "analytics")):
        answer = asked(file, patch, way[0], "--to", way[1])
        assert (answer["verdict"], answer["request"]["by_firewall"]) == ("unknown", False)
    assert asked(file, patch, "orders", "--to", "on_premises.tokyo")["missing_rule"]


# --- The synthesized Terraform

NETWORK: Topology = {
    **{key: SAMPLED[key] for key in ("version", "name", "azure", "state", "hvn", "address_pools")},
    "vault": {"cluster_id": "vault-prod"},
    "hub": {
        "cidr": "10.0.0.0/22",
        "firewall": {"cidr": "10.0.0.0/26"},
        "runners": {"cidr": "10.0.0.64/27"},
        "vault_peering": {"transit_pools": ["transit"]},
    },
    "spokes": {
        "direct": {
            "cidr": "10.64.0.0/16",
            "vault_route": "direct",
            "subnets": {"one": "10.64.0.0/24", "two": "10.64.1.0/24"},
        },
        "quiet": {"cidr": "10.65.0.0/16", "vault_route": "none", "subnets": {"one": "10.65.0.0/24"}},
        "transit": {
            "cidr": "10.96.0.0/20",
            "vault_route": "via-hub",
            "subnets": {"one": "10.96.0.0/24", "two": "10.96.1.0/24"},
        },
    },
}
PARTS = {
    f"spokes.{name}.subnets.{subnet}": IPv4Network(cidr)
    for name, spoke in NETWORK["spokes"].items()
    for subnet, cidr in spoke["subnets"].items()
}
PLACES = [
    *("vault", "hub.runners", "address_pools.spokes", "address_pools.transit"),
    *("10.64.0.0/25", "10.64.1.0/24", "10.96.0.0/23", "10.0.0.0/8", "0.0.0.0/0", "172.25.16.0/28"),
    *(f"spokes.{name}" for name in NETWORK["spokes"]),
    *PARTS,
]
PORTS = ["tcp/443", "tcp/8200", "tcp/8000-8300", "tcp/*", "udp/443", "icmp"]


def places() -> st.SearchStrategy[list[str]]:
    return st.lists(st.sampled_from(PLACES), min_size=1, max_size=2, unique=True)


def rules() -> st.SearchStrategy[Topology]:
    """Return a strategy for rules, including rules that never match."""
    rule = st.fixed_dictionaries(
        {
            "sources": places(),
            "destinations": places(),
            "ports": st.lists(st.sampled_from(PORTS), min_size=1, max_size=3, unique=True),
            "reason": st.just("drawn"),
        }
    )
    return st.dictionaries(st.sampled_from(["one", "two", "three", "four"]), rule, max_size=4)


def nsg_rules() -> st.SearchStrategy[Topology]:
    """Return a strategy for NSG rules with the priorities that the rules of this project prefer, and near them."""
    ends = st.sampled_from(([], ["VirtualNetwork"], ["Internet"], ["172.25.16.0/20"], ["172.16.0.0/12"]))
    rule = st.fixed_dictionaries(
        {
            "source": ends,
            "protocol": st.just("any"),
            "access": st.sampled_from(("allow", "deny")),
            "ports": st.sampled_from(([], ["443"], ["8000-8200"])),
        }
    )
    by_priority = st.dictionaries(st.integers(147, 152), rule, max_size=6)
    return by_priority.map(lambda ones: {f"p{number}": {"priority": number, **one} for number, one in ones.items()})


@pytest.mark.slow
@given(of_hub=rules(), of_spoke=rules(), of_subnet=nsg_rules(), chance=st.randoms(use_true_random=False))
@settings(
    max_examples=examples(12),
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
    suppress_health_check=(HealthCheck.too_slow, HealthCheck.function_scoped_fixture),
)
def test_random_rules_have_the_effect_of_their_terraform(
    of_hub: Topology, of_spoke: Topology, of_subnet: Topology, chance: Random, synth: Synth, tmp_path: pathlib.Path
) -> None:
    """Send packets between random addresses of all subnets, the runners and Vault, in both directions."""
    own = {name: {**rule, "sources": ["spokes.direct"]} for name, rule in of_spoke.items()}
    subnets = {"one": {"cidr": "10.64.0.0/24", "rules": of_subnet}}
    patch = {"hub": {"firewall_rules": of_hub}, "spokes": {"direct": {"firewall_rules": own, "subnets": subnets}}}
    file = tmp_path / "topology.yaml"
    file.write_text(dump(merged(NETWORK, patch)), encoding="utf-8")
    network, cloud = build(require(file).topology), Cloud(synth(file))
    ends = {**PARTS, "runners": IPv4Network("10.0.0.64/27"), "vault": IPv4Network("172.25.16.0/20")}
    for source, begin in ends.items():
        for destination, end in ends.items():
            if source == destination:
                continue
            for port, protocol in ((443, TCP), (8200, TCP), (8250, TCP), (443, UDP), (0, ICMP)):
                (answer,) = reach(network, source, destination, port, protocol)
                if protocol is ICMP and answer.verdict is Verdict.UNKNOWN:
                    continue  # Vault, and NSG rules for all protocols with ports
                partly = "only a part of the connection matches" in answer.blocked_by
                for _ in range(2):
                    one, other = address(begin, chance), address(end, chance)
                    seen = cloud.connects(one, other, port, protocol.capitalize())
                    (single,) = reach(network, str(one), str(other), port, protocol)
                    assert (single.verdict is Verdict.REACHES) == seen, (one, other, port, single)
                    assert partly or (answer.verdict is Verdict.REACHES) == seen, (source, destination, port, answer)


def address(cidr: IPv4Network, chance: Random) -> IPv4Address:
    return cidr[chance.randrange(4, cidr.num_addresses - 1)]
