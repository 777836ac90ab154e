"""`hvn check --with` compares two files of one organization."""

import json
import pathlib
from typing import Any

import pytest
import yaml
from click.testing import CliRunner

from hvn.cli import cli
from tests.check.cases import CASES, merged
from tests.conftest import PROJECT

NETWORKS = PROJECT / "tests" / "networks"
BASE = yaml.safe_load((CASES.parent / "bases" / "small.yaml").read_text(encoding="utf-8"))
EAST: dict[str, Any] = {
    "name": "east",
    "azure": {"region": "japanwest"},
    "hvn": {"id": "hvn-east", "cidr": "172.26.16.0/20"},
    "vault": {"cluster_id": "vault-east"},
    "address_pools": {"spokes": "10.128.0.0/12", "transit": "10.160.0.0/16"},
    "hub": {"cidr": "10.1.0.0/22", "firewall": {"cidr": "10.1.0.0/26"}, "runners": {"cidr": "10.1.0.64/27"}},
    "spokes": {"orders": {"cidr": "10.128.0.0/16"}},
}
SHARED = {"hvn": {"id": "hvn-small", "cidr": "172.25.16.0/20", "existing": True}}


def check(folder: pathlib.Path, patch: Any, first: Any = None) -> set[tuple[str, str]]:
    """Return the findings of the small topology beside a second file."""
    files = {"west.yaml": merged(BASE, first or {}), "east.yaml": merged(merged(BASE, EAST), patch)}
    for name, topology in files.items():
        (folder / name).write_text(yaml.safe_dump(topology), encoding="utf-8")
    west, east = (str(folder / name) for name in files)
    result = CliRunner().invoke(cli, ["check", west, "--with", east, "--format", "json"])
    reported = json.loads(result.output)
    assert result.exit_code == int(bool(reported)), result.output
    return {(finding["id"], finding["path"]) for finding in reported}


@pytest.mark.parametrize(
    ("patch", "paths"),
    [
        ({}, set()),
        ({"address_pools": {"spokes": "10.64.0.0/10"}, "spokes": {"orders": {"cidr": "10.65.0.0/16"}}},
         {"address_pools.spokes", "address_pools.transit"}),
        ({"hvn": {"id": "hvn-small", "cidr": "172.25.16.0/20"}}, {"hvn.id"}),
        (SHARED, set()),
        ({**SHARED, "vault": {"cluster_id": "vault-small", "existing": True}}, {"vault.cluster_id"}),
        ({**SHARED, "vault": {"cluster_id": "vault-small", "existing": True, "namespace": "admin/east"}}, set()),
        ({"name": "small"}, {"name", "hub", "spokes.orders"}),
        # The files have different subscriptions, but both write the same local state.
        ({"name": "small", "azure": {"subscription_id": "33333333-3333-4333-8333-333333333333"}}, {"name"}),
        (
            {
                "name": "small",
                "azure": {"subscription_id": "33333333-3333-4333-8333-333333333333"},
                "state": {"backend": "cloud", "organization": "east"},
            },
            set(),
        ),
        ({"hub": {"names": {"resource_group": "rg-small-hub"}}}, {"hub"}),
        ({"hub": {"existing_resource_group": True, "names": {"resource_group": "rg-small-hub"}}}, set()),
    ],
)  # fmt: skip
def test_two_files_are_compared(patch: Any, paths: set[str], tmp_path: pathlib.Path) -> None:
    assert check(tmp_path, patch) == {("HVN040", path) for path in paths}


GROUPS = "/subscriptions/22222222-2222-4222-8222-222222222222/resourceGroups"


def vnet(name: str) -> str:
    return f"{GROUPS}/rg-{name}/providers/Microsoft.Network/virtualNetworks/vnet-{name}"


TO_EAST = {"vnet_id": vnet("east-hub"), "cidrs": ["10.1.0.0/22"]}
TO_WEST = {"vnet_id": vnet("small-HUB"), "cidrs": ["10.0.0.0/22"]}
BEHIND = {"private_ip": "10.1.0.4", "cidrs": ["10.128.0.0/12"]}
ORDERS = {"vnet_id": vnet("east-orders"), "cidrs": ["10.128.0.0/16"]}
BACK = {"vnet_id": vnet("small-orders"), "cidrs": ["10.64.0.0/16"]}


@pytest.mark.parametrize(
    ("west", "east", "paths"),
    [
        ({**TO_EAST, "firewall": BEHIND}, TO_WEST, set()),
        ({**TO_EAST, "reverse": True}, None, set()),
        (TO_EAST, None, {"hub.peerings.other"}),
        ({**TO_EAST, "reverse": True}, TO_WEST, {"hub.peerings.other"}),
        (TO_EAST, {**TO_WEST, "reverse": True}, {"hub.peerings.other"}),
        ({**TO_EAST, "cidrs": ["10.1.0.0/23"]}, TO_WEST, {"hub.peerings.other.cidrs"}),
        (
            {**TO_EAST, "firewall": {**BEHIND, "private_ip": "10.1.0.5"}},
            TO_WEST,
            {"hub.peerings.other.firewall.private_ip"},
        ),
        ({**TO_EAST, "vnet_id": vnet("elsewhere")}, None, set()),
    ],
)
def test_both_halves_of_a_peering_of_two_hubs_are_compared(
    west: Any, east: Any, paths: set[str], tmp_path: pathlib.Path
) -> None:
    first, second = ({"hub": {"peerings": {"other": one} if one else {}}} for one in (west, east))
    assert check(tmp_path, second, first) == {("HVN040", path) for path in paths}


@pytest.mark.parametrize(
    ("west", "east", "paths"),
    [
        (ORDERS, BACK, set()),
        (ORDERS, None, {"spokes.orders.peerings.other"}),
        ({**ORDERS, "allow_forwarded_traffic": True}, BACK, {"spokes.orders.peerings.other"}),
        ({**ORDERS, "cidrs": ["10.128.0.0/17"]}, BACK, {"spokes.orders.peerings.other.cidrs"}),
    ],
)
def test_both_halves_of_a_peering_of_two_spokes_are_compared(
    west: Any, east: Any, paths: set[str], tmp_path: pathlib.Path
) -> None:
    first, second = ({"spokes": {"orders": {"peerings": {"other": one} if one else {}}}} for one in (west, east))
    assert check(tmp_path, second, first) == {("HVN040", path) for path in paths}


def test_another_region_may_be_an_on_premises_network(tmp_path: pathlib.Path) -> None:
    west = {"on_premises": {"east": ["10.1.0.0/22", "10.128.0.0/12"]}}
    assert check(tmp_path, {}, west) == set()


def test_the_same_existing_vnet_is_reported(tmp_path: pathlib.Path) -> None:
    group = "/subscriptions/22222222-2222-4222-8222-222222222222/resourceGroups/rg"
    vnet = f"{group}/providers/Microsoft.Network/virtualNetworks/old"
    west, east = (
        {
            "spokes": {
                "old": {
                    "vault_route": "none",
                    "existing": {
                        "vnet_id": vnet,
                        "cidrs": [cidr],
                    },
                }
            }
        }
        for cidr in ("10.70.0.0/16", "10.140.0.0/16")
    )
    assert check(tmp_path, east, west) == {("HVN040", "spokes.old.existing.vnet_id")}


def test_a_hub_may_be_created_in_one_file_and_existing_in_the_other(tmp_path: pathlib.Path) -> None:
    group = "/subscriptions/22222222-2222-4222-8222-222222222222/resourceGroups"
    existing = {
        "vnet_id": f"{group}/rg-small-hub/providers/Microsoft.Network/virtualNetworks/vnet-small-hub",
        "cidrs": ["10.0.0.0/22"],
        "firewall_private_ip": "10.0.0.4",
        "private_dns_zone_id": f"{group}/rg-small-hub/providers/Microsoft.Network/privateDnsZones/"
        "privatelink.japanwest.azmk8s.io",
        "runners_cidr": "10.0.0.64/27",
    }
    hub = {"cidr": None, "firewall": None, "runners": None, "existing": existing}
    assert check(tmp_path, {"hub": hub}) == set()
    other = {**existing, "vnet_id": existing["vnet_id"].replace("vnet-small-hub", "vnet-other")}  # type: ignore[attr-defined]
    assert check(tmp_path, {"hub": {**hub, "existing": other}}) == {("HVN040", "hub.cidr")}


# Patterns without `{topology}`: the names of two files are equal in a shared place.
PATTERNS = {"peering_from_hub": "to-{spoke}", "dns_link": "link-{spoke}", "vnet": "vnet-{spoke}"}
SHARED_HUB = {
    "cidr": None,
    "firewall": None,
    "runners": None,
    "existing": {
        "vnet_id": f"{GROUPS}/rg-net/providers/Microsoft.Network/virtualNetworks/vnet-net",
        "cidrs": ["10.0.0.0/22"],
        "firewall_private_ip": "10.0.0.4",
        "private_dns_zone_id": f"{GROUPS}/rg-net/providers/Microsoft.Network/privateDnsZones/"
        "privatelink.japaneast.azmk8s.io",
        "runners_cidr": "10.0.0.64/27",
    },
}


@pytest.mark.parametrize(
    ("first", "second", "paths"),
    [
        ({"naming": PATTERNS}, {"naming": PATTERNS}, set()),
        (
            {"naming": PATTERNS, "hub": SHARED_HUB},
            {"naming": PATTERNS, "hub": SHARED_HUB},
            {"naming.peering_from_hub", "naming.dns_link"},
        ),
        ({"hub": SHARED_HUB}, {"hub": SHARED_HUB}, set()),
        *[
            ({"naming": one}, {"naming": one}, {"naming.resource_group"})
            for one in [PATTERNS | {"resource_group": "rg-{spoke}"}]
        ],
        (
            *[
                {
                    "naming": PATTERNS,
                    "spokes": {"orders": {"existing_resource_group": True, "names": {"resource_group": "rg"}}},
                }
            ]
            * 2,
            {"naming.vnet"},
        ),
    ],
)
def test_equal_names_in_a_shared_place_are_reported(
    first: Any, second: Any, paths: set[str], tmp_path: pathlib.Path
) -> None:
    assert check(tmp_path, {"azure": {"region": "japaneast"}} | second, first) == {("HVN040", path) for path in paths}


def test_two_regions_of_a_public_network_agree() -> None:
    files = [str(NETWORKS / f"aks-multi-region-{region}.yaml") for region in ("eastus2", "centralus")]
    result = CliRunner().invoke(cli, ["check", files[0], "--with", files[1]])
    assert result.exit_code == 0
    assert "HVN040" not in result.output


def test_a_file_is_not_compared_with_itself(tmp_path: pathlib.Path) -> None:
    file, link = tmp_path / "west.yaml", tmp_path / "link.yaml"
    file.write_text(yaml.safe_dump(BASE), encoding="utf-8")
    link.symlink_to(file)
    for other in (file, link):
        result = CliRunner().invoke(cli, ["check", str(file), "--with", str(other)])
        assert (result.exit_code, result.stdout) == (2, "")
        assert "--with" in result.stderr


def test_a_second_file_with_errors_is_reported(tmp_path: pathlib.Path) -> None:
    file = tmp_path / "west.yaml"
    file.write_text(yaml.safe_dump(BASE), encoding="utf-8")
    wrong = tmp_path / "east.yaml"
    wrong.write_text(yaml.safe_dump({**BASE, "version": 2}), encoding="utf-8")
    result = CliRunner().invoke(cli, ["check", str(file), "--with", str(wrong)])
    assert result.exit_code == 1
    assert "HVN023" in result.output
