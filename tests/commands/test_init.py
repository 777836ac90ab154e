"""`hvn init` writes a valid topology file with free ranges, and never replaces a file."""

import pathlib
import shlex
from ipaddress import IPv4Network
from itertools import combinations
from typing import Any

import pytest
import yaml
from click.testing import CliRunner, Result

from hvn.check.load import load
from hvn.cli import cli
from tests.commands.dialog import UUID, dialog
from tests.conftest import SAMPLE
from tests.rehearsal.conftest import NO_TERRAFORM

OPTIONS = {
    "--name": "acme",
    "--tenant-id": UUID,
    "--subscription-id": UUID,
    "--region": "westeurope",
    "--project-id": UUID,
    "--spoke": "shop",
}
LOGS = f"/subscriptions/{UUID}/resourceGroups/rg-logs/providers/Microsoft.OperationalInsights/workspaces/log-acme"
NETWORK = f"/subscriptions/{UUID}/resourceGroups/rg-net/providers/Microsoft.Network"
HUB = {
    "--hub-vnet-id": f"{NETWORK}/virtualNetworks/vnet-hub",
    "--hub-cidr": "10.0.0.0/20",
    "--hub-runners-cidr": "10.0.1.0/27",
    "--hub-firewall-ip": "10.0.0.4",
    "--hub-dns-zone-id": f"{NETWORK}/privateDnsZones/privatelink.westeurope.azmk8s.io",
}
HUB_ANSWERS = {
    "Hub": f"{UUID}/rg-net/vnet-hub",
    "All ranges of the hub": HUB["--hub-cidr"],
    "Range of its subnet": HUB["--hub-runners-cidr"],
    "Private address": HUB["--hub-firewall-ip"],
    "Private DNS zone": HUB["--hub-dns-zone-id"],
}
"""The same hub in answers."""


def init(file: pathlib.Path, *more: str, **options: str | None) -> Result:
    """Run `hvn init` with valid options and return the result. None removes an option, any other value replaces it."""
    changed = OPTIONS | {f"--{name.replace('_', '-')}": value for name, value in options.items()}
    words = [word for name, value in changed.items() if value is not None for word in (name, value)]
    return CliRunner().invoke(cli, ["init", str(file), *words, *more])


def written(file: pathlib.Path) -> Any:
    return yaml.safe_load(file.read_text(encoding="utf-8"))


def test_the_new_file_has_no_findings_and_the_output_names_the_next_command(tmp_path: pathlib.Path) -> None:
    file = tmp_path / "new" / "network.yaml"
    done = init(file)
    assert done.exit_code == 0, done.output
    loaded = load(file)
    assert (loaded.findings, bool(loaded.checked)) == ((), True)
    assert [*written(file)["spokes"]] == ["shop"], "no spoke of the sample"
    assert f"next: bin/hvn rehearse --topology {file}" in done.stdout
    add = ["spoke", "add", "mail", "--size", "20", "--cluster", "--app", "mail/web", "--topology", str(file)]
    assert CliRunner().invoke(cli, add).exit_code == 0


@pytest.mark.parametrize("in_use", [(), ("10.0.0.0/8",), ("10.0.0.0/16", "10.64.0.0/12", "172.16.0.0/12")])
@pytest.mark.parametrize("hub", [{}, HUB])
def test_the_ranges_are_free(in_use: tuple[str, ...], hub: dict[str, str], tmp_path: pathlib.Path) -> None:
    file = tmp_path / "network.yaml"
    avoided = [word for cidr in in_use for word in ("--in-use", cidr)]
    done = init(file, *avoided, *(word for option in hub.items() for word in option))
    assert done.exit_code == 0, done.output
    topology = written(file)
    new = [topology["hvn"]["cidr"], topology["address_pools"]["spokes"], *([] if hub else [topology["hub"]["cidr"]])]
    ranges = [IPv4Network(cidr) for cidr in (*new, *in_use)]
    assert topology.get("in_use", []) == [*in_use]
    assert not [pair for pair in combinations(ranges, 2) if pair[0].overlaps(pair[1]) and str(pair[0]) in new]
    assert load(file).checked


PLAN = ("--hvn-cidr", "172.30.0.0/20", "--pool-cidr", "10.128.0.0/16", "--on-premises", "tokyo=10.0.0.0/16")


@pytest.mark.parametrize("hub", [{}, HUB | {"--hub-cidr": "10.4.0.0/20", "--hub-runners-cidr": "10.4.1.0/27"}])
def test_the_address_plan_can_be_given(hub: dict[str, str], tmp_path: pathlib.Path) -> None:
    file = tmp_path / "network.yaml"
    hub = hub | {"--hub-firewall-ip": "10.4.0.4"} if hub else hub
    more = ("--on-premises", "tokyo=10.1.0.0/16", "--on-premises", "osaka=10.2.0.0/16", "--gateway", "both")
    done = init(file, *PLAN, *more, *(word for option in hub.items() for word in option))
    assert done.exit_code == 0, done.output
    topology = written(file)
    assert topology["hvn"]["cidr"] == "172.30.0.0/20"
    assert topology["address_pools"] == {"spokes": "10.128.0.0/16"}
    assert topology["spokes"]["shop"]["cidr"] == "10.128.0.0/22"
    assert topology["on_premises"] == {"tokyo": ["10.0.0.0/16", "10.1.0.0/16"], "osaka": ["10.2.0.0/16"]}
    if hub:
        assert (topology["hub"]["existing"]["gateway"], topology["hub"]["existing"]["gateway_type"]) == (True, "both")
    else:
        assert topology["hub"]["cidr"] == "10.3.0.0/22"
        assert topology["hub"]["gateway"] == {"cidr": "10.3.0.96/27", "type": "both"}
    assert load(file).findings == ()


def test_overlapping_ranges_are_errors_and_nothing_is_written(tmp_path: pathlib.Path) -> None:
    done = init(tmp_path / "network.yaml", *PLAN, "--pool-cidr", "10.0.0.0/8")
    assert (done.exit_code, list(tmp_path.iterdir())) == (1, [])
    assert "HVN110" in done.stderr


def test_without_a_free_range_nothing_is_written(tmp_path: pathlib.Path) -> None:
    everything = [word for cidr in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16") for word in ("--in-use", cidr)]
    done = init(tmp_path / "network.yaml", *everything)
    assert (done.exit_code, done.stdout, list(tmp_path.iterdir())) == (2, "", [])


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        ("local", {"backend": "local"}),
        ("azurerm:rg-tf/sttf", {"backend": "azurerm", "resource_group": "rg-tf", "storage_account": "sttf"}),
        (
            f"azurerm:{UUID}/rg-tf/sttf/states",
            {
                "backend": "azurerm",
                "subscription_id": UUID,
                "resource_group": "rg-tf",
                "storage_account": "sttf",
                "container": "states",
            },
        ),
        (
            "azurerm:rg-tf/sttf/tf1",
            {"backend": "azurerm", "resource_group": "rg-tf", "storage_account": "sttf", "container": "tf1"},
        ),
        ("cloud:acme", {"backend": "cloud", "organization": "acme"}),
    ],
)
def test_the_backend_of_the_state(state: str, expected: dict[str, str], tmp_path: pathlib.Path) -> None:
    file = tmp_path / "network.yaml"
    assert init(file, state=state).exit_code == 0
    assert written(file)["state"] == expected


def test_a_hub_in_another_subscription(tmp_path: pathlib.Path) -> None:
    file = tmp_path / "network.yaml"
    other = UUID.replace("6b1f", "7b1f")
    assert init(file, hub_subscription_id=other).exit_code == 0
    assert written(file)["hub"]["subscription_id"] == other


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("name", "Acme"),
        ("tenant_id", "acme"),
        ("region", "west-europe"),
        ("spoke", "hub!"),
        ("state", "s3:bucket"),
        ("in_use", "10.0.0.1/8"),
        ("hvn_cidr", "172.16.0.1/20"),
        ("on_premises", "Tokyo=10.0.0.0/16"),
        ("on_premises", "tokyo"),
    ],
)
def test_an_invalid_option_is_one_message(option: str, value: str, tmp_path: pathlib.Path) -> None:
    done = init(tmp_path / "network.yaml", **{option: value})
    assert (done.exit_code, done.stdout, list(tmp_path.iterdir())) == (2, "", [])
    assert value.partition("=")[0] in done.stderr


def test_the_wrong_segment_of_an_id_is_named(tmp_path: pathlib.Path) -> None:
    wrong = HUB["--hub-vnet-id"].replace("virtualNetworks", "virtualnetworks")
    done = init(tmp_path / "network.yaml", "--hub-vnet-id", wrong)
    assert (done.exit_code, list(tmp_path.iterdir())) == (2, [])
    assert "write virtualNetworks instead of virtualnetworks" in done.stderr


def test_two_networks_in_a_region_do_not_share_an_hvn(tmp_path: pathlib.Path) -> None:
    ids = set()
    for name in ("acme", "acmedev"):
        assert init(tmp_path / f"{name}.yaml", name=name).exit_code == 0
        ids.add(written(tmp_path / f"{name}.yaml")["hvn"]["id"])
    assert len(ids) == 2


def test_a_topology_with_errors_is_not_written(tmp_path: pathlib.Path) -> None:
    done = init(tmp_path / "network.yaml", region="mars")
    assert (done.exit_code, list(tmp_path.iterdir())) == (1, [])
    assert "HVN311" in done.stderr


def test_an_existing_hub_can_have_no_firewall(tmp_path: pathlib.Path) -> None:
    file = tmp_path / "network.yaml"
    done = init(file, *(word for option in (HUB | {"--hub-firewall-ip": "none"}).items() for word in option))
    assert done.exit_code == 0, done.output
    assert written(file)["hub"]["existing"]["firewall_private_ip"] == "none"


def test_without_a_terminal_the_missing_options_are_named(tmp_path: pathlib.Path) -> None:
    done = init(tmp_path / "network.yaml", "--hub-firewall-ip", "10.0.0.4", region=None)
    assert done.exit_code == 2
    options = "--region, --hub-vnet-id, --hub-cidr, --hub-runners-cidr, --hub-dns-zone-id"
    assert done.stderr.rstrip().endswith(f"needs {options}")


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hvn.commands.init.questions.asks", lambda: True)


@pytest.mark.usefixtures("terminal")
def test_a_terminal_is_asked_again_after_an_invalid_answer(tmp_path: pathlib.Path) -> None:
    file = tmp_path / "network.yaml"
    done, _ = dialog(file, {"Short name": ["ACME", "acme"]})
    assert done.exit_code == 0, done.output
    assert written(file)["name"] == "acme"
    assert written(file)["state"] == {"backend": "local"}


@pytest.mark.usefixtures("terminal")
def test_enter_gives_a_firewall_a_cluster_and_an_app(tmp_path: pathlib.Path) -> None:
    file = tmp_path / "network.yaml"
    done, asked = dialog(file, {})
    assert done.exit_code == 0, done.output
    assert len(asked) <= 19
    topology = written(file)
    assert topology["hub"]["firewall"] == {"cidr": "10.0.0.0/26"}
    assert topology["spokes"]["shop"]["cluster"]["apps"] == {
        "web": {
            "namespace": "shop",
            "service_account": "web",
            "secrets": [{"path": "shop/web", "destination": "web"}],
        }
    }
    assert "on_premises" not in topology


NO_CLUSTER = {"New private AKS cluster": "n"}


@pytest.mark.usefixtures("terminal")
def test_only_the_questions_of_the_kind_of_hub_are_asked(tmp_path: pathlib.Path) -> None:
    file, none = tmp_path / "network.yaml", tmp_path / "none.yaml"
    facts = HUB_ANSWERS | {"Private address": "none", "On-premises": "dc=192.168.0.0/16"}
    done, asked = dialog(file, facts | NO_CLUSTER)
    assert done.exit_code == 0, done.output
    assert not [question for question in asked if question.startswith("Route to Vault")], "the hub has no firewall"
    topology = written(file)
    assert topology["hub"]["existing"]["gateway"] is True
    assert topology["on_premises"] == {"dc": ["192.168.0.0/16"]}
    assert topology["spokes"]["shop"] == {"cidr": "10.64.0.0/22", "vault_route": "direct", "use_remote_gateways": True}
    ranges = {"On-premises": "dc=192.168.0.0/16", "Other ranges": "172.25.0.0/16, 10.2.0.0/16"}
    ranges |= {"Range for all new spokes": "10.50.0.0/16"}
    done, asked = dialog(none, {"Hub": "none"} | ranges | NO_CLUSTER)
    assert done.exit_code == 0, done.output
    assert written(none)["address_pools"] == {"spokes": "10.50.0.0/16"}
    assert written(none)["hvn"]["cidr"] == "172.16.0.0/20"
    assert not [question for question in asked if question.startswith(("Gateway", "Private address", "Route"))]


@pytest.mark.usefixtures("terminal")
def test_after_an_error_the_answers_can_be_repeated_as_options(tmp_path: pathlib.Path) -> None:
    file = tmp_path / "network.yaml"
    answers = {
        "Hub": "no-firewall",
        "Vault cluster": "hvn-one/vault-one",
        "Range of the HVN": "172.25.32.0/20",
        "On-premises": "dc=192.168.0.0/16,192.168.0.0/24",
        "Gateway": "n",
        "Apps": "a/b=c/d a/e",
        "Vault namespace": "admin/net",
        "Another spoke": ["mail/24", "none"],
        "Apps of mail": "mail/web",
    }
    done, _ = dialog(file, answers)
    assert (done.exit_code, list(tmp_path.iterdir())) == (1, [])
    options = shlex.split(done.stderr.splitlines()[-1])[3:]
    at = options.index("192.168.0.0/24") if "192.168.0.0/24" in options else options.index("dc=192.168.0.0/24")
    options[at - 1 : at + 1] = []
    again = CliRunner().invoke(cli, ["init", str(file), *options])
    assert again.exit_code == 0, again.output
    apps = written(file)["spokes"]["shop"]["cluster"]["apps"]
    assert apps["b"]["secrets"] == [{"path": "c/d", "destination": "b"}]
    assert apps["e"]["namespace"] == "a"
    assert written(file)["hub"]["firewall"] == "none"
    assert (written(file)["hvn"]["id"], written(file)["vault"]["existing"]) == ("hvn-one", True)
    mail = written(file)["spokes"]["mail"]
    assert (mail["cidr"], [*mail["cluster"]["apps"]]) == ("10.64.4.0/24", ["web"])


FIREWALLS = {"new": ["--hub", "new"], "no-firewall": ["--hub", "no-firewall"], "none": ["--hub", "none"]} | {
    f"existing-{address}": [word for option in (HUB | {"--hub-firewall-ip": address}).items() for word in option]
    for address in ("10.0.0.4", "none")
}
WITHOUT = {"HVN401", "HVN432"}
"""The warnings of networks without a hub and without a firewall."""


@pytest.mark.parametrize("app", [(), ("--cluster",), ("--cluster", "--app", "shop/web", "--app", "mail/web=m/web")])
@pytest.mark.parametrize("site", [(), ("--on-premises", "dc=192.168.0.0/16"), ("--gateway",)])
@pytest.mark.parametrize("hub", FIREWALLS)
def test_each_combination_passes_the_check(
    hub: str, site: tuple[str, ...], app: tuple[str, ...], tmp_path: pathlib.Path
) -> None:
    file = tmp_path / "network.yaml"
    done = init(file, *FIREWALLS[hub], *site, *app)
    if hub == "none" and site == ("--gateway",):
        assert (done.exit_code, list(tmp_path.iterdir())) == (2, [])
        return
    assert done.exit_code == 0, done.output
    loaded = load(file)
    assert loaded.checked
    expected = {"HVN611"} if "--app" in app else set()
    expected |= {"none": WITHOUT, "no-firewall": {"HVN432"}, "existing-none": {"HVN432"}}.get(hub, set())
    assert {finding.rule.id for finding in loaded.findings} == expected


@pytest.mark.whole
@pytest.mark.skipif(bool(NO_TERRAFORM), reason=NO_TERRAFORM)
@pytest.mark.parametrize("hub", FIREWALLS)
def test_each_kind_of_hub_can_be_rehearsed(hub: str, tmp_path: pathlib.Path) -> None:
    file = tmp_path / "network.yaml"
    gateway = () if hub == "none" else ("--gateway",)
    names = ["--naming", "vnet=vnet-{spoke}-prod", "--tag", "env=prod", "--logs", LOGS, "--ci", "github:acme/net"]
    cluster = ["--cluster", "--app", "shop/web", "--admin-group", UUID, "--node-size", "Standard_D8s_v5"]
    done = init(file, *FIREWALLS[hub], "--on-premises", "dc=192.168.0.0/16", *gateway, *names, *cluster)
    assert done.exit_code == 0, done.output
    add = ["spoke", "add", "mail", "--size", "20", "--topology", str(file)]
    assert CliRunner().invoke(cli, add).exit_code == 0
    rehearsed = CliRunner().invoke(cli, ["rehearse", "--topology", str(file)])
    assert rehearsed.exit_code == 0, rehearsed.output
    assert "secrets-shop" in rehearsed.output


def test_no_file_is_replaced(tmp_path: pathlib.Path) -> None:
    file = tmp_path / "network.yaml"
    file.symlink_to(tmp_path / "nowhere")
    for existing in (file, SAMPLE):
        done = init(existing)
        assert (done.exit_code, done.stderr) == (
            2,
            f"{existing} exists: name another file, or move the existing file\n",
        )
