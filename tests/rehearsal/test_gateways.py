"""Azure refuses wrong flags of peerings and a wrong GatewaySubnet."""

import copy
import pathlib

import pytest

from hvn.check.load import require
from hvn.kinds.references import GATEWAY
from hvn.rehearsal import existing
from tests.conftest import SAMPLE, Synth
from tests.rehearsal.conftest import Stage, messages, resource, subnet

USER = ("hub", "network-payments")
PEERING = "azurerm_virtual_network_peering"
WEST = (
    "/subscriptions/77777777-7777-4777-8777-777777777777/resourceGroups/rg-west/providers/Microsoft.Network/"
    "virtualNetworks/vnet-west"
)


@pytest.fixture
def gateways(stage: Stage, synth: Synth, tmp_path: pathlib.Path) -> Stage:
    """Return the stage with a gateway in the hub. The spoke payments reaches the gateway through the firewall."""
    return using(stage, synth, tmp_path, "gateway: {cidr: 10.0.0.96/27, existing: true}")


def using(stage: Stage, synth: Synth, tmp_path: pathlib.Path, part: str) -> Stage:
    """Return the stage with a part of the hub that the spoke payments uses."""
    text = SAMPLE.read_text(encoding="utf-8")
    text = text.replace("hub:\n", f"hub:\n  {part}\n", 1)
    text = text.replace("    cidr: 10.64.0.0/16\n", "    cidr: 10.64.0.0/16\n    use_remote_gateways: true\n")
    file = tmp_path / "topology.yaml"
    file.write_text(text, encoding="utf-8")
    (tmp_path / "jwks").symlink_to(SAMPLE.parent / "jwks")
    existing.put(stage.cloud, require(file).workspaces())
    stage.stacks.update({id_: dict(copy.deepcopy(stack)) for id_, stack in synth(file, only=USER).items()})
    return stage


def test_a_spoke_uses_the_gateway_and_is_destroyed(gateways: Stage) -> None:
    before = gateways.cloud.count()
    result = gateways.build(*USER)
    assert not result.failed, messages(result.failures)
    assert not result.differs
    (route,) = (route for route in gateways.cloud.find("azurerm_route") if route["name"].startswith("payments"))
    assert (route["address_prefix"], route["next_hop_in_ip_address"]) == ("10.64.0.0/16", "10.0.0.4")
    for workspace in reversed(USER):
        assert gateways.destroy(workspace).destroyed, workspace
    assert gateways.cloud.count() == before


def test_a_spoke_uses_route_server_which_must_exist(stage: Stage, synth: Synth, tmp_path: pathlib.Path) -> None:
    using(stage, synth, tmp_path, "route_server: {cidr: 10.0.1.0/27, existing: true}")
    (server,) = stage.cloud.find(GATEWAY)
    result = stage.build(*USER)
    assert not result.failed, messages(result.failures)
    assert resource(stage, "network-payments", PEERING, "to_hub")["use_remote_gateways"]
    assert stage.destroy("network-payments").destroyed
    stage.cloud.remove(GATEWAY, server["id"])
    assert "RemoteVnetHasNoGateways" in messages(stage.build("network-payments").failures)


def test_use_of_a_missing_gateway_is_refused(gateways: Stage) -> None:
    (gateway,) = gateways.cloud.find(GATEWAY)
    gateways.cloud.remove(GATEWAY, gateway["id"])
    assert "RemoteVnetHasNoGateways" in messages(gateways.build(*USER).failures)


def test_use_of_a_gateway_without_transit_is_refused(gateways: Stage) -> None:
    resource(gateways, "network-payments", PEERING, "from_hub")["allow_gateway_transit"] = False
    assert "AllowGatewayTransit flag set to false" in messages(gateways.build(*USER).failures)


def test_the_spokes_half_before_the_hubs_half_is_refused(gateways: Stage) -> None:
    to_hub = resource(gateways, "network-payments", PEERING, "to_hub")
    from_hub = resource(gateways, "network-payments", PEERING, "from_hub")
    to_hub["depends_on"], from_hub["depends_on"] = from_hub["depends_on"], [f"{PEERING}.to_hub"]
    assert "AllowGatewayTransit flag set to false" in messages(gateways.build(*USER).failures)


def test_a_remote_vnet_uses_the_gateway_only_with_transit(stage: Stage, synth: Synth, tmp_path: pathlib.Path) -> None:
    text = SAMPLE.read_text(encoding="utf-8")
    west = f"{{vnet_id: {WEST}, cidrs: [10.128.0.0/24], reverse: true, allow_gateway_transit: true}}"
    keys = f"  gateway: {{cidr: 10.0.0.96/27, existing: true}}\n  peerings: {{west: {west}}}\n"
    file = tmp_path / "topology.yaml"
    file.write_text(text.replace("hub:\n", f"hub:\n{keys}", 1), encoding="utf-8")
    (tmp_path / "jwks").symlink_to(SAMPLE.parent / "jwks")
    existing.put(stage.cloud, require(file).workspaces())
    stage.stacks.update({id_: dict(copy.deepcopy(stack)) for id_, stack in synth(file, only=("hub",)).items()})
    resource(stage, "hub", PEERING, "to_west")["allow_gateway_transit"] = False
    assert "AllowGatewayTransit flag set to false" in messages(stage.build("hub").failures)
    resource(stage, "hub", PEERING, "to_west")["allow_gateway_transit"] = True
    result = stage.build("hub")
    assert not result.failed, messages(result.failures)


@pytest.mark.parametrize("use", [True, False])
def test_the_flag_of_an_existing_peering_changes_in_place(gateways: Stage, use: bool) -> None:
    """Terraform can set and remove the flag, because the new configuration declares the order of both halves."""
    with_flag = gateways.stacks["network-payments"]
    without = copy.deepcopy(with_flag)
    to_hub, from_hub = (without["resource"][PEERING][name] for name in ("to_hub", "from_hub"))
    to_hub["use_remote_gateways"] = from_hub["allow_gateway_transit"] = False
    to_hub["depends_on"], from_hub["depends_on"] = from_hub["depends_on"], [f"{PEERING}.to_hub"]
    steps = (without, with_flag) if use else (with_flag, without)
    gateways.build("hub")
    for step in steps:
        gateways.stacks["network-payments"] = step
        result = gateways.build("network-payments")
        assert not result.failed, messages(result.failures)
    (half,) = (half for half in gateways.cloud.find(PEERING) if half["name"] == "to-hub")
    assert half["use_remote_gateways"] is use


@pytest.mark.parametrize(
    ("kind", "name", "argument", "value", "error"),
    [
        ("azurerm_route_table", "gateway_route_table", "bgp_route_propagation_enabled", False, "must propagate"),
        ("azurerm_route", "gateway_route_runners", "address_prefix", "0.0.0.0/0", "cannot have a route for 0.0.0.0/0"),
        ("azurerm_route", "gateway_route_runners", "route_table_name", "rt-other", "ResourceNotFound"),
    ],
)
def test_wrong_routes_of_the_gateway_subnet_are_refused(
    gateways: Stage, kind: str, name: str, argument: str, value: object, error: str
) -> None:
    resource(gateways, "hub", kind, name)[argument] = value
    assert error in messages(gateways.build("hub").failures)


def test_a_security_group_on_the_gateway_subnet_is_refused(gateways: Stage) -> None:
    nsg = subnet(gateways, "hub", "runners")["security_group"]
    subnet(gateways, "hub", "GatewaySubnet")["security_group"] = nsg
    assert "cannot have a network security group" in messages(gateways.build("hub").failures)


def test_an_nsg_and_routes_of_route_server_are_refused(stage: Stage, synth: Synth, tmp_path: pathlib.Path) -> None:
    text = SAMPLE.read_text(encoding="utf-8")
    file = tmp_path / "topology.yaml"
    file.write_text(text.replace("hub:\n", "hub:\n  route_server: {cidr: 10.0.1.0/27}\n", 1), encoding="utf-8")
    (tmp_path / "jwks").symlink_to(SAMPLE.parent / "jwks")
    existing.put(stage.cloud, require(file).workspaces())
    stage.stacks.update({id_: dict(copy.deepcopy(stack)) for id_, stack in synth(file, only=("hub",)).items()})
    block = subnet(stage, "hub", "RouteServerSubnet")
    keys = ("security_group", "route_table_id")
    assert [block[key] for key in ("address_prefixes", *keys)] == [["10.0.1.0/27"], None, None]
    for key in keys:
        block[key] = subnet(stage, "hub", "runners")[key]
        assert "RouteServerSubnet cannot have" in messages(stage.build("hub").failures)
        block[key] = None
    result = stage.build("hub")
    assert not result.failed, messages(result.failures)
