"""`hvn init --azure` finds the hub's gateway, the on-premises networks behind it, and subnets of an existing VNet."""

import json
import pathlib
from typing import Any

import pytest
from click.testing import Result

from tests.commands.dialog import dialog
from tests.commands.test_init_azure import UUID, init, written

OTHER = "22222222-2222-4222-8222-222222222222"
NETWORK = "rg/providers/Microsoft.Network"


def resource(kind: str, name: str, properties: dict[str, Any], subscription: str = UUID) -> dict[str, Any]:
    place = f"/subscriptions/{subscription}/resourceGroups/{NETWORK}/{kind}/{name}"
    row = {"id": place, "name": name, "type": f"microsoft.network/{kind.lower()}", "location": "westeurope"}
    return row | {"tenantId": UUID, "properties": properties}


def subnet(name: str, cidr: str) -> dict[str, Any]:
    return {"name": name, "properties": {"addressPrefix": cidr}}


def vnet(name: str, cidr: str, subnets: list[dict[str, Any]], remote: str = "") -> dict[str, Any]:
    """Return a VNet. A VNet with a remote VNet uses the remote VNet's gateways."""
    peering = {"remoteVirtualNetwork": {"id": remote}, "useRemoteGateways": True}
    properties = {"addressSpace": {"addressPrefixes": [cidr]}, "subnets": subnets}
    peerings = [{"name": "hub", "properties": peering}] if remote else []
    return resource(
        "virtualNetworks", name, properties | {"virtualNetworkPeerings": peerings}, OTHER if remote else UUID
    )


def gateway(type_: str, hub: str) -> dict[str, Any]:
    configuration = {"properties": {"subnet": {"id": f"{hub}/subnets/gatewaysubnet"}}}
    return resource(
        "virtualNetworkGateways", f"vgw-{type_}", {"gatewayType": type_, "ipConfigurations": [configuration]}
    )


def local(name: str, *cidrs: str) -> dict[str, Any]:
    return resource("localNetworkGateways", name, {"localNetworkAddressSpace": {"addressPrefixes": [*cidrs]}})


HUB = vnet(
    "vnet-hub",
    "10.44.0.0/22",
    [
        subnet("GatewaySubnet", "10.44.0.0/26"),
        subnet("AzureFirewallSubnet", "10.44.0.128/26"),
        subnet("snet-runners", "10.44.1.0/26"),
    ],
)
ALONE = vnet("vnet-shop", "10.45.0.0/22", [])
USER = vnet("vnet-shop", "10.45.0.0/22", [], HUB["id"])
SECOND = vnet("vnet-lab", "10.46.0.0/22", [subnet("GatewaySubnet", "10.46.0.0/26")])
VPN, EXPRESS_ROUTE = gateway("Vpn", HUB["id"]), gateway("ExpressRoute", HUB["id"])
SITE = local("lgw-control-room", "10.0.0.0/12", "172.20.0.0/16")
SITES = {"control-room": ["10.0.0.0/12", "172.20.0.0/16"]}


def done(tmp_path: pathlib.Path, rows: list[dict[str, Any]], options: str = "") -> tuple[Result, Any]:
    (tmp_path / "azure.json").write_text(json.dumps(rows))
    file = tmp_path / "network.yaml"
    result = init(file, [tmp_path / "azure.json"], f"--subscription-id {UUID} --hub-firewall-ip 10.44.0.132 {options}")
    assert result.exit_code == 0, result.output
    return result, written(file)


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([ALONE], (False, None)),
        ([USER], (True, None)),
        ([ALONE, SITE], (True, None)),
        ([ALONE, SITE, SECOND], (False, None)),
        ([ALONE, VPN], (True, "vpn")),
        ([USER, EXPRESS_ROUTE], (True, "express_route")),
        ([USER, VPN, EXPRESS_ROUTE], (True, "both")),
        ([USER, gateway("LocalGateway", HUB["id"])], (True, None)),
        ([ALONE, SECOND, gateway("Vpn", SECOND["id"])], (False, None)),
    ],
)
def test_the_files_show_the_gateway_of_the_hub(
    rows: list[dict[str, Any]], expected: tuple[bool, str | None], tmp_path: pathlib.Path
) -> None:
    _, topology = done(tmp_path, [HUB, *rows], f"--hub-vnet-id {HUB['id']}")
    facts = topology["hub"]["existing"]
    assert (facts.get("gateway", False), facts.get("gateway_type")) == expected
    assert topology["spokes"]["shop"].get("use_remote_gateways", False) is expected[0]


@pytest.mark.parametrize(
    ("rows", "sites", "others"),
    [
        ([SITE], SITES, {"10.45.0.0/22"}),
        ([local("LNG_Osaka.1", "10.1.0.0/16", "10.1.0.0/16")], {"osaka-1": ["10.1.0.0/16"]}, {"10.45.0.0/22"}),
        ([local("a", "10.0.0.0/16"), local("b", "10.1.0.0/16")], {"a": ["10.0.0.0/16"], "b": ["10.1.0.0/16"]}, None),
        ([local("a-one", "10.1.0.0/16"), local("b-two", "10.0.0.0/12")], {"b-two": ["10.0.0.0/12"]}, None),
        ([local("a", "10.45.0.0/23")], None, {"10.45.0.0/22"}),
        ([local("a", "10.1.2.3/32", "2001:db8::/32")], None, {"10.1.2.3/32", "10.45.0.0/22"}),
        ([local("lgw-1", "10.1.0.0/16")], None, {"10.1.0.0/16", "10.45.0.0/22"}),
        ([SITE, SECOND], None, None),
    ],
)
def test_the_ranges_of_local_network_gateways_are_on_premises(
    rows: list[dict[str, Any]], sites: Any, others: set[str] | None, tmp_path: pathlib.Path
) -> None:
    _, topology = done(tmp_path, [HUB, USER, *rows], f"--hub-vnet-id {HUB['id']}")
    assert topology.get("on_premises") == sites
    if others:
        assert set(topology["in_use"]) == others


def test_an_explicit_site_replaces_the_proposal(tmp_path: pathlib.Path) -> None:
    result, topology = done(tmp_path, [HUB, USER, SITE], "--on-premises dc=172.20.0.0/16")
    assert topology["on_premises"] == {"dc": ["172.20.0.0/16"]}
    assert topology["in_use"] == ["10.0.0.0/12", "10.45.0.0/22"]
    assert "from Azure: on-premises" not in result.stdout


@pytest.mark.parametrize("rows", [[USER], [ALONE]])
def test_the_next_command_has_the_subscription_if_the_files_have_several(
    rows: list[dict[str, Any]], tmp_path: pathlib.Path
) -> None:
    result, _ = done(tmp_path, [HUB, *rows])
    assert ("[--subscription-id UUID]" in result.stdout) is (rows == [USER])


def test_a_terminal_proposes_sites_and_refuses_unknown_names(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hvn.commands.init.questions.asks", lambda: True)
    (tmp_path / "azure.json").write_text(json.dumps([HUB | {"location": "swedencentral"}, USER, SITE]))
    options = f"--azure {tmp_path / 'azure.json'} --name acme --project-id {UUID} --state local --hub existing"
    options += f" --hub-firewall-ip 10.44.0.132 --subscription-id {UUID}"
    answers = {"HCP region": ["sweden", "swedencentral", "West Europe"], "VNet of shop": ["vnet-shp", "vnet-shop"]}
    result, _ = dialog(tmp_path / "n.yaml", answers | {"AKS cluster": "none"}, options.split())
    assert result.exit_code == 0, result.output
    assert "did you mean vnet-shop?" in result.output
    assert result.output.count("not a known region of HCP") == 2
    topology = written(tmp_path / "n.yaml")
    assert (topology["on_premises"], topology["hvn"]["region"]) == (SITES, "westeurope")
    assert topology["spokes"]["shop"]["existing"]["vnet_id"] == USER["id"]


@pytest.mark.parametrize(
    ("nodes", "free"), [("10.45.0.0/24", "10.45.3.0/24"), ("10.45.0.0/22", "10.45.3.0/24"), ("10.45.2.0/28", "10.45.2")]
)
def test_new_nodes_are_outside_the_existing_subnets(nodes: str, free: str, tmp_path: pathlib.Path) -> None:
    subnets = [subnet("snet-aks", "10.45.0.0/23"), subnet("snet-pe", "10.45.2.0/26")]
    user = vnet("vnet-shop", "10.45.0.0/22", subnets, HUB["id"])
    (tmp_path / "azure.json").write_text(json.dumps([HUB, user]))
    options = f"--subscription-id {UUID} --hub-firewall-ip none --spoke-vnet-id vnet-shop --cluster --node-cidr {nodes}"
    refused = init(tmp_path / "network.yaml", [tmp_path / "azure.json"], options)
    assert (refused.exit_code, refused.stdout) == (2, "")
    assert f"{nodes} overlaps the existing subnet snet-" in refused.stderr
    assert f"; {free}" in refused.stderr
    _, topology = done(tmp_path, [HUB, user], "--spoke-vnet-id vnet-shop --cluster")
    assert topology["spokes"]["shop"]["cluster"]["node_cidr"] == "10.45.3.0/24"
    assert topology["spokes"]["shop"]["existing"]["subnets_in_use"] == ["10.45.0.0/23", "10.45.2.0/26"]
    (tmp_path / "network.yaml").unlink()
    cluster = f"--spoke-vnet-id vnet-shop --cluster-id {UUID}/rg/aks-shop --node-cidr 10.45.0.0/23"
    _, topology = done(tmp_path, [HUB, user], cluster)
    assert topology["spokes"]["shop"]["existing"]["subnets_in_use"] == ["10.45.2.0/26"]


@pytest.mark.parametrize("uses", [True, False])
def test_the_owner_of_a_peering_that_does_not_use_the_gateway_is_asked(uses: bool, tmp_path: pathlib.Path) -> None:
    user = vnet("vnet-shop", "10.45.0.0/22", [], HUB["id"])
    user["properties"]["virtualNetworkPeerings"][0]["properties"]["useRemoteGateways"] = uses
    result, topology = done(tmp_path, [HUB, user, VPN], "--spoke-vnet-id vnet-shop")
    assert "use_remote_gateways" not in topology["spokes"]["shop"]
    assert ("useRemoteGateways" in result.stdout) is not uses
