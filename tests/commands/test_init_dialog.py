"""`hvn init` on a terminal: the questions, their checks, and the command that continues after an interrupt."""

import pathlib
import shlex
import subprocess
import sys

import pytest
from click.testing import CliRunner

from hvn.check.hcp_regions import REGIONS, nearby
from hvn.check.load import load
from hvn.cli import cli
from hvn.commands.init.parsing import GATEWAY_FORM
from hvn.topology.regions import AZURE
from tests.commands.dialog import UUID, dialog, words_of
from tests.commands.test_init import HUB, HUB_ANSWERS, OPTIONS, init, written
from tests.conftest import PROJECT

OTHER = UUID.replace("6b1f", "7b1f")
ZONE = "privatelink.westeurope.azmk8s.io"
VAULT = {
    "--existing-vault": "hvn-one/vault-one",
    "--hvn-cidr": "172.25.32.0/20",
    "--vault-namespace": "admin/net",
}
NO_CLUSTER = {"New private AKS cluster": "n"}


@pytest.fixture(autouse=True)
def terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hvn.commands.init.questions.asks", lambda: True)


def test_all_open_questions_are_asked_if_one_required_option_is_missing(tmp_path: pathlib.Path) -> None:
    file = tmp_path / "n.yaml"
    options = OPTIONS | HUB | VAULT | {"--state": "local"}
    del options["--spoke"]
    answers = {"On-premises": "dc=192.168.0.0/16", "Gateway": "y", "Range for all": "10.128.0.0/16"}
    done, _ = dialog(file, answers | NO_CLUSTER, words_of(options))
    assert done.exit_code == 0, done.output
    topology = written(file)
    assert topology["on_premises"] == {"dc": ["192.168.0.0/16"]}
    assert topology["hub"]["existing"]["gateway"] is True
    assert topology["address_pools"] == {"spokes": "10.128.0.0/16"}


@pytest.mark.parametrize(
    ("answer", "gateway", "type_"),
    [
        ("y", True, None),
        ("planned", True, None),
        ("n", None, None),
        ("VPN", True, "vpn"),
        ("express_route", True, "express_route"),
    ],
)
def test_the_gateway_is_asked_for_on_premises_ranges_of_an_option(
    answer: str, gateway: bool | None, type_: str | None, tmp_path: pathlib.Path
) -> None:
    file = tmp_path / "n.yaml"
    options = OPTIONS | HUB | VAULT | {"--on-premises": "dc=192.168.0.0/16", "--pool-cidr": "10.128.0.0/16"}
    done, asked = dialog(file, {"Gateway": ["er", answer], "New private AKS": ["maybe", "n"]}, words_of(options))
    assert done.exit_code == 0, done.output
    hub = written(file)["hub"]["existing"]
    assert (hub.get("gateway"), hub.get("gateway_type")) == (gateway, type_)
    errors = [line for line in done.output.splitlines() if line.startswith("Error: ")]
    assert [GATEWAY_FORM in error for error in errors] == [True, False]
    assert [question for question in asked if GATEWAY_FORM in question], "the question and the error have equal words"


def test_the_dns_servers_of_the_first_spoke_are_the_default_of_others(tmp_path: pathlib.Path) -> None:
    file = tmp_path / "n.yaml"
    answers = {"DNS servers": "192.168.0.4, 192.168.0.5", "Another spoke": "crm/24", "New private AKS": ["n", "n"]}
    done, asked = dialog(file, answers, words_of(OPTIONS | HUB))
    assert done.exit_code == 0, done.output
    assert len([question for question in asked if question.startswith("DNS servers")]) == 1
    add = CliRunner().invoke(cli, ["spoke", "add", "mail", "--size", "22", "--topology", str(file)])
    assert add.exit_code == 0, add.output
    for spoke in ("shop", "crm", "mail"):
        assert written(file)["spokes"][spoke]["dns_servers"] == ["192.168.0.4", "192.168.0.5"]


def test_with_all_required_options_no_question_is_asked(tmp_path: pathlib.Path) -> None:
    done, asked = dialog(tmp_path / "n.yaml", {}, words_of(OPTIONS | HUB | VAULT | {"--state": "local"}))
    assert done.exit_code == 0, done.output
    assert asked == []


SITES = ("dc=10.128.0.0/14, 10.132.0.0/16", "dc=10.128.0.0/14 ,10.132.0.0/16,  b=192.168.0.0/24", "b = 192.168.0.0/24")


@pytest.mark.parametrize(
    ("text", "sites"),
    [
        (SITES[0], {"dc": ["10.128.0.0/14", "10.132.0.0/16"]}),
        (SITES[0].replace(",", ""), {"dc": ["10.128.0.0/14", "10.132.0.0/16"]}),
        (SITES[1], {"dc": ["10.128.0.0/14", "10.132.0.0/16"], "b": ["192.168.0.0/24"]}),
    ],
)
@pytest.mark.parametrize("separator", [", ", ",", " "])
def test_lists_have_commas_or_spaces(
    separator: str, text: str, sites: dict[str, list[str]], tmp_path: pathlib.Path
) -> None:
    file = tmp_path / "n.yaml"
    hub = HUB_ANSWERS | {"Hub": "existing", "Hub's VNet": f"{UUID}/rg-hub/vnet-hub"}
    cidrs, patterns = ("10.0.0.0/22", "10.0.4.0/24"), ("{type}-{spoke}", "cluster=k8s-{spoke}")
    hub |= {"All ranges of the hub": separator.join(cidrs), "Private DNS zone": f"{UUID}/rg-dns/{ZONE}"}
    hub |= {"Other ranges": separator.join(("10.8.0.0/16", "10.10.0.0/16")), "Name pattern": separator.join(patterns)}
    done, _ = dialog(file, hub | {"On-premises": text, "Gateway": "n"} | NO_CLUSTER)
    assert done.exit_code == 0, done.output
    assert written(file)["in_use"] == ["10.8.0.0/16", "10.10.0.0/16"]
    assert (written(file)["naming"]["vnet"], written(file)["naming"]["cluster"]) == ("vnet-{spoke}", "k8s-{spoke}")
    facts = written(file)["hub"]["existing"]
    assert facts["cidrs"] == ["10.0.0.0/22", "10.0.4.0/24"]
    groups = f"/subscriptions/{UUID}/resourceGroups"
    assert facts["vnet_id"] == f"{groups}/rg-hub/providers/Microsoft.Network/virtualNetworks/vnet-hub"
    assert facts["private_dns_zone_id"] == f"{groups}/rg-dns/providers/Microsoft.Network/privateDnsZones/{ZONE}"
    assert written(file)["on_premises"] == sites
    options = OPTIONS | HUB | {"--hub-cidr": "10.0.0.0/22, 10.0.4.0/24", "--on-premises": SITES[0], "--state": "local"}
    again, _ = dialog(tmp_path / "again.yaml", {}, words_of(options))
    assert again.exit_code == 0, again.output
    assert written(tmp_path / "again.yaml")["on_premises"] == {"dc": ["10.128.0.0/14", "10.132.0.0/16"]}


@pytest.mark.parametrize("wrong", ["office", "dc=192.168.0.1/16", "DC=192.168.0.0/16", "dc=192.168.0.0/16,"])
def test_an_error_of_an_answer_names_no_option(wrong: str, tmp_path: pathlib.Path) -> None:
    answers = {
        "On-premises": [wrong, ""],
        "Name pattern": ["vnet", ""],
        "New private AKS": ["x=y", "n"],
        "Hub": ["hub", ""],
    }
    done, _ = dialog(tmp_path / "n.yaml", answers)
    assert done.exit_code == 0, done.output
    errors = [line for line in done.output.splitlines() if line.startswith("Error: ")]
    assert len(errors) == 4
    assert not [line for line in errors if "--" in line]


def test_runners_outside_the_hub_are_refused_at_once(tmp_path: pathlib.Path) -> None:
    answers = HUB_ANSWERS | {"Range of its subnet": ["10.9.0.0/27", "10.0.1.0/27"]}
    done, _ = dialog(tmp_path / "n.yaml", answers)
    assert done.exit_code == 0, done.output
    assert written(tmp_path / "n.yaml")["hub"]["existing"]["runners_cidr"] == "10.0.1.0/27"
    (error,) = [line for line in done.output.splitlines() if line.startswith("Error: ")]
    assert "10.9.0.0/27" in error
    assert HUB["--hub-cidr"] in error


@pytest.mark.parametrize(
    ("state", "example"), [("azurerm:rg", "azurerm:rg-"), ("cloud:", "cloud:example"), ("s3:bucket", "example local")]
)
def test_the_example_of_a_backend_fits_the_answer(state: str, example: str, tmp_path: pathlib.Path) -> None:
    done, _ = dialog(tmp_path / "n.yaml", {"State": state})
    assert done.exit_code == 0, done.output
    (error,) = [line for line in done.output.splitlines() if line.startswith("Error: ")]
    assert example in error


def test_a_reserved_or_used_name_of_a_spoke_is_asked_again(tmp_path: pathlib.Path) -> None:
    file = tmp_path / "n.yaml"
    names = ["shop", "hub", "mail"]
    answers = {"Name of the first spoke": ["hub", "shop"], "Another spoke": names, "Range for the": "10.128.0.0/19"}
    done, asked = dialog(file, answers)
    assert done.exit_code == 0, done.output
    assert [question for question in asked if question.startswith("Another spoke") and "/24" in question]
    assert [*written(file)["spokes"]] == ["shop", "mail"]
    assert done.output.count("Error: ") == 3


@pytest.mark.parametrize(("pool", "sizes"), [("", ["15", "16"]), ("10.128.0.0/12", ["11", "15"])])
def test_a_spoke_larger_than_the_pool_is_asked_again(pool: str, sizes: list[str], tmp_path: pathlib.Path) -> None:
    file, options = tmp_path / "n.yaml", ["--pool-cidr", pool] if pool else []
    first, others = [f"shop/{size}" for size in sizes], [f"mail/{sizes[0]}", "none"]
    done, _ = dialog(file, {"Name of the first spoke": first, "Another spoke": others}, options)
    assert done.exit_code == 0, done.output
    assert written(file)["spokes"]["shop"]["cidr"].endswith(f"/{sizes[1]}")
    assert done.output.count("Error: ") == 2


def test_each_region_of_azure_has_a_proposal_of_hcp() -> None:
    assert {region for region in AZURE if region not in REGIONS and nearby(region) not in REGIONS} == set()
    assert nearby("japanwest") == "japaneast", "the pair comes first"


# --- Interrupts


def options_of(output: str) -> list[str]:
    """Return the options of the printed command that continues."""
    return shlex.split(output.splitlines()[-1])[3:]


LONG = {
    "Short name": "acme",
    "Hub": "no-firewall",
    "Entra tenant id": UUID,
    "Azure region": "westeurope",
    "On-premises": "dc=192.168.0.0/16",
    "Gateway": "y",
    "Other ranges": "10.2.0.0/16",
    "Name of the first spoke": "shop",
    "Range for the new hub": "10.128.0.0/16",
    "Subscription id of new": UUID,
    "Subscription id of the hub": OTHER,
    "New private AKS": ["web=Standard_D8s_v5:1-3"] * 2,
    "Apps": "shop/web",
    "Another spoke": ["mail/24", "none"],
    "Apps of mail": "mail/web",
    "HCP project id": UUID,
    "Vault cluster": "hvn-one/vault-one",
    "Range of the HVN": "172.25.32.0/20",
    "State": "cloud:acme",
    "Pipelines": "github:acme/net",
    "Vault namespace": "admin/net",
}


@pytest.mark.parametrize("number", range(1, 25))
def test_after_the_end_of_the_input_the_answers_can_be_continued(number: int, tmp_path: pathlib.Path) -> None:
    whole, file = tmp_path / "whole.yaml", tmp_path / "n.yaml"
    complete, asked = dialog(whole, LONG)
    assert (complete.exit_code, len(asked)) == (0, 25), complete.output
    done, _ = dialog(file, LONG, stop=number)
    assert (done.exit_code, file.exists()) == (2, False)
    again, _ = dialog(file, LONG, options_of(done.stderr))
    assert again.exit_code == 0, again.output
    assert file.read_text() == whole.read_text()


def test_the_namespace_of_pipelines_is_below_admin_by_default(tmp_path: pathlib.Path) -> None:
    file = tmp_path / "n.yaml"
    vault = {"Vault cluster": "hvn-one/vault-one", "Range of the HVN": "172.25.32.0/20"}
    done, _ = dialog(file, vault, ["--ci", "github:acme/net"])
    assert done.exit_code == 0, done.output
    assert "vso-*" not in done.stdout
    assert written(file)["vault"]["namespace"] == "admin/acme"


def test_an_interrupt_keeps_answers_that_mean_no(tmp_path: pathlib.Path) -> None:
    file = tmp_path / "n.yaml"
    answers = {"Hub": "no-firewall", "On-premises": "dc=192.168.0.0/16", "Gateway": "n", "Vault cluster": "dev"}
    done, asked = dialog(file, answers | {"Name of the first spoke": "shop/21"}, stop=18)
    assert asked[-1].startswith("State")
    options = options_of(done.stderr)
    kept = {"--vault-tier": "dev", "--gateway": "none", "--spoke": "shop", "--spoke-size": "21", "--pool-cidr": "free"}
    assert {option: options[options.index(option) + 1] for option in kept} == kept
    assert "--cluster" in options
    done, asked = dialog(file, {}, options)
    assert done.exit_code == 0, done.output
    assert "vso-*" in done.stdout, "the pipelines cannot deploy it"
    topology = written(file)
    assert (topology["vault"]["tier"], topology["hub"].get("gateway"), "ci" in topology["vault"]) == (
        "dev",
        None,
        False,
    )
    assert topology["spokes"]["shop"]["cidr"].endswith("/21")
    assert [*topology["spokes"]["shop"]["cluster"]["apps"]] == ["web"]


def test_ctrl_c_prints_the_answers_so_far(tmp_path: pathlib.Path) -> None:
    code = "import sys, click, hvn.commands.init.questions as q\nq.asks = lambda: True\n"
    code += f"answers = iter(['acme', 'new', {UUID!r}])\n"
    code += "def prompt(_):\n    for answer in answers:\n        return answer\n    raise KeyboardInterrupt\n"
    code += "click.termui.visible_prompt_func = prompt\nfrom hvn.__main__ import main\nsys.exit(main())\n"
    words = [sys.executable, "-c", code, "init", str(tmp_path / "n.yaml"), "--region", "westeurope"]
    done = subprocess.run(words, cwd=PROJECT, capture_output=True, check=False, text=True)
    assert done.returncode == 130
    known = {"--region", "westeurope", "--name", "acme", "--hub", "new", "--tenant-id", UUID}
    assert known == {*options_of(done.stderr)}


# --- The route to Vault


@pytest.mark.parametrize("hub", [{}, HUB_ANSWERS])
@pytest.mark.parametrize("route", ["direct", "via-hub"])
def test_the_route_of_all_spokes(route: str, hub: dict[str, str], tmp_path: pathlib.Path) -> None:
    file = tmp_path / "n.yaml"
    vnet = {"VNet of mail": f"{UUID}/rg/vnet-mail", "All ranges of this VNet": "10.9.0.0/22", "AKS cluster": "none"}
    done, _ = dialog(file, hub | vnet | {"Route to Vault": route, "Another spoke": ["mail" if hub else "mail/24"]})
    assert done.exit_code == 0, done.output
    topology = written(file)
    assert {spoke["vault_route"] for spoke in topology["spokes"].values()} == {route}
    assert topology["hub"]["vault_peering"].get("transit_pools", []) == (
        [] if route == "direct" else [*topology["address_pools"]]
    )
    assert len(topology["address_pools"]) == (2 if hub else 1)
    assert load(file).checked
    assert "note: vault_route" not in done.stdout


@pytest.mark.parametrize("hub", [{"--hub": "no-firewall"}, {"--hub": "none"}, HUB | {"--hub-firewall-ip": "none"}])
def test_a_route_through_the_hub_needs_a_firewall(hub: dict[str, str], tmp_path: pathlib.Path) -> None:
    done, _ = dialog(tmp_path / "n.yaml", {}, words_of(OPTIONS | hub | {"--vault-route": "via-hub"}))
    assert (done.exit_code, [*tmp_path.iterdir()]) == (2, [])
    assert "--vault-route" in done.stderr


# --- The output


@pytest.mark.parametrize(
    ("hub", "firewall"),
    [
        ({}, True),
        ({"--hub": "no-firewall"}, False),
        ({"--hub": "none"}, False),
        (HUB, True),
        (HUB | {"--hub-firewall-ip": "none"}, False),
    ],
)
def test_the_route_past_a_firewall_is_named(
    hub: dict[str, str], firewall: bool, tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hvn.commands.init.questions.asks", lambda: False)
    done = init(tmp_path / "n.yaml", *(word for option in hub.items() for word in option))
    assert done.exit_code == 0, done.output
    assert ("docs/how-to/choose-a-vault-route.md" in done.stdout) is firewall
    (line,) = [line for line in (tmp_path / "n.yaml").read_text().splitlines() if "vault_route: direct #" in line]
    assert ("via-hub" in line) is firewall
    assert "none" in line


def test_an_unknown_zone_is_a_placeholder_with_a_task(tmp_path: pathlib.Path) -> None:
    file = tmp_path / "n.yaml"
    done, asked = dialog(file, HUB_ANSWERS | {"Private DNS zone": ""} | NO_CLUSTER)
    assert done.exit_code == 0, done.output
    assert [question for question in asked if ZONE in question], "the question has the region"
    zone = written(file)["hub"]["existing"]["private_dns_zone_id"]
    assert zone.startswith("/subscriptions/00000000-")
    assert zone.endswith(f"/privateDnsZones/{ZONE}")
    assert "to do: ask the network team" in done.output
    lines = [line.strip() for line in file.read_text().splitlines()]
    assert lines[lines.index(f"private_dns_zone_id: {zone}") - 1].startswith("# to do: ")
    assert {finding.rule.id for finding in load(file).findings} == {"HVN307"}
