"""`hvn init` on a terminal accepts the words that people write, and prints the command that repeats the answers."""

import pathlib
import shlex

import pytest

from tests.commands.dialog import UUID, dialog
from tests.commands.test_init import HUB_ANSWERS, written


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
    words = shlex.split(done.stdout.splitlines()[-1])
    again, asked = dialog(file, {}, words[words.index(str(file)) + 1 :])
    assert (again.exit_code, asked, file.read_text()) == (0, [], text), again.output


@pytest.mark.parametrize("place", ["network/rg/vnet", "azurerm:network/rg/account/container"])
def test_the_name_of_a_subscription_is_no_id(place: str, tmp_path: pathlib.Path) -> None:
    question = "State" if place.startswith("azurerm") else "Hub"
    done, _ = dialog(tmp_path / "n.yaml", {"New private AKS": "n", question: [place, ""]})
    assert done.exit_code == 0, done.output
    assert "network is not a subscription id" in done.output
