"""The review counts differences of arguments that Azure Policy owns, and reports a firewall with fewer public
addresses.
"""

import pytest
from click.testing import CliRunner

from hvn.cli import cli
from tests.affected.conftest import Repository
from tests.review.conftest import begin
from tests.review.edits import DDOS
from tests.review.findings import findings, steps
from tests.review.plans import plan, resource

REVIEW = ["review", "../plans", "--base", "main", "--topology", "config/topology.yaml"]
REGION = "  region: japaneast\n"
VNET = "azurerm_virtual_network.vnet"
PLAN_ADDED = {
    "before": {"ddos_protection_plan": [], "tags": {}},
    "after": {"ddos_protection_plan": [{"id": "/d"}], "tags": {"a": "b"}},
}


def comment(repository: Repository, monkeypatch: pytest.MonkeyPatch, **plans: bytes) -> str:
    findings(repository, monkeypatch, **plans)
    return CliRunner().invoke(cli, REVIEW, catch_exceptions=False).stdout


def owned(choices: str) -> tuple[str, str]:
    return REGION, f"{REGION}  policy_owned: [{choices}]\n"


def test_owned_differences_are_one_line_and_others_keep_theirs(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    drift = plan(resource_drift=[resource(VNET, **PLAN_ADDED)])
    text = comment(repository, monkeypatch, network_orders=drift)
    assert f"`network-orders`: `{VNET}` update" in text
    assert "Azure Policy owns" not in text
    repository.edit(owned("ddos_protection_plan"))
    text = comment(repository, monkeypatch, network_orders=drift)
    (line,) = [line for line in text.splitlines() if VNET in line]
    assert "tags" in line
    assert "ddos_protection_plan" not in line
    repository.edit(("[ddos_protection_plan]", "[ddos_protection_plan, tags]"))
    text = comment(repository, monkeypatch, network_orders=drift)
    assert VNET not in text
    assert "- 2 differences in arguments that Azure Policy owns: `ddos_protection_plan`, `tags`" in text.splitlines()


def test_an_owned_difference_that_a_plan_reverts_is_shown(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    repository.edit(owned("ddos_protection_plan, tags"))
    back = resource(VNET, before=PLAN_ADDED["after"], after=PLAN_ADDED["before"])
    drift = plan(back, resource_drift=[resource(VNET, **PLAN_ADDED)])
    assert "Azure Policy owns" not in comment(repository, monkeypatch, network_orders=drift)


def test_vnets_without_their_ddos_plan_are_reported(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    ddos = f"  ddos_plan_id: {DDOS}\n"
    begin(repository, (REGION, f"{REGION}{ddos}"))
    repository.edit((ddos, f"{ddos[:-1]}-other\n"))
    assert "ddos-protection-removed" not in findings(repository, monkeypatch)
    repository.edit((f"{ddos[:-1]}-other\n", ""))
    reported = findings(repository, monkeypatch)["ddos-protection-removed"]
    assert [one["workspace"] for one in reported] == ["hub", "network-analytics", "network-orders", "network-payments"]
    assert {one["facts"]["plan"] for one in reported} == {DDOS}


def test_a_ddos_plan_of_azure_policy_stays(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    ddos = f"  ddos_plan_id: {DDOS}\n"
    begin(repository, (REGION, f"{REGION}{ddos}"))
    repository.edit((ddos, "  policy_owned: [ddos_protection_plan]\n"))
    assert "ddos-protection-removed" not in findings(repository, monkeypatch)


def test_fewer_public_addresses_need_a_manual_step(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    tier = "    sku_tier: Standard\n"
    begin(repository, (tier, f"{tier}    public_ips: 3\n"))
    repository.edit(("public_ips: 3", "public_ips: 4"))
    more = findings(repository, monkeypatch)
    assert "change-refused" not in more
    assert more["egress-ip-added"][0]["facts"]["addresses"] == ["pip-platform-afw-4"]
    repository.edit(("public_ips: 4", "public_ips: 2"))
    (refused,) = (fewer := findings(repository, monkeypatch))["change-refused"]
    assert "egress-ip-added" not in fewer
    assert refused["facts"]["addresses"] == ["pip-platform-afw-3"]
    assert "-f afw-platform -n firewall-3" in steps(refused)
