"""`hvn reach` answers for connections of the sample, of existing networks, and of networks that no valid file can
describe."""

import json
import pathlib
from dataclasses import replace
from ipaddress import IPv4Address, IPv4Network

import pytest
import yaml
from click.testing import CliRunner, Result

from hvn.check.load import require
from hvn.cli import cli
from hvn.reach.answer import Verdict, reach
from hvn.reach.build import build
from hvn.reach.network import HVN, Half, HvnRoute, Network
from tests.conftest import PROJECT, SAMPLE

EXISTING = PROJECT / "tests" / "topologies" / "existing.yaml"


def ask(*arguments: str, file: pathlib.Path = SAMPLE) -> Result:
    return CliRunner().invoke(cli, ["reach", *arguments, "--topology", str(file)])


def answer(source: str, to: str, port: int | None = None, file: pathlib.Path = SAMPLE) -> dict[str, object]:
    arguments = [source, "--to", to, "--format", "json", *(["--port", str(port)] if port else [])]
    done = ask(*arguments, file=file)
    assert done.exit_code == 0, done.output
    found: list[dict[str, object]] = json.loads(done.stdout)
    return found[0]


@pytest.mark.parametrize(
    ("source", "to", "port", "verdict", "reason"),
    [
        ("payments", "vault", 8200, "reaches", ""),
        ("payments", "vault", 443, "blocked", "5696 and 8200"),
        ("analytics", "vault", 8200, "reaches", ""),
        ("analytics", "vault", 5696, "blocked", "no rule of the firewall allows TCP 5696"),
        ("runners", "vault", 8200, "reaches", ""),
        ("payments", "orders", 443, "blocked", "no rule of the firewall"),
        ("payments", "runners", 443, "blocked", "nsg-platform-hub-runners"),
        ("runners", "payments", 443, "reaches", ""),
        ("payments", "hub", 53, "reaches", ""),
        ("payments", "hub", 443, "blocked", "TCP 53"),
        (
            "vault",
            "payments",
            8443,
            "blocked",
            "the rule hvn-in of the network security group nsg-platform-payments-nodes",
        ),
        ("vault", "payments", 443, "unknown", ""),  # No NSG filters connections to the private API server.
        ("vault", "analytics", 443, "blocked", "no rule of the firewall"),
        ("vault", "hub", 443, "blocked", "the HVN has no route to 10.0.0.4/32"),
    ],
)
def test_connections_of_the_sample(source: str, to: str, port: int, verdict: str, reason: str) -> None:
    found = answer(source, to, port)
    assert found["verdict"] == verdict
    assert reason in str(found["blocked_by"] or "")


def test_each_hop_there_and_back_is_listed() -> None:
    done = ask("analytics", "--to", "vault")
    assert done.stdout.splitlines() == [
        "analytics/jobs 10.96.0.0/24 to vault 172.25.16.0/20, TCP 8200: reaches",
        "  request",
        "    analytics/jobs 10.96.0.0/24: 172.25.16.0/20 by the route table, to the firewall 10.0.0.4",
        "    firewall 10.0.0.4: the rule transit-pools-vault allows TCP 8200",
        "    firewall 10.0.0.4: 172.25.16.0/20 by the peering with HVN (system route)",
        "    vault 172.25.16.0/20: arrives",
        "  reply",
        "    HVN: 10.96.0.0/16 by an HVN route, to the firewall 10.0.0.4 in the hub",
        "    firewall 10.0.0.4: allows the reply if it allowed the request",
        "    firewall 10.0.0.4: 10.96.0.0/20 by the peering with analytics (system route)",
        "    analytics/jobs 10.96.0.0/24: arrives",
    ]


def test_the_last_hop_states_why_it_is_blocked() -> None:
    lines = ask("payments", "--to", "orders").stdout.splitlines()
    assert lines[2:4] == [
        "    payments/nodes 10.64.0.0/20: 0.0.0.0/0 by the route table, to the firewall 10.0.0.4",
        "    blocked: no rule of the firewall allows TCP 443 from 10.64.0.0/20 to 10.65.0.0/20",
    ]
    assert "  reply" not in lines


def test_the_help_states_the_exit_code_of_blocked() -> None:
    shown = " ".join(CliRunner().invoke(cli, ["reach", "--help"]).output.split())
    assert "exit code is also 0 for a blocked connection" in shown


def test_without_a_destination_all_are_listed() -> None:
    lines = ask("payments").stdout.splitlines()
    places = [line.split(" to ")[1].split()[0] for line in lines]
    assert places == ["vault", "hub", "runners", "analytics/jobs", "orders/nodes"]


def test_an_unknown_place_is_named_with_the_known_ones() -> None:
    for arguments in (("payment",), ("payments", "--to", "order")):
        done = ask(*arguments)
        assert (done.exit_code, done.stdout) == (2, "")
        assert "did you mean '" in done.stderr
        assert "vault" in done.stderr


def test_settings_of_an_existing_network_are_unknown() -> None:
    found = answer("analytics", "vault", file=EXISTING)
    assert found["verdict"] == "unknown"
    assert "firewall" in str(found["unknown"])
    assert answer("payments", "vault", file=EXISTING)["verdict"] == "reaches"
    for way in (("orders", "hub", 8443), ("hub", "orders", 443)):
        assert answer(*way, file=EXISTING)["verdict"] == "unknown"
    runners = answer("payments", "runners", file=EXISTING)
    assert runners["verdict"] == "unknown"
    assert "runners" in str(runners["unknown"])


# --- On-premises networks


def with_a_gateway(folder: pathlib.Path, **spokes: str) -> pathlib.Path:
    """Write the sample with a gateway, the on-premises network tokyo, and more keys in the spokes. Return the file."""
    text = SAMPLE.read_text(encoding="utf-8")
    text = text.replace(
        "hub:\n",
        "on_premises: {tokyo: [192.168.0.0/16]}\nhub:\n  gateway: {cidr: 10.0.0.96/27, existing: true}\n",
    )
    text = text.replace("  vault_peering:", "  vault_peering:\n    on_premises: [tokyo]", 1)
    for name, keys in spokes.items():
        text = text.replace(f"  {name}:", f"  {name}:\n    {keys}", 1)
    file = folder / "topology.yaml"
    file.write_text(text, encoding="utf-8")
    return file


@pytest.mark.parametrize(
    ("source", "to", "keys", "verdict", "reason"),
    [
        ("on_premises.tokyo", "vault", "", "unknown", "announce"),
        ("on_premises.tokyo", "orders", "use_remote_gateways: true", "unknown", "the private API server of orders"),
        ("on_premises.tokyo", "runners", "", "blocked", "no rule of the firewall"),
        ("orders", "on_premises.tokyo", "", "blocked", "no rule of the firewall"),
        ("orders", "on_premises.tokyo", "{use_remote_gateways: true, bgp_route_propagation: true}", "unknown", "tokyo"),
        ("on_premises.tokyo", "orders", "{use_remote_gateways: true, bgp_route_propagation: true}", "unknown", "tokyo"),
    ],
)
def test_connections_of_an_on_premises_network(
    source: str, to: str, keys: str, verdict: str, reason: str, tmp_path: pathlib.Path
) -> None:
    keys = keys.strip("{}").replace(", ", "\n    ")
    file = with_a_gateway(tmp_path, **({"orders": keys} if keys else {}))
    (tmp_path / "jwks").symlink_to(SAMPLE.parent / "jwks")
    found = answer(source, to, file=file)
    assert found["verdict"] == verdict
    assert reason in str(found["blocked_by"] or found["unknown"])
    assert not found["asymmetric"]


def test_a_hub_without_a_gateway_connects_no_on_premises_network(tmp_path: pathlib.Path) -> None:
    file = tmp_path / "topology.yaml"
    text = SAMPLE.read_text(encoding="utf-8").replace("hub:\n", "on_premises: {tokyo: [192.168.0.0/16]}\nhub:\n", 1)
    file.write_text(text, encoding="utf-8")
    (tmp_path / "jwks").symlink_to(SAMPLE.parent / "jwks")
    assert "no gateway" in str(answer("on_premises.tokyo", "vault", file=file)["blocked_by"])
    assert answer("orders", "on_premises.tokyo", file=file)["verdict"] == "blocked"


@pytest.mark.parametrize(("source", "to"), [("orders", "on_premises.tokyo"), ("on_premises.tokyo", "orders")])
def test_a_network_without_a_hub_connects_no_on_premises_network(source: str, to: str, tmp_path: pathlib.Path) -> None:
    data = yaml.safe_load((PROJECT / "tests" / "check" / "bases" / "no-hub.yaml").read_text(encoding="utf-8"))
    file = tmp_path / "topology.yaml"
    file.write_text(yaml.safe_dump({**data, "on_premises": {"tokyo": ["192.168.0.0/16"]}}), encoding="utf-8")
    reason = str(answer(source, to, file=file)["blocked_by"])
    assert ("no hub" in reason, "the hub" in reason) == (True, False)


@pytest.mark.parametrize(
    ("source", "to", "verdict"),
    [
        ("analytics/legacy", "vault", "unknown"),
        ("analytics/legacy", "orders", "unknown"),
        ("analytics/legacy", "on_premises.tokyo", "unknown"),
        ("runners", "analytics/legacy", "unknown"),
        ("vault", "analytics/legacy", "blocked"),
    ],
)
def test_the_routes_of_an_existing_route_table_are_unknown(
    source: str, to: str, verdict: str, tmp_path: pathlib.Path
) -> None:
    file = with_a_gateway(tmp_path)
    (tmp_path / "jwks").symlink_to(SAMPLE.parent / "jwks")
    data = yaml.safe_load(file.read_text(encoding="utf-8"))
    data["spokes"]["analytics"] |= {
        "use_remote_gateways": True,
        "subnets": {"legacy": {"cidr": "10.96.15.0/24", "route": "rg-network/rt-legacy"}},
    }
    file.write_text(yaml.safe_dump(data), encoding="utf-8")
    found = answer(source, to, file=file)
    assert found["verdict"] == verdict
    assert "rt-legacy" in str(found["unknown"]) or verdict == "blocked"


@pytest.mark.parametrize("to", ["hub", "10.0.0.77"])
def test_an_existing_hub_may_answer_an_on_premises_network(to: str, tmp_path: pathlib.Path) -> None:
    """The firewall is an end of the connection, or an unknown route table decides whether the answer goes through the
    firewall."""
    data = yaml.safe_load(EXISTING.read_text(encoding="utf-8"))
    data["on_premises"] = {"frankfurt": ["192.168.0.0/16"]}
    data["hub"]["existing"]["gateway"] = True
    file = tmp_path / "topology.yaml"
    file.write_text(yaml.safe_dump(data), encoding="utf-8")
    for ends in (("on_premises.frankfurt", to), (to, "on_premises.frankfurt")):
        found = answer(*ends, file=file)
        assert (found["verdict"], found["asymmetric"]) == ("unknown", False)
        if to == "hub":
            assert found["missing_rule"] is None
    rule = str(answer("on_premises.frankfurt", to, file=file)["missing_rule"])
    assert ("destinations: [10.0.0.77/32]" in rule) is (to != "hub")


@pytest.mark.parametrize("propagated", [True, False])
def test_behind_an_existing_gateway_a_request_takes_the_route_of_its_reply(
    propagated: bool, tmp_path: pathlib.Path
) -> None:
    data = yaml.safe_load(EXISTING.read_text(encoding="utf-8"))
    data["on_premises"] = {"frankfurt": ["192.168.0.0/16"]}
    data["hub"]["existing"]["gateway"] = True
    data["spokes"]["dmz"] = {
        "cidr": "10.66.0.0/20",
        "vault_route": "none",
        "use_remote_gateways": True,
        "bgp_route_propagation": propagated,
        "subnets": {"jobs": "10.66.0.0/24"},
    }
    file = tmp_path / "topology.yaml"
    file.write_text(yaml.safe_dump(data), encoding="utf-8")
    for ends in (("on_premises.frankfurt", "dmz/jobs"), ("dmz/jobs", "on_premises.frankfurt")):
        found = answer(*ends, file=file)
        assert (found["verdict"], found["asymmetric"]) == ("unknown", False)
        ways = [found["request"], found["reply"]]
        assert [isinstance(way, dict) and way["by_firewall"] for way in ways] == [not propagated] * 2


@pytest.mark.parametrize("base", [SAMPLE, EXISTING], ids=["new", "existing"])
@pytest.mark.parametrize(
    ("source", "port", "reason"),
    [("claims", 8200, "claims needs vault_route: direct, or via-hub"), ("analytics", 443, "5696 and 8200")],
)
def test_a_rule_that_does_not_help_is_not_offered(
    source: str, port: int, reason: str, base: pathlib.Path, tmp_path: pathlib.Path
) -> None:
    data = yaml.safe_load(base.read_text(encoding="utf-8"))
    data["spokes"]["claims"] = {"cidr": "10.66.0.0/16", "vault_route": "none"}
    file = tmp_path / "topology.yaml"
    file.write_text(yaml.safe_dump(data), encoding="utf-8")
    (tmp_path / "jwks").symlink_to(SAMPLE.parent / "jwks")
    found = answer(source, "vault", port, file=file)
    assert (found["verdict"], found["missing_rule"]) == ("blocked", None)
    assert reason in str(found["blocked_by"])
    assert answer("claims", "analytics", file=file)["missing_rule"]


# --- Networks that no valid file can describe


@pytest.fixture
def network() -> Network:
    return build(require(SAMPLE).topology)


def test_a_direct_route_for_a_spoke_behind_the_firewall_is_asymmetric(network: Network) -> None:
    """The request goes through the firewall, but the HVN answers directly through a peering."""
    mixed = replace(
        network,
        halves={**network.halves, (HVN, "analytics"): Half(forwarded=False), ("analytics", "elsewhere"): Half(False)},
        ranges={**network.ranges, "elsewhere": (IPv4Network("192.168.0.0/24"),)},
        hvn_routes=(*network.hvn_routes, HvnRoute(IPv4Network("10.96.0.0/20"), "analytics", None)),
    )
    (found,) = reach(mixed, "analytics", "vault", 8200)
    assert found.verdict is Verdict.BLOCKED
    assert found.asymmetric
    assert "asymmetric" in found.blocked_by


def test_an_answer_that_meets_the_firewall_first_is_dropped(network: Network) -> None:
    """The HVN routes the replies to payments through the firewall, which has not seen the request."""
    through = replace(
        network,
        hvn_routes=tuple(
            replace(route, network="hub", next_hop=IPv4Address("10.0.0.4")) if route.network == "payments" else route
            for route in network.hvn_routes
        ),
    )
    (found,) = reach(through, "payments", "vault", 8200)
    assert found.verdict is Verdict.BLOCKED
    assert found.asymmetric
    assert found.blocked_by.startswith("asymmetric: the firewall drops")


@pytest.mark.parametrize(("local", "remote"), [("HVN", "hub"), ("analytics", "hub")])
def test_a_half_without_forwarded_traffic_blocks_the_firewall(local: str, remote: str, network: Network) -> None:
    stopped = replace(network, halves={**network.halves, (local, remote): Half(forwarded=False)})
    (found,) = reach(stopped, "analytics", "vault", 8200)
    assert found.blocked_by.startswith(f"{local}'s half of the peering with {remote} ")


def test_the_longest_prefix_wins_and_then_the_route_table(network: Network) -> None:
    """A user-defined route for the HVN's exact range sends a peered spoke's packets to the firewall. The peering's
    route takes precedence over a wider user-defined route.
    """
    for cidr, by_firewall in (("172.25.16.0/20", True), ("172.16.0.0/12", False)):
        (place,) = network.places["payments"]
        routed = replace(place.routes[0], cidr=IPv4Network(cidr))
        changed = replace(
            network, places={**network.places, "payments": (replace(place, routes=(*place.routes, routed)),)}
        )
        (found,) = reach(changed, "payments", "vault", 8200)
        assert found.request.by_firewall is by_firewall
