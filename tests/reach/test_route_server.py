"""Azure Route Server propagates routes that the file does not contain, but not inside VNets and over peerings."""

import pathlib

import pytest
import yaml

from hvn.check.load import require
from hvn.reach.answer import Answer, Verdict, reach
from hvn.reach.build import build
from tests.conftest import SAMPLE


def answer(folder: pathlib.Path, source: str, to: str, *, route_server: bool, gateway: bool = False) -> Answer:
    data = yaml.safe_load(SAMPLE.read_text(encoding="utf-8"))
    data["on_premises"] = {"tokyo": ["192.168.0.0/16"]}
    data["hub"]["subnets"] = {"jump": "10.0.2.0/27", "open": {"cidr": "10.0.2.32/27", "route": "none"}}
    if route_server:
        data["hub"]["route_server"] = {"cidr": "10.0.1.0/27"}
    if gateway:
        data["hub"]["gateway"] = {"cidr": "10.0.0.96/27", "existing": True}
    file = folder / "topology.yaml"
    file.write_text(yaml.safe_dump(data), encoding="utf-8")
    if not (folder / "jwks").exists():
        (folder / "jwks").symlink_to(SAMPLE.parent / "jwks")
    (one,) = reach(build(require(file).topology), source, to, 443)
    return one


@pytest.mark.parametrize(
    ("source", "to"), [("hub/open", "hub/jump"), ("hub/jump", "hub/open"), ("hub/open", "payments/nodes")]
)
def test_route_server_changes_no_route_inside_a_vnet_or_over_a_peering(
    source: str, to: str, tmp_path: pathlib.Path
) -> None:
    assert answer(tmp_path, source, to, route_server=True).verdict is Verdict.REACHES


@pytest.mark.parametrize("to", ["20.1.2.3", "10.99.0.1"])
def test_routes_of_route_server_are_unknown(to: str, tmp_path: pathlib.Path) -> None:
    one = answer(tmp_path, "hub/open", to, route_server=True)
    assert (one.verdict, "Route Server" in " ".join(one.unknown)) == (Verdict.UNKNOWN, True)


def test_route_server_gives_no_subnet_a_public_address(tmp_path: pathlib.Path) -> None:
    one = answer(tmp_path, "internet", "hub/open", route_server=True)
    assert (one.verdict, one.request and one.request.blocked_by) == (Verdict.BLOCKED, "hub/open has no public address")


def test_a_subnet_without_propagation_ignores_route_server(tmp_path: pathlib.Path) -> None:
    assert answer(tmp_path, "runners", "hub/jump", route_server=True).verdict is Verdict.REACHES


@pytest.mark.parametrize("ends", [("hub/open", "on_premises.tokyo"), ("on_premises.tokyo", "hub/open")])
def test_route_server_can_connect_on_premises_networks_without_a_gateway(
    ends: tuple[str, str], tmp_path: pathlib.Path
) -> None:
    assert answer(tmp_path, *ends, route_server=False).verdict is Verdict.BLOCKED
    assert answer(tmp_path, *ends, route_server=True).verdict is Verdict.UNKNOWN
    assert answer(tmp_path, *ends, route_server=True, gateway=True).verdict is Verdict.UNKNOWN
