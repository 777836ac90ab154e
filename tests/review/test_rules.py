"""What the rules can tell from the topology alone, where no plan is there; and that every rule is spoken of."""

import json
from typing import Any

import pytest
from click.testing import CliRunner

from hvn.cli import cli
from hvn.review import rules
from tests.affected.conftest import Repository
from tests.conftest import PROJECT
from tests.review.conftest import begin
from tests.review.edits import ORDERS

NO_CLUSTER = "  orders:\n    cidr: 10.65.0.0/16\n    vault_path: direct\n"
NO_WAY = NO_CLUSTER.replace("direct", "none")
BY_FIREWALL = NO_CLUSTER.replace("direct", "via-hub").replace("10.65.0.0/16", "10.96.32.0/19")


def said(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> dict[str, list[dict[str, Any]]]:
    """The notices of a review without plans, by rule."""
    monkeypatch.chdir(repository.folder)
    command = ["review", "--base", "main", "--topology", "config/topology.yaml", "--format", "json"]
    run = CliRunner().invoke(cli, command, catch_exceptions=False)
    found: dict[str, list[dict[str, Any]]] = {}
    for each in json.loads(run.stdout)["notices"]:
        found.setdefault(each["name"], []).append(each)
    return found


def test_a_way_that_opens(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    begin(repository, (ORDERS, NO_WAY))
    repository.edit((NO_WAY, NO_CLUSTER))
    texts = [each["text"] for each in said(repository, monkeypatch)["reach-gained"]]
    assert "`orders` can now talk to `vault`, TCP 8200" in texts


def test_a_way_that_closes_is_no_gain(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    begin(repository, (ORDERS, NO_CLUSTER))
    repository.edit((NO_CLUSTER, NO_WAY))
    found = said(repository, monkeypatch)
    assert "reach-gained" not in found
    assert found["workspace-removed"][0]["goes_with"] == ["the way to Vault"]


def test_a_way_that_no_longer_passes_the_firewall(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    begin(repository, (ORDERS, BY_FIREWALL))
    repository.edit((BY_FIREWALL, NO_CLUSTER))
    texts = [each["text"] for each in said(repository, monkeypatch)["firewall-skipped"]]
    assert texts == ["`orders` to `vault`, TCP 8200: no longer passes the firewall"]


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        ("cidr: 172.25.16.0/20", "cidr: 172.25.32.0/20", "vault-lost"),
        ("id: hvn-japaneast", "id: hvn-other", "vault-lost"),
        ("cluster_id: vault-prod", "cluster_id: vault-two", "vault-lost"),
        ("namespace: admin", "namespace: admin/other", "secrets-engine"),
        ("      node_subnet: 10.64.0.0/20\n", "      node_subnet: 10.64.0.0/20\n      service_cidr: 100.70.0.0/20\n",
         "cluster-replaced"),
        ("\nname: platform", "\nname: other", "state-moved"),
        ("cidr: 10.64.0.0/16", "cidr: 10.64.0.0/17", "network-moved"),
        ("    sku_tier: Standard", "    private_ip: 10.0.0.5", "firewall-moved"),
        ("    subnet: 10.0.0.0/26\n", "    subnet: 10.0.0.0/26\n    allow_fqdns: [evil.example]\n", "firewall-opened"),
        ("vm_size: Standard_D4s_v5, min_count: 2, max_count: 3", "vm_size: Standard_D8s_v5, min_count: 2, max_count: 3",
         "nodes-replaced"),
    ],
)  # fmt: skip
def test_what_the_file_alone_tells(
    repository: Repository, monkeypatch: pytest.MonkeyPatch, old: str, new: str, rule: str
) -> None:
    repository.edit((old, new))
    assert rule in said(repository, monkeypatch)


def test_a_replaced_hvn_takes_everything_with_it(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    repository.edit(("cidr: 172.25.16.0/20", "cidr: 172.25.32.0/20"))
    (lost,) = said(repository, monkeypatch)["vault-lost"]
    assert "**Terraform refuses this**" in lost["text"]
    goes = " ".join(lost["goes_with"])
    assert "every secret in Vault is lost" in goes
    assert all(f"`{each}`" in goes for each in ("peering-hub", "peering-orders", "peering-payments"))


def test_a_project_id_that_is_written_down_loses_nothing(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    line = "  project_id: 33333333-3333-4333-8333-333333333333\n"
    begin(repository, (line, ""))
    repository.edit(("  cidr: 172.25.16.0/20\n", "  cidr: 172.25.16.0/20\n" + line))
    assert not {"vault-lost", "peering-cut"} & said(repository, monkeypatch).keys()


def test_ids_and_names_are_used_once() -> None:
    found = [each.RULE for each in rules.modules()]
    assert len({each.id for each in found}) == len({each.name for each in found}) == len(found)
    assert all(each.id.startswith("HVN9") for each in found)


def test_every_rule_is_spoken_of_by_an_edit_or_a_test() -> None:
    folder = PROJECT / "tests" / "review"
    texts = "".join(each.read_text(encoding="utf-8") for each in (*folder.rglob("*.md"), *folder.glob("test_*.py")))
    spoken = texts.replace("*unexplained*", "unexplained-change")
    assert [each.RULE.name for each in rules.modules() if each.RULE.name not in spoken] == []


def test_what_forces_a_replacement_is_what_the_provider_says() -> None:
    from hvn.affected import replaced
    from hvn.rehearsal.tables import table
    from hvn.review.rules import peering_cut

    arguments = {
        "cluster": "name",
        "group": "resource_group_name",
        "node_group": "node_resource_group",
        "dns_zone": "private_dns_zone_id",
        **{name: f"network_profile.{name}" for name in ("pod_cidr", "service_cidr", "dns_service_ip")},
    }
    cluster = table("azurerm", "azurerm_kubernetes_cluster")
    assert all(cluster.of(arguments.get(name, name)).get("force_new") for name in replaced.FORCES)
    arguments = {"hvn": "hvn_link", "vnet": "peer_vnet_name", "location": "peer_vnet_region"}
    peering = table("hcp", "hcp_azure_peering_connection")
    assert all(peering.of(arguments.get(name, name)).get("force_new") for name in peering_cut.FORCES)
