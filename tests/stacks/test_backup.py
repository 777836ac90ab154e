"""With a backup HVN, the stacks create this HVN and a second peering of each peered VNet. Routes and rules contain its
range.
"""

import pathlib
from typing import Any

import pytest

from hvn.check.load import require
from hvn.topology.manual_steps import manual_steps
from tests.backup import CIDR, HVN, sample_with_backup
from tests.conftest import Synth, Synthesized

OWN = "172.25.16.0/20"


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> pathlib.Path:
    return sample_with_backup(tmp_path_factory.mktemp("backup"))


@pytest.fixture(scope="module")
def built(file: pathlib.Path, synth: Synth) -> Synthesized:
    return synth(file)


def addresses(stack: Any) -> set[str]:
    return {f"{kind}.{name}" for kind, named in stack.get("resource", {}).items() for name in named}


def test_the_backup_hvn_is_in_another_region_and_protected(built: Synthesized, sample: Synthesized) -> None:
    assert addresses(built["hcp"]) - addresses(sample["hcp"]) == {"hcp_hvn.backup_hvn"}
    hvn = built["hcp"]["resource"]["hcp_hvn"]["backup_hvn"]
    assert (hvn["hvn_id"], hvn["region"], hvn["cidr_block"]) == (HVN, "southeastasia", CIDR)
    assert hvn["project_id"] == built["hcp"]["resource"]["hcp_hvn"]["hvn"]["project_id"]
    assert hvn["lifecycle"] == {"prevent_destroy": True}


@pytest.mark.parametrize("workspace", ["peering-hub", "peering-payments", "peering-orders"])
def test_each_peering_has_the_same_peering_with_the_backup_hvn(
    workspace: str, built: Synthesized, sample: Synthesized
) -> None:
    own, both = sample[workspace]["resource"], built[workspace]["resource"]
    for kind, named in own.items():
        assert {name.removeprefix("backup_") for name in both[kind]} == set(named)
        assert len(both[kind]) == 2 * len(named)
        for name, resource in named.items():
            assert both[kind][name] == resource
    peering = both["hcp_azure_peering_connection"]["backup_peering"]
    assert peering["hvn_link"].endswith(f"/{HVN}")
    assert peering["peer_vnet_name"] == own["hcp_azure_peering_connection"]["peering"]["peer_vnet_name"]
    assert peering["depends_on"] == ["data.hcp_azure_peering_connection.active"]
    for name, route in own["hcp_hvn_route"].items():
        twin = both["hcp_hvn_route"][f"backup_{name}"]
        assert twin["destination_cidr"] == route["destination_cidr"]
        assert twin.get("azure_config") == route.get("azure_config")
        assert twin["target_link"] == "${hcp_azure_peering_connection.backup_peering.self_link}"
        assert twin["hvn_route_id"] != route["hvn_route_id"]


def test_routes_rules_and_nsgs_have_both_ranges(built: Synthesized) -> None:
    (table,) = built["network-analytics"]["resource"]["azurerm_route_table"].values()
    assert {route["name"]: route["address_prefix"] for route in table["route"]} == {
        "default": "0.0.0.0/0",
        "hvn": OWN,
        "hvn-backup": CIDR,
    }
    (group,) = built["hub"]["resource"]["azurerm_firewall_policy_rule_collection_group"].values()
    (rule,) = (one for block in group["network_rule_collection"] for one in block["rule"])
    assert rule["destination_addresses"] == [OWN, CIDR]
    groups = built["network-payments"]["resource"]["azurerm_network_security_group"].values()
    denied = [rule for one in groups for rule in one["security_rule"] if rule["name"] == "hvn-in"]
    assert denied
    assert all(rule["source_address_prefixes"] == [OWN, CIDR] for rule in denied)


def test_no_other_resource_changes(built: Synthesized, sample: Synthesized) -> None:
    changed = {"hcp", "hub", "peering-hub", "network-analytics"}
    changed |= {f"{kind}-{spoke}" for kind in ("network", "peering") for spoke in ("orders", "payments")}
    assert {id_ for id_ in sample if built[id_] != sample[id_]} == changed
    own, both = (dict(stacks["network-payments"]["resource"]) for stacks in (sample, built))
    assert {kind for kind in own if own[kind] != both[kind]} == {"azurerm_network_security_group"}


def test_without_a_project_id_terraform_looks_up_both_hvns(synth: Synth, tmp_path: pathlib.Path) -> None:
    file = sample_with_backup(tmp_path)
    text = file.read_text(encoding="utf-8").replace("  project_id: 33333333-3333-4333-8333-333333333333\n", "")
    file.write_text(text, encoding="utf-8")
    stack = synth(file, only=["peering-payments"])["peering-payments"]
    assert {name: hvn["hvn_id"] for name, hvn in stack["data"]["hcp_hvn"].items()} == {
        "hvn": "hvn-japaneast",
        "backup_hvn": HVN,
    }


def test_a_person_selects_the_backup_network(file: pathlib.Path) -> None:
    (step,) = (one.text for one in manual_steps(require(file).topology) if one.owner == "vault")
    assert HVN in step
    assert "vault-prod" in step
