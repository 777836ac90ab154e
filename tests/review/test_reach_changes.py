"""The review finds connections that a change opens or closes, also in networks that no valid file can describe."""

import pathlib
from collections.abc import Callable
from dataclasses import replace
from ipaddress import IPv4Network
from typing import Any

import pytest

from hvn.check.load import require
from hvn.reach.answer import Answer
from hvn.reach.build import build
from hvn.reach.network import HUB, HVN, FirewallRule, Half, HvnRoute, Network
from hvn.reach.traffic import Protocol, Traffic
from hvn.review import reach_changes
from tests.affected.conftest import Repository
from tests.check.cases import merged
from tests.conftest import SAMPLE
from tests.reach.test_addresses import SAMPLED
from tests.reach.test_appliances import FROM_SPOKE, patch
from tests.review.edits import BACKUP, EDITS
from tests.review.findings import findings, review
from tests.strategies import dump

Compare = Callable[[Network, Network], dict[tuple[str, str, int], tuple[str | None, str | None]]]


def _verdict(answer: Answer | None) -> str | None:
    return answer.verdict if answer else None


@pytest.fixture
def network() -> Network:
    return build(require(SAMPLE).topology)


@pytest.fixture
def compare(monkeypatch: pytest.MonkeyPatch) -> Compare:
    """Return a function that compares two networks and returns the verdicts that differ, by source, destination and
    port.
    """
    monkeypatch.setattr(reach_changes, "build", lambda given: given)

    def run(before: Any, after: Any) -> dict[tuple[str, str, int], tuple[str | None, str | None]]:
        found, complete = reach_changes.deltas(before, after)
        assert complete
        return {
            (each.source, each.destination, each.traffic.port): (_verdict(each.before), _verdict(each.after))
            for each in found
        }

    return run


def test_a_rule_of_the_firewall_concerns_places_that_stay_as_they_are(network: Network, compare: Compare) -> None:
    payments, orders = (network.places[name][0].cidr for name in ("payments", "orders"))
    rule = FirewallRule("between", (payments,), (orders,), ((5432, 5432),))
    assert network.firewall
    opened = replace(network, firewall=replace(network.firewall, rules=(*network.rules, rule)))
    assert compare(network, opened) == {("payments", "orders", 5432): ("blocked", "reaches")}


def test_the_nsg_of_an_appliance_concerns_other_places(tmp_path: pathlib.Path, compare: Compare) -> None:
    def network(subnet: Any) -> Network:
        file = tmp_path / "topology.yaml"
        file.write_text(dump(merged(SAMPLED, patch(subnet, gateway=True))), encoding="utf-8")
        return build(require(file).topology)

    (tmp_path / "jwks").symlink_to(SAMPLE.parent / "jwks")
    opened = compare(network({"rules": FROM_SPOKE}), network({}))
    assert opened["shop", "on_premises.tokyo", 443] == ("blocked", "unknown")


@pytest.mark.parametrize(
    ("protocols", "ports", "opened"),
    [
        ((Protocol.UDP,), (514, 514), {Traffic(514, Protocol.UDP)}),
        ((Protocol.UDP,), (0, 65535), {Traffic(53, Protocol.UDP)}),
        ((Protocol.UDP,), (8000, 8010), {Traffic(8000, Protocol.UDP)}),
        ((Protocol.ICMP,), (0, 65535), {Traffic(0, Protocol.ICMP)}),
        ((Protocol.TCP, Protocol.UDP), (5000, 5010), {Traffic(5000), Traffic(5000, Protocol.UDP)}),
        ((Protocol.TCP,), (400, 500), {Traffic(443)}),
    ],
)
def test_a_rule_opens_connections_of_its_protocols(
    protocols: tuple[Protocol, ...], ports: tuple[int, int], opened: set[Traffic], network: Network, compare: Compare
) -> None:
    payments, orders = (network.places[name][0].cidr for name in ("payments", "orders"))
    rule = FirewallRule("between", (payments,), (orders,), (ports,), protocols=protocols)
    assert network.firewall
    changed: Any = replace(network, firewall=replace(network.firewall, rules=(*network.rules, rule)))
    compare(network, changed)
    before: Any = network
    deltas, _ = reach_changes.deltas(before, changed)
    assert {delta.traffic for delta in deltas if delta.gained} == opened


def test_a_change_of_the_hubs_peering_affects_all_its_users(network: Network, compare: Compare) -> None:
    without = replace(
        network,
        halves={key: half for key, half in network.halves.items() if set(key) != {HUB, HVN}},
        hvn_routes=tuple(route for route in network.hvn_routes if route.network != HUB),
    )
    lost = compare(network, without)
    assert lost["runners", "vault", 8200] == lost["analytics", "vault", 8200] == ("reaches", "blocked")
    assert not [key for key in lost if "payments" in key]


def test_the_worst_answer_of_several_ranges_counts(network: Network, compare: Compare) -> None:
    """The HVN has no route to the spoke's second range, so Vault cannot reach a part of the spoke."""
    (whole,) = (replace(place, nsg=None, subnet="") for place in network.places["payments"])
    network = replace(network, places={**network.places, "payments": (whole,)})
    halves = (replace(whole, cidr=IPv4Network("10.64.0.0/17")), replace(whole, cidr=IPv4Network("10.70.0.0/17")))
    for places in (halves, halves[::-1]):
        found = compare(network, replace(network, places={**network.places, "payments": places}))
        assert found["vault", "payments", 443] == ("reaches", "blocked")


def test_a_blocked_subnet_does_not_hide_the_gain_of_another_subnet(network: Network, compare: Compare) -> None:
    (jobs,) = network.places["analytics"]
    dark = replace(jobs, subnet="dark", cidr=IPv4Network("10.96.1.0/24"), routes=())
    (payments,) = (place.cidr for place in network.places["payments"])
    rule = FirewallRule("jobs", (jobs.cidr, dark.cidr), (payments,), ((5432, 5432),))
    assert network.firewall
    firewall = replace(network.firewall, rules=(*network.rules, rule))
    network = replace(network, places={**network.places, "analytics": (jobs, dark)})
    assert compare(network, replace(network, firewall=firewall)) == {
        ("analytics/jobs", "payments", 5432): ("blocked", "reaches")
    }


def test_a_new_subnet_loses_nothing(network: Network, compare: Compare) -> None:
    (jobs,) = network.places["analytics"]
    dark = replace(jobs, subnet="dark", cidr=IPv4Network("10.96.1.0/24"), routes=())
    assert not compare(network, replace(network, places={**network.places, "analytics": (jobs, dark)}))


def test_a_new_backup_hvn_opens_connections(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    repository.edit(("hvn:\n", f"hvn:\n{BACKUP}"))
    comment = review(repository, monkeypatch)["comment"]
    for source in ("payments", "orders", "analytics", "runners"):
        assert f"- `{source}` → `vault/backup`, TCP 8200: does not exist → **reaches**" in comment
    assert "→ `vault`," not in comment


def test_a_connection_that_becomes_asymmetric_is_an_error(
    network: Network, repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    mixed = replace(
        network,
        halves={**network.halves, (HVN, "analytics"): Half(forwarded=False), ("analytics", "elsewhere"): Half(False)},
        ranges={**network.ranges, "elsewhere": (IPv4Network("192.168.0.0/24"),)},
        hvn_routes=(*network.hvn_routes, HvnRoute(IPv4Network("10.96.0.0/20"), "analytics", None)),
    )
    made = iter([network, mixed])  # before, after
    monkeypatch.setattr(reach_changes, "build", lambda _: next(made))
    bypassed = findings(repository, monkeypatch)["firewall-bypassed"]
    assert {finding["level"] for finding in bypassed} == {"error"}
    ways = {finding["facts"]["way"]: finding["facts"].get("reason", "") for finding in bypassed}
    assert ways["analytics to vault, TCP 8200"].startswith("asymmetric")


def test_a_network_too_large_to_compare_is_incomplete(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    def incomplete() -> bool:
        found = findings(repository, monkeypatch).get("incomplete-review", ())
        return any("too large" in finding["message"] for finding in found)

    monkeypatch.setattr(reach_changes, "MANY", 5)
    assert not incomplete()
    repository.edit(*EDITS["take-the-transit-pool-away"].replaces)
    assert incomplete()
    monkeypatch.setattr(reach_changes, "MANY", 6)
    assert not incomplete()
