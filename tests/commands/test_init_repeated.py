"""`hvn init` on a terminal accepts the words that people write, and prints the command that repeats the answers."""

import json
import pathlib
import shlex
from collections.abc import Mapping, Sequence

import pytest

from tests.commands.dialog import UUID, dialog
from tests.commands.test_init import HUB_ANSWERS, written
from tests.commands.test_init_azure_gateways import HUB, subnet, vnet


def options_of(output: str, file: pathlib.Path) -> list[str]:
    """Return the options of the printed command, which is the last line."""
    words = shlex.split(output.splitlines()[-1])
    return words[words.index(str(file)) + 1 :]


@pytest.fixture(autouse=True)
def terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hvn.commands.init.questions.asks", lambda: True)


def test_the_printed_command_repeats_the_answers(tmp_path: pathlib.Path) -> None:
    file = tmp_path / "n.yaml"
    hub: dict[str, str | list[str]] = {
        **HUB_ANSWERS,
        "Hub": "existing",
        "Hub's VNet": f"{UUID}/rg-hub/vnet-hub",
        "Gateway": "vpn",
    }
    hub |= {"Private address": ["192.0.2.1", "10.0.0.4"], "On-premises": "10.8.0.0/13, 192.168.0.0/16"}
    hub |= {"Name pattern": "<type>-<spoke>-neu", "Pipelines": "azure_devops", "Another spoke": ["lab/23", "none"]}
    done, _ = dialog(file, hub)
    assert done.exit_code == 0, done.output
    topology = written(file)
    assert topology["on_premises"] == {"onprem": ["10.8.0.0/13", "192.168.0.0/16"]}
    assert topology["naming"]["cluster"] == "aks-{spoke}-neu"
    assert ("ci" in topology["vault"], topology["vault"]["namespace"]) == (False, "admin/acme")
    assert [line for line in done.stdout.splitlines() if line.startswith("to do:") and "vault.ci" in line]
    text = file.read_text()
    file.unlink()
    again, asked = dialog(file, {}, options_of(done.stdout, file))
    assert (again.exit_code, asked, file.read_text()) == (0, [], text), again.output


@pytest.mark.parametrize("place", ["network/rg/vnet", "azurerm:network/rg/account/container"])
def test_the_name_of_a_subscription_is_no_id(place: str, tmp_path: pathlib.Path) -> None:
    question = "State" if place.startswith("azurerm") else "Hub"
    done, _ = dialog(tmp_path / "n.yaml", {"New private AKS": "n", question: [place, ""]})
    assert done.exit_code == 0, done.output
    assert "network is not a subscription id" in done.output


@pytest.mark.parametrize("others", ["10.41.0.0/21 10.41.15.0/24", "unknown"])
def test_the_nodes_get_no_range_of_the_other_subnets(others: str, tmp_path: pathlib.Path) -> None:
    file = tmp_path / "n.yaml"
    vnet: dict[str, str | list[str]] = {**HUB_ANSWERS, "VNet of shop": f"{UUID}/rg/vnet", "AKS cluster": "new"}
    vnet |= {"All ranges of this": "10.41.0.0/20", "Ranges of its other": others}
    ranges = ["10.42.0.0/22", "10.41.4.0/22", "10.41.8.0/22"]
    done, asked = dialog(file, vnet | {"Range of the nodes": ranges[1:] if others == "unknown" else ranges})
    assert done.exit_code == 0, done.output
    shop = written(file)["spokes"]["shop"]
    assert shop["cluster"]["node_cidr"] == (ranges[1] if others == "unknown" else ranges[2])
    assert shop["existing"].get("subnets_in_use", []) == ([] if others == "unknown" else others.split())
    assert ("# to do: subnets_in_use" in file.read_text()) is (others == "unknown")
    assert len([one for one in asked if one.startswith("Range of the nodes")]) == (1 if others == "unknown" else 3)


# --- Proposals for a hub without a subnet for the runners and without a zone

BARE = vnet("vnet-hub", "10.44.0.0/22", [subnet("AzureFirewallSubnet", "10.44.0.0/26")])
SHOP = vnet("vnet-shop", "10.45.0.0/22", [subnet("snet-app", "10.45.0.0/24")], HUB["id"])
AZURE: dict[str, str | list[str]] = {"Private address": "10.44.0.4", "VNet of shop": "vnet-shop", "AKS cluster": "new"}


@pytest.fixture
def azure(tmp_path: pathlib.Path) -> list[str]:
    (tmp_path / "azure.json").write_text(json.dumps([BARE, SHOP]))
    return ["--azure", str(tmp_path / "azure.json")]


def test_the_repeated_command_keeps_the_reminders_of_proposals(azure: list[str], tmp_path: pathlib.Path) -> None:
    file = tmp_path / "n.yaml"
    done, asked = dialog(file, AZURE, azure)
    assert done.exit_code == 0, done.output
    text = file.read_text()
    assert text.count("# to do: ") == 2
    file.unlink()
    again, _ = dialog(file, {}, options_of(done.stdout, file))
    assert (again.exit_code, file.read_text()) == (0, text), again.output
    for number in range(1, len(asked)):
        file.unlink()
        ended, _ = dialog(file, AZURE, azure, stop=number)
        assert (ended.exit_code, file.exists()) == (2, False)
        again, _ = dialog(file, AZURE, options_of(ended.stderr, file))
        assert (again.exit_code, file.read_text()) == (0, text), again.output


# --- Refusals after the last question


@pytest.mark.parametrize(
    ("answers", "options", "change"),
    [
        ({"Name of the first spoke": "shop/16", "Another spoke": ["mail/23", "none"]}, {}, {"--spoke-size": "22"}),
        ({"Other ranges": "10.0.0.0/8,172.16.0.0/12,192.168.0.0/16"}, {}, {"--in-use": "10.1.0.0/16"}),
        ({"New private AKS": "n"}, {"--admin-group": UUID}, {"--cluster": ""}),
        (AZURE, {"--azure": "", "--node-cidr": "10.45.0.0/25"}, {"--node-cidr": "10.45.2.0/24"}),
    ],
)
def test_a_refusal_after_the_questions_keeps_the_answers(
    answers: Mapping[str, str | Sequence[str]],
    options: dict[str, str],
    change: dict[str, str],
    azure: list[str],
    tmp_path: pathlib.Path,
) -> None:
    file = tmp_path / "n's.yaml"
    words = [word for option in options.items() for word in (azure if option[0] == "--azure" else option)]
    done, asked = dialog(file, answers, words)
    assert (done.exit_code, file.exists(), len(asked) > 10) == (2, False, True), done.output
    assert done.stderr.count("bin/hvn init") == 1
    printed = options_of(done.stderr, file)
    same, asked = dialog(file, {}, printed)
    assert (same.exit_code, asked, sorted(options_of(same.stderr, file))) == (2, [], sorted(printed))
    for option, value in change.items():
        at = printed.index(option) if option in printed else len(printed)
        printed[at : at + 2] = [option, value] if value else [option]
    again, asked = dialog(file, {}, printed)
    assert (again.exit_code, asked) == (0, []), again.output


def test_a_file_that_appears_during_the_questions_keeps_the_answers(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "n.yaml"
    file.touch()
    monkeypatch.setattr("hvn.commands.init.new_file.require_new", lambda _: None)
    done, _ = dialog(file, {})
    assert (done.exit_code, file.read_text()) == (2, "")
    file.unlink()
    again, asked = dialog(file, {}, options_of(done.stderr, file))
    assert (again.exit_code, asked) == (0, []), again.output
