"""`hvn init --azure` on a terminal asks only for values that the files lack, and proposes VNets of the files."""

import json
import pathlib

import pytest

from tests.commands.dialog import dialog
from tests.commands.test_init import written
from tests.commands.test_init_azure import BANK, INSURER, PROD, UUID, bank, init, paths
from tests.commands.test_init_azure_gateways import HUB, USER, resource


@pytest.fixture(autouse=True)
def terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hvn.commands.init.questions.asks", lambda: True)


# The answers to the questions, after the option --azure, and the number of questions.
ANSWERS: dict[str, tuple[list[str], dict[str, str], int]] = {
    "insurer": (INSURER, {}, 15),
    "bank": (BANK, {"Subscription id": PROD.split()[1], "On-premises": "dc=192.168.0.0/16"}, 17),
}


@pytest.mark.parametrize("company", ANSWERS)
def test_a_terminal_is_asked_only_for_values_that_the_files_lack(company: str, tmp_path: pathlib.Path) -> None:
    names, answers, number = ANSWERS[company]
    words = [word for path in paths(names) for word in ("--azure", str(path))]
    done, asked = dialog(tmp_path / "n.yaml", answers | {"New private AKS": "n"}, words)
    assert (done.exit_code, len(asked)) == (0, number), done.output
    assert done.stdout.startswith("read: "), "the facts precede the questions"
    topology = written(tmp_path / "n.yaml")
    assert topology["hub"]["existing"]["gateway"] is True
    assert f"in subscription {topology['hub']['existing']['vnet_id'].split('/')[2]}" in done.stdout
    assert topology["hvn"].get("region") == ("westeurope" if company == "bank" else None)


def test_used_and_ambiguous_vnets_are_not_offered(tmp_path: pathlib.Path) -> None:
    rows = bank()
    hub = rows[0]
    copy = hub | {"id": hub["id"].replace("RG-GWC-NET-P01", "rg-copy"), "location": "westeurope"}
    twin = rows[3] | {"id": rows[3]["id"].replace("rg-weu-dr-d01", "rg-copy")}
    (tmp_path / "azure.json").write_text(json.dumps([*rows, copy, twin]))
    answers = {"Name of the first spoke": "pay", "AKS cluster": ["none", "none"], "Another spoke": ["dwh", "none"]}
    options = ["--azure", str(tmp_path / "azure.json"), "--region", "germanywestcentral"]
    done, asked = dialog(tmp_path / "n.yaml", answers, options)
    assert done.exit_code == 0, done.output
    assert written(tmp_path / "n.yaml")["hub"]["existing"]["vnet_id"] == hub["id"]
    first, second = (question for question in asked if question.startswith("VNet of"))
    assert "vnet-gwc-pay-p01" in first
    assert "vnet-weu-dr-d01" not in first
    assert "vnet-gwc-pay-p01" not in second
    assert {*written(tmp_path / "n.yaml")["spokes"]} == {"pay", "dwh"}


def test_a_company_with_two_spokes_answers_25_questions_and_reads_350_words(
    tmp_path: pathlib.Path,
) -> None:
    answers = {"Name of the first spoke": "pay", "Another spoke": ["mail/23", "none"], "Pipelines": "github:acme/net"}
    options = [word for path in paths(BANK) for word in ("--azure", str(path))]
    done, asked = dialog(tmp_path / "n.yaml", answers, options)
    assert done.exit_code == 0, done.output
    assert len(asked) <= 25
    shown = done.output[: done.output.index(asked[-1])] + asked[-1]
    assert len(shown.split()) <= 350
    topology = written(tmp_path / "n.yaml")
    assert "existing" in topology["spokes"]["pay"]["cluster"]
    assert [*topology["spokes"]["mail"]["cluster"]["apps"]] == ["web"]


def test_a_hub_that_filters_the_spokes_also_filters_vault(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub, route = "10.44.0.0/22", {"addressPrefix": "0.0.0.0/0", "nextHopIpAddress": "10.44.0.132"}
    user = USER | {"properties": USER["properties"] | {"dhcpOptions": {"dnsServers": ["10.44.0.132"]}}}
    rows = [HUB, user, resource("routeTables", "rt", {"routes": [{"properties": route}]})]
    (tmp_path / "azure.json").write_text(json.dumps(rows))
    done, _ = dialog(tmp_path / "n.yaml", {"VNet of": "new"}, ["--azure", str(tmp_path / "azure.json")])
    assert done.exit_code == 0, done.output
    topology = written(tmp_path / "n.yaml")
    assert topology["hub"]["existing"]["cidrs"] == [hub]
    assert topology["spokes"]["shop"]["vault_route"] == "via-hub"
    assert topology["spokes"]["shop"]["dns_servers"] == ["10.44.0.132"]
    monkeypatch.setattr("hvn.commands.init.questions.asks", lambda: False)
    done = init(tmp_path / "m.yaml", [tmp_path / "azure.json"], f"--subscription-id {UUID}")
    assert done.exit_code == 0, done.output
    assert "spokes.shop.dns_servers: [10.44.0.132]" in done.stdout
