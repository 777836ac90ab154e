"""`hvn reach` answers for UDP and ICMP, which firewall rules, NSG rules and NAT treat differently from TCP."""

import pathlib
from dataclasses import replace
from ipaddress import IPv4Network
from typing import Any

import pytest
import yaml
from click.testing import CliRunner

from hvn.check.load import require
from hvn.cli import cli
from hvn.reach.answer import Verdict, reach
from hvn.reach.build import build
from hvn.reach.network import Half
from hvn.reach.traffic import Protocol
from tests.check.cases import merged
from tests.conftest import SAMPLE
from tests.reach.test_addresses import NO_FIREWALL, asked

TCP, UDP, ICMP = Protocol
BETWEEN = {"sources": ["spokes.payments"], "destinations": ["spokes.orders"], "reason": "logs"}


def of(protocol: str, port: str = "") -> tuple[str, ...]:
    return ("--protocol", str(protocol), *(("--port", port) if port else ()))


@pytest.mark.parametrize(
    ("ports", "reached"),
    [
        (["udp/514"], {"udp 514"}),
        (["tcp/514"], {"tcp 514"}),
        (["icmp"], {"icmp"}),
        (["udp/500-600", "icmp"], {"udp 514", "icmp"}),
        (["tcp/*", "udp/*"], {"tcp 514", "tcp 515", "udp 514", "udp 515"}),
    ],
)
def test_a_firewall_rule_allows_only_its_protocols(ports: list[str], reached: set[str], tmp_path: pathlib.Path) -> None:
    patch = {"spokes": {"payments": {"firewall_rules": {"logs": {**BETWEEN, "ports": ports}}}}}
    questions = ("tcp 514", "udp 514", "icmp", "tcp 515") + (("udp 515",) if "udp/*" in ports else ())
    answers = {text: asked(tmp_path, patch, "payments", "--to", "orders", *of(*text.split())) for text in questions}
    assert {text for text, answer in answers.items() if answer["verdict"] == "reaches"} == reached
    paths = {answer["rule"]["path"] for answer in answers.values() if answer["rule"]}
    assert paths == {"spokes.payments.firewall_rules.logs"}
    shown = {text: (answer["protocol"], answer["port"]) for text, answer in answers.items()}
    assert shown["udp 514"] == ("udp", 514)
    assert shown["icmp"] == ("icmp", None)


@pytest.mark.parametrize(("protocol", "verdict"), [("tcp", "reaches"), ("udp", "blocked"), ("icmp", "blocked")])
def test_an_application_rule_matches_only_tcp(protocol: str, verdict: str, tmp_path: pathlib.Path) -> None:
    arguments = ("spokes.payments.cluster", "--to", "mcr.microsoft.com", *of(protocol))
    assert asked(tmp_path, {}, *arguments)["verdict"] == verdict


@pytest.mark.parametrize(
    ("protocol", "port", "ports"),
    [("udp", "514", "udp/514"), ("icmp", "", "icmp"), ("tcp", "514", "tcp/514")],
)
@pytest.mark.parametrize("to", ["orders", "10.65.0.7"])
def test_the_missing_rule_has_the_protocol(
    protocol: str, port: str, ports: str, to: str, tmp_path: pathlib.Path
) -> None:
    question = ("payments", "--to", to, *of(protocol, port))
    missing = yaml.safe_load(asked(tmp_path, {}, *question)["missing_rule"])
    (rule,) = missing["spokes"]["payments"]["firewall_rules"].values()
    assert rule["ports"] == [ports]
    answer = asked(tmp_path, missing, *question)
    assert (answer["verdict"], answer["missing_rule"]) == ("reaches", None)


def test_the_missing_rule_of_a_host_over_udp_is_a_network_rule(tmp_path: pathlib.Path) -> None:
    question = ("analytics", "--to", "example.com", *of("udp", "443"))
    missing = yaml.safe_load(asked(tmp_path, {}, *question)["missing_rule"])
    (rule,) = missing["spokes"]["analytics"]["firewall_rules"].values()
    assert (rule["ports"], rule["fqdns"]) == (["udp/443"], ["example.com"])
    assert asked(tmp_path, missing, *question)["verdict"] == "reaches"


@pytest.mark.parametrize(("protocol", "port"), [("udp", "5432"), ("icmp", "")])
def test_the_missing_nsg_rule_has_the_protocol(protocol: str, port: str, tmp_path: pathlib.Path) -> None:
    base = {"spokes": {"payments": {"subnets": {"data": {"cidr": "10.64.32.0/24"}}}}}
    question = ("vault", "--to", "payments/data", *of(protocol, port))
    missing = yaml.safe_load(asked(tmp_path, base, *question)["missing_rule"])
    (rule,) = missing["spokes"]["payments"]["subnets"]["data"]["rules"].values()
    assert rule["protocol"] == protocol
    assert asked(tmp_path, merged(base, missing), *question)["verdict"] == "reaches"
    tcp = ("vault", "--to", "payments/data", *of("tcp", "5432"))
    assert asked(tmp_path, merged(base, missing), *tcp)["verdict"] == "blocked"


@pytest.mark.parametrize(
    ("rule", "blocked", "unknown"),
    [
        ({"protocol": "udp"}, {UDP}, set()),
        ({"protocol": "tcp"}, {TCP}, set()),
        ({"protocol": "icmp"}, {ICMP}, set()),
        ({"protocol": "any"}, {TCP, UDP, ICMP}, set()),
        ({"protocol": "any", "ports": ["443"]}, {TCP, UDP}, {ICMP}),
    ],
)
def test_an_nsg_rule_denies_only_its_protocol(
    rule: Any, blocked: set[Protocol], unknown: set[Protocol], tmp_path: pathlib.Path
) -> None:
    deny = {"priority": 200, "access": "deny", **rule}
    patch = {"spokes": {"orders": {"subnets": {"data": {"cidr": "10.65.32.0/24", "rules": {"no": deny}}}}}}
    verdicts = {
        protocol: asked(tmp_path, patch, "runners", "--to", "orders/data", *of(protocol))["verdict"]
        for protocol in Protocol
    }
    assert {protocol for protocol, verdict in verdicts.items() if verdict == "blocked"} == blocked
    assert {protocol for protocol, verdict in verdicts.items() if verdict == "unknown"} == unknown


def test_an_nsg_rule_with_ports_may_allow_icmp(tmp_path: pathlib.Path) -> None:
    rules = {
        "web": {"priority": 200, "protocol": "any", "ports": ["443"]},
        "no": {"priority": 300, "access": "deny", "protocol": "any"},
    }
    patch = {"spokes": {"orders": {"subnets": {"data": {"cidr": "10.65.32.0/24", "rules": rules}}}}}
    assert asked(tmp_path, patch, "runners", "--to", "orders/data", *of("icmp"))["verdict"] == "unknown"
    assert asked(tmp_path, patch, "runners", "--to", "orders/data", *of("udp", "53"))["verdict"] == "blocked"


@pytest.mark.parametrize(
    ("to", "protocol", "port", "verdict"),
    [
        ("hub", "", "", "reaches"),
        ("hub", "udp", "53", "reaches"),
        ("hub", "tcp", "53", "reaches"),
        ("hub", "icmp", "", "unknown"),
        ("vault", "udp", "8200", "blocked"),
        ("vault", "icmp", "", "unknown"),
        ("168.63.129.16", "udp", "53", "reaches"),
        ("168.63.129.16", "udp", "80", "blocked"),
        ("169.254.169.254", "udp", "80", "blocked"),
    ],
)
def test_services_listen_on_their_protocols(
    to: str, protocol: str, port: str, verdict: str, tmp_path: pathlib.Path
) -> None:
    answer = asked(tmp_path, {}, "payments", "--to", to, *(of(protocol, port) if protocol else ()))
    assert answer["verdict"] == verdict
    assert answer["protocol"] == (protocol or "udp")


@pytest.mark.parametrize(
    ("arguments", "protocol"),
    [((), "tcp"), (("--port", "8200"), "tcp"), (("--port", "53"), "udp"), (("--port", "53", *of("tcp")), "tcp")],
)
def test_dns_uses_udp_by_default(arguments: tuple[str, ...], protocol: str, tmp_path: pathlib.Path) -> None:
    assert asked(tmp_path, {}, "payments", "--to", "orders", *arguments)["protocol"] == protocol


def test_icmp_has_no_port() -> None:
    arguments = ["reach", "payments", "--to", "orders", *of("icmp", "443"), "--topology", str(SAMPLE)]
    assert CliRunner().invoke(cli, arguments).exit_code == 2


@pytest.mark.parametrize("to", ["internet", "20.1.2.3", "example.com"])
@pytest.mark.parametrize("protocol", ["udp", "icmp"])
def test_icmp_to_the_internet_is_not_translated(protocol: str, to: str, tmp_path: pathlib.Path) -> None:
    rule = {"sources": ["spokes.payments"], "destinations": ["0.0.0.0/0"], "ports": ["udp/*", "icmp"], "reason": "all"}
    question = ("payments", "--to", to, *of(protocol))
    answer = asked(tmp_path, {"spokes": {"payments": {"firewall_rules": {"all": rule}}}}, *question)
    assert answer["verdict"] == ("reaches" if protocol == "udp" else "blocked")
    assert answer["missing_rule"] is None
    spoke = {"nat_gateway": {}, "subnets": {"data": {"cidr": "10.64.32.0/24", "nat_gateway": True}}}
    patch = merged(NO_FIREWALL, {"spokes": {"payments": spoke}})
    answer = asked(tmp_path, patch, "payments/data", *question[1:])
    assert answer["verdict"] == ("reaches" if protocol == "udp" else "blocked")


def test_health_probes_use_tcp(tmp_path: pathlib.Path) -> None:
    verdicts = {
        protocol: asked(tmp_path, {}, "168.63.129.16", "--to", "payments", *of(protocol))["verdict"]
        for protocol in Protocol
    }
    assert verdicts == {TCP: "reaches", UDP: "blocked", ICMP: "blocked"}


@pytest.mark.parametrize(
    ("protocol", "verdict"), [(TCP, Verdict.BLOCKED), (UDP, Verdict.UNKNOWN), (ICMP, Verdict.UNKNOWN)]
)
def test_a_reply_that_bypasses_the_firewall_may_arrive(protocol: Protocol, verdict: Verdict) -> None:
    """The firewall drops a TCP connection if it sees only the requests."""
    network = build(require(SAMPLE).topology)
    rule = replace(network.rules[0], destinations=(IPv4Network("10.65.0.0/16"),), ports=((0, 65535),))
    assert network.firewall
    (orders,) = network.places["orders"]
    mixed = replace(
        network,
        halves={**network.halves, ("orders", "analytics"): Half(False), ("analytics", "orders"): Half(False)},
        firewall=replace(network.firewall, rules=(replace(rule, protocols=tuple(Protocol)),)),
        places={**network.places, "orders": (replace(orders, routes=()),)},
    )
    (jobs,) = mixed.places["analytics"]
    hop = replace(jobs.routes[0], cidr=IPv4Network("10.65.0.0/16"))
    mixed = replace(mixed, places={**mixed.places, "analytics": (replace(jobs, routes=(*jobs.routes, hop)),)})
    (found,) = reach(mixed, "analytics", "orders", 514, protocol)
    assert (found.verdict, found.asymmetric) == (verdict, True)


@pytest.mark.parametrize(
    ("protocol", "verdict"), [(TCP, Verdict.BLOCKED), (UDP, Verdict.UNKNOWN), (ICMP, Verdict.BLOCKED)]
)
def test_only_a_udp_datagram_arrives_without_a_reply(protocol: Protocol, verdict: Verdict) -> None:
    """The HVN has no route to a spoke of this network, so no reply leaves the HVN."""
    network = build(require(SAMPLE).topology)
    (vault,) = network.places["vault"]
    without = replace(network, hvn_routes=(), places={**network.places, "vault": (replace(vault, ports=None),)})
    (found,) = reach(without, "payments", "vault", 514, protocol)
    assert (found.verdict, found.request.blocked_by) == (verdict, "")
    assert found.reply
    assert found.reply.blocked_by
