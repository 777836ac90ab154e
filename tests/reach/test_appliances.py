"""The network security group (NSG) of an appliance's subnet filters the traffic that the appliance forwards."""

import pathlib
from typing import Any

import pytest

from hvn.reach.answer import Verdict
from tests.check.cases import merged
from tests.conftest import SAMPLE, Synth
from tests.reach.test_addresses import SAMPLED, asked
from tests.reach.test_drift import assert_same_answers
from tests.strategies import dump

NVA = "10.0.2.4"
EXISTING = "/subscriptions/22222222-2222-4222-8222-222222222222/resourceGroups/rg-a/providers/Microsoft.Network/"
ALLOW = {"priority": 300, "protocol": "any", "source": ["VirtualNetwork"]}
DENY = {"priority": 200, "protocol": "any", "access": "deny"}
FROM_SPOKE = {"no": {**DENY, "source": ["10.66.0.0/16"]}}
OUT = {"direction": "outbound", "destination": ["10.200.0.0/16"]}


def patch(subnet: Any, *, gateway: bool) -> Any:
    """Return a patch of the sample: an appliance in the hub, and a spoke with routes to the appliance."""
    hub: dict[str, Any] = {"subnets": {"nva": {"cidr": "10.0.2.0/24", "route": "none", **subnet}}}
    if gateway:
        hub["gateway"] = {"cidr": "10.0.3.0/27", "existing": True, "next_hop": NVA}
    routes = {"all": "0.0.0.0/1", "rest": "128.0.0.0/1", "tokyo": "10.200.0.0/16"}
    shop = {
        "cidr": "10.66.0.0/16",
        "vault_route": "none",
        "subnets": {"web": "10.66.1.0/24"},
        "routes": {name: {"destination": cidr, "next_hop": NVA} for name, cidr in routes.items()},
        **({"use_remote_gateways": True} if gateway else {}),
    }
    return {"hub": hub, "spokes": {"shop": shop}, "on_premises": {"tokyo": ["10.200.0.0/16"]}}


@pytest.mark.parametrize(
    ("subnet", "gateway", "blocked"),
    [
        ({}, False, {"internet", "tokyo", "private"}),
        ({}, True, set()),
        ({"rules": {"in": ALLOW}}, False, set()),
        ({"rules": {"no": {**DENY, "ports": ["443"]}}}, True, {"internet", "tokyo", "private", "back"}),
        ({"rules": {"no": {**DENY, "ports": ["22"]}}}, True, set()),
        ({"rules": FROM_SPOKE}, True, {"internet", "tokyo", "private"}),
        ({"rules": {"no": {**DENY, "source": ["10.200.0.0/17"]}}}, True, set()),
        ({"rules": {"no": {**DENY, "source": ["10.200.0.0/16"]}}}, True, {"back"}),
        ({"rules": {"no": {**DENY, **OUT}}}, True, set()),
        ({"nsg": f"{EXISTING}networkSecurityGroups/nsg-nva"}, False, set()),
        ({"nsg": "shared"}, True, {"internet", "tokyo", "private"}),
    ],
)
def test_the_nsg_of_an_appliance_filters_traffic_in_transit(
    subnet: Any, gateway: bool, blocked: set[str], tmp_path: pathlib.Path
) -> None:
    shared = {"hub": {"network_security_groups": {"shared": {"rules": FROM_SPOKE}}}} if "shared" in str(subnet) else {}
    file = merged(patch(subnet, gateway=gateway), shared)
    questions = {
        "internet": ("shop", "20.1.2.3"),
        "tokyo": ("shop", "on_premises.tokyo"),
        "private": ("shop", "10.250.3.4"),
        "back": ("on_premises.tokyo", "shop"),
    }
    if not gateway:
        del questions["back"]
    answers = {name: asked(tmp_path, file, one, "--to", other) for name, (one, other) in questions.items()}
    verdicts = {name: answer["verdict"] for name, answer in answers.items()}
    assert {name for name, verdict in verdicts.items() if verdict == "blocked"} == blocked
    assert set(verdicts.values()) <= {"blocked", "unknown"}
    lines = (tmp_path / "topology.yaml").read_text(encoding="utf-8").splitlines()
    line = next((number for number, text in enumerate(lines, start=1) if text.strip() == '"no":'), 0)
    reasons = {answer["blocked_by"] for answer in answers.values() if answer["verdict"] == "blocked"}
    assert all((f"the rule no (line {line})" if line else "the rule DenyAllInBound") in reason for reason in reasons)
    if blocked == {"back"}:
        assert "denies" not in str(answers["tokyo"]["unknown"])  # The NSG allows the reply.
    if "outbound" in str(subnet):
        assert f"the rule no (line {line})" in str(answers["tokyo"]["unknown"])


def test_a_default_route_puts_the_internet_into_the_tag_of_the_appliance(tmp_path: pathlib.Path) -> None:
    tables = {
        "hub": {"route_tables": {"nva": {"routes": {"all": {"destination": "0.0.0.0/0", "next_hop": "internet"}}}}}
    }
    subnet = {"route": "nva", "nat_gateway": True}
    file = merged(patch(subnet, gateway=False), merged(tables, {"hub": {"nat_gateway": {}}}))
    assert asked(tmp_path, file, "shop", "--to", "20.1.2.3")["verdict"] == "unknown"


@pytest.mark.parametrize(
    ("routes", "reason"),
    [
        (None, ""),
        ({}, "lead to the firewall 10.0.0.4"),
        ({"tokyo": {"destination": "10.200.0.0/16", "next_hop": "none"}}, "drop packets to 10.200.0.0/16"),
    ],
)
def test_the_routes_of_an_appliance_may_lead_one_direction_to_the_firewall(
    routes: Any, reason: str, tmp_path: pathlib.Path
) -> None:
    file = merged(
        patch({} if routes is None else {"route": "firewall"}, gateway=True), {"hub": {"routes": routes or {}}}
    )
    answer = asked(tmp_path, file, "on_premises.tokyo", "--to", "shop")
    named = [unknown for unknown in answer["unknown"] if "hub/nva" in unknown]
    assert [one.partition(", which ")[2] for one in named] == ([reason] if reason else [])


@pytest.mark.parametrize("back", [NVA, "10.0.2.5"])
def test_a_reply_may_pass_a_different_appliance(back: str, tmp_path: pathlib.Path) -> None:
    shop = patch({}, gateway=False)
    data = {
        "cidr": "10.67.0.0/16",
        "vault_route": "none",
        "subnets": {"db": "10.67.1.0/24"},
        "routes": {"shop": {"destination": "10.66.0.0/16", "next_hop": back}},
    }
    answer = asked(tmp_path, merged(shop, {"spokes": {"data": data}}), "shop/web", "--to", "data/db")
    assert answer["verdict"] == "unknown"
    assert any(NVA in one and back in one and "SNAT" in one for one in answer["unknown"]) == (back != NVA)


@pytest.mark.parametrize(("subnet", "gateway"), [({}, False), ({"rules": FROM_SPOKE}, True)])
def test_reach_agrees_with_the_terraform(subnet: Any, gateway: bool, tmp_path: pathlib.Path, synth: Synth) -> None:
    file = tmp_path / "topology.yaml"
    file.write_text(dump(merged(SAMPLED, patch(subnet, gateway=gateway))), encoding="utf-8")
    (tmp_path / "jwks").symlink_to(SAMPLE.parent / "jwks")
    assert assert_same_answers(file, synth)[Verdict.BLOCKED]
