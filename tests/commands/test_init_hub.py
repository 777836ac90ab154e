"""`hvn init` for a new hub: its range, its subscription, and the range of the HVN."""

import pathlib

import pytest

from hvn.check.load import load
from hvn.diagnostics.finding import Level
from tests.commands.dialog import UUID, dialog
from tests.commands.test_init import written

OTHER = UUID.replace("6b1f", "7b1f")
HERE = "10.180.0.0/14"


@pytest.fixture(autouse=True)
def terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hvn.commands.init.questions.asks", lambda: True)


@pytest.mark.parametrize(
    ("whole", "pool", "hub", "hvn"),
    [
        (HERE, "10.180.0.0/15", "10.182.0.0/22", "10.182.16.0/20"),
        ("10.4.0.0/18", "10.4.0.0/19", "10.4.32.0/22", "10.4.36.0/22"),
        ("10.4.0.0/21", "10.4.0.0/22", "10.4.4.0/24", "10.4.5.0/25"),
        ("10.4.0.0/22", "10.4.0.0/22", "10.0.0.0/22", "172.25.16.0/20"),
        ("100.80.0.0/16", "100.80.0.0/17", "100.80.128.0/22", "172.25.16.0/20"),
        ("free", "10.64.0.0/16", "10.0.0.0/22", "172.25.16.0/20"),
    ],
)
@pytest.mark.parametrize("route", ["direct", "via-hub"])
def test_a_range_is_divided_between_spokes_hub_and_hvn(
    route: str, whole: str, pool: str, hub: str, hvn: str, tmp_path: pathlib.Path
) -> None:
    file = tmp_path / "n.yaml"
    answers = {"Range for the new hub and spokes": whole, "Route": route, "Subscription id of the hub": OTHER}
    done, _ = dialog(file, answers)
    assert done.exit_code == 0, done.output
    topology = written(file)
    assert topology["address_pools"] == {"spokes": pool}
    assert (topology["hub"]["cidr"], topology["hvn"]["cidr"]) == (hub, hvn)
    assert topology["hub"]["subscription_id"] == OTHER
    assert OTHER in done.stdout.partition("wrote ")[2]
    assert not [finding for finding in load(file).findings if finding.severity is Level.ERROR]


def test_used_ranges_and_existing_vaults_stay_outside_the_divided_range(tmp_path: pathlib.Path) -> None:
    file = tmp_path / "n.yaml"
    answers = {"Range for the": HERE, "Other ranges": "10.182.0.0/16", "Vault cluster": "hvn-one/vault-one"}
    done, _ = dialog(file, answers | {"Range of the HVN": "172.25.32.0/20"})
    assert done.exit_code == 0, done.output
    assert (written(file)["hub"]["cidr"], written(file)["hvn"]["cidr"]) == ("10.183.0.0/22", "172.25.32.0/20")
    assert "subscription_id" not in written(file)["hub"], "the default is the spokes' subscription"


@pytest.mark.parametrize(
    ("cidr", "rule"), [("10.9.0.0/24", None), ("10.9.0.0/26", "--hub-cidr"), ("10.9.0.0/24,10.8.0.0/24", "--hub-cidr")]
)
def test_the_option_sets_the_range_of_a_new_hub(cidr: str, rule: str | None, tmp_path: pathlib.Path) -> None:
    file = tmp_path / "n.yaml"
    done, _ = dialog(file, {"Range for all new spokes": HERE}, ["--hub-cidr", cidr])
    if rule:
        assert (done.exit_code, file.exists(), rule in done.stderr) == (2, False, True)
        return
    assert done.exit_code == 0, done.output
    assert written(file)["hub"]["cidr"] == cidr
    assert written(file)["address_pools"] == {"spokes": HERE}
    assert f"hub.cidr {cidr}" not in done.stdout, "an option is no proposal"
