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
