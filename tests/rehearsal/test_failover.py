"""After a failover to the backup HVN, a subnet that reached Vault still reaches Vault, or the rehearsal reports the
subnet as cut off."""

import json
import pathlib
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from hvn.check.load import require
from hvn.kinds.workspace import Workspace
from hvn.rehearsal import failover, report, run
from hvn.rehearsal.cloud import Cloud
from tests.backup import CIDR, HVN, sample_with_backup
from tests.conftest import Synth, Synthesized
from tests.rehearsal.conftest import NO_TERRAFORM, Shared, Stage, messages

IN_ORDER = ("hcp", "hub", "peering-hub", "network-analytics", "network-payments", "peering-payments", "vault")


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> pathlib.Path:
    return sample_with_backup(tmp_path_factory.mktemp("backup"))


@pytest.fixture(scope="module")
def synthesized(file: pathlib.Path, synth: Synth) -> Synthesized:
    return synth(file, only=IN_ORDER)


@pytest.fixture
def built(tmp_path: pathlib.Path, shared: Shared, file: pathlib.Path, synthesized: Synthesized) -> Stage:
    stage = shared.stage(tmp_path, synthesized, file)
    stage.prepare(*IN_ORDER)
    return stage


@pytest.fixture(scope="module")
def workspaces(file: pathlib.Path) -> tuple[Workspace, ...]:
    return tuple(one for one in require(file).workspaces() if one.id in IN_ORDER)


def change(cloud: Cloud, kind: str, edit: Callable[[Any], None], **arguments: str) -> None:
    """Apply `edit` to the cloud's resources that have these arguments. If `edit` clears a resource, remove the
    resource.
    """
    resources = cloud.find(kind, **arguments)
    assert resources
    for resource in resources:
        id_ = str(resource["id"])
        edit(resource)
        cloud.remove(kind, id_)
        if resource:
            cloud.put(kind, id_, resource)


def test_every_subnet_that_reaches_vault_reaches_it_after_a_failover(
    built: Stage, workspaces: tuple[Workspace, ...]
) -> None:
    done = failover.fail_over(built.cloud, workspaces)
    # The three subnets have the nodes of payments, the jobs of analytics and the runners.
    assert done == failover.Failover(HVN, CIDR, 3, ())
    assert built.terraform("vault", "plan", "-detailed-exitcode").status == 0


@pytest.mark.parametrize(("table", "reached"), [("rt-platform-payments", 3), ("rt-platform-analytics", 2)])
def test_the_routes_of_an_existing_route_table_are_unknown(
    table: str, reached: int, built: Stage, workspaces: tuple[Workspace, ...]
) -> None:
    """The cloud has only the name of an existing route table, not its routes. The VNet of payments has its own peering
    with the HVN, so its nodes need no user-defined route.
    """
    change(built.cloud, "azurerm_route_table", lambda resource: resource.pop("route"), name=table)
    assert failover.fail_over(built.cloud, workspaces) == failover.Failover(HVN, CIDR, reached, ())


def away(table: Any) -> None:
    table["route"] = [route for route in table["route"] if route["address_prefix"] != CIDR]
    table["route"].append(
        {"address_prefix": CIDR, "name": "away", "next_hop_type": "None", "next_hop_in_ip_address": ""}
    )


def no_backup_rule(group: Any) -> None:
    for collection in group["network_rule_collection"]:
        for rule in collection["rule"]:
            rule["destination_addresses"] = [cidr for cidr in rule["destination_addresses"] if cidr != CIDR]


BROKEN: Mapping[str, tuple[str, Callable[[Any], None], Mapping[str, str], dict[str, str]]] = {
    "no HVN route": (
        "hcp_hvn_route",
        dict.clear,
        {"hvn_route_id": "platform-payments-backup"},
        {"nodes": "no route to 10.64.0.0/20"},
    ),
    "a peering that is not active": (
        "hcp_azure_peering_connection",
        lambda peering: peering.update(state="FAILED"),
        {"peering_id": "platform-hub-backup"},
        {"jobs": "not ACTIVE", "runners": "not ACTIVE"},
    ),
    "a peering of another VNet": (
        "hcp_azure_peering_connection",
        lambda peering: peering.update(peer_vnet_name="vnet-elsewhere"),
        {"peering_id": "platform-payments-backup"},
        {"nodes": "vnet-elsewhere"},
    ),
    "no user-defined route": (
        "azurerm_route_table",
        away,
        {"name": "rt-platform-analytics"},
        {"jobs": f"no user-defined route to {CIDR}"},
    ),
    "no firewall rule": (
        "azurerm_firewall_policy_rule_collection_group",
        no_backup_rule,
        {"name": "topology"},
        {"jobs": "no firewall rule allows TCP 8200"},
    ),
    "a longer user-defined route": (
        "azurerm_route_table",
        away,
        {"name": "rt-platform-payments"},
        {"nodes": "away"},
    ),
}


@pytest.mark.parametrize("name", list(BROKEN))
def test_a_subnet_without_a_way_to_the_backup_hvn_is_cut_off(
    name: str, built: Stage, workspaces: tuple[Workspace, ...]
) -> None:
    kind, edit, arguments, expected = BROKEN[name]
    change(built.cloud, kind, edit, **arguments)
    done = failover.fail_over(built.cloud, workspaces)
    assert done
    assert done.reached == 3 - len(expected)
    assert {one.subnet for one in done.cut_off} == set(expected)
    for one in done.cut_off:
        assert expected[one.subnet] in one.why


POSTGRES = {"jobs": "10.96.0.0/24", "one address": "10.96.0.4/32"}


def with_database(*sources: str, target: str) -> Callable[[Any], None]:
    """Return an edit that adds a firewall rule for each source to a database."""

    def edit(group: Any) -> None:
        addresses = {"destination_addresses": [target], "destination_ports": ["5432"], "protocols": ["TCP"]}
        group["network_rule_collection"].append(
            {"action": "Allow", "rule": [{"source_addresses": [one], **addresses} for one in sources]}
        )

    return edit


@pytest.mark.parametrize("target", list(POSTGRES))
@pytest.mark.parametrize("sources", [("172.25.16.0/20",), ("172.25.16.0/20", CIDR), (CIDR,), ("172.16.0.0/12",)])
def test_a_database_that_vault_reaches_is_reached_after_a_failover(
    sources: tuple[str, ...], target: str, built: Stage, workspaces: tuple[Workspace, ...]
) -> None:
    edit = with_database(*sources, target=POSTGRES[target])
    change(built.cloud, "azurerm_firewall_policy_rule_collection_group", edit, name="topology")
    done = failover.fail_over(built.cloud, workspaces)
    assert done
    lost = sources == ("172.25.16.0/20",)
    assert (done.reached, done.from_vault) == (3, int(not lost and sources != (CIDR,)))
    assert [(one.subnet, one.from_vault) for one in done.cut_off] == [("jobs", True)] * lost
    if lost:
        assert f"TCP 5432 from {CIDR} to {POSTGRES[target]}" in done.cut_off[0].why


def test_vault_needs_the_route_to_the_database_too(built: Stage, workspaces: tuple[Workspace, ...]) -> None:
    edit = with_database("172.25.16.0/20", CIDR, target="10.96.0.0/24")
    change(built.cloud, "azurerm_firewall_policy_rule_collection_group", edit, name="topology")
    change(built.cloud, "azurerm_route_table", away, name="rt-platform-analytics")
    done = failover.fail_over(built.cloud, workspaces)
    assert done
    assert [(one.subnet, one.from_vault) for one in done.cut_off] == [("jobs", True), ("jobs", False)]


def test_terraform_cannot_read_vault_if_the_runners_are_cut_off(
    built: Stage, workspaces: tuple[Workspace, ...]
) -> None:
    change(built.cloud, "hcp_hvn_route", dict.clear, hvn_route_id="platform-hub-runners-backup")
    failover.fail_over(built.cloud, workspaces)
    assert "i/o timeout" in built.terraform("vault", "plan", "-no-color").err
    failover.fail_back(built.cloud)
    assert built.terraform("vault", "plan", "-detailed-exitcode").status == 0


@pytest.mark.skipif(bool(NO_TERRAFORM), reason=NO_TERRAFORM)
@pytest.mark.parametrize("broken", [False, True])
def test_a_rehearsal_fails_over_once(
    broken: bool, tmp_path: pathlib.Path, synthesized: Synthesized, workspaces: tuple[Workspace, ...]
) -> None:
    few = [one for one in workspaces if one.id in ("hcp", "hub", "peering-hub", "vault")]
    for workspace in few:
        stack = json.loads(json.dumps(synthesized[workspace.id]))
        if broken and workspace.id == "peering-hub":
            del stack["resource"]["hcp_hvn_route"]["backup_route_runners"]
        folder = tmp_path / "stacks" / workspace.id
        folder.mkdir(parents=True)
        (folder / "cdk.tf.json").write_text(json.dumps(stack), encoding="utf-8")
    done = run.rehearse(tmp_path, few)
    results = {result.workspace: result for result in done.results}
    assert done.failover
    assert "plan after the failover" in results["vault"].seconds
    assert done.failed is broken
    assert {failure.phase for result in done.results for failure in result.failures} == (
        {"failover", "plan after the failover"} if broken else set()
    )
    if broken:
        assert "runners does not reach Vault" in messages(results["hub"].failures)
        assert "i/o timeout" in messages(results["vault"].failures)
    printed = json.loads(report.to_json(done, dict.fromkeys(results, ""), {}))["failover"]
    assert (printed["hvn"], len(printed["cut_off"])) == (HVN, int(broken))
