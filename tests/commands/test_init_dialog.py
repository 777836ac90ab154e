"""`hvn init` on a terminal: the questions, their checks, and the command that continues after an interrupt."""

import pathlib
import shlex
import subprocess
import sys

import pytest
from click.testing import CliRunner, Result

from hvn.check.hcp_regions import REGIONS, nearby
from hvn.check.load import load
from hvn.cli import cli
from hvn.topology.regions import AZURE
from tests.commands.test_init import ANSWERS, END, ENTER, HUB, OPTIONS, UUID, init, written
from tests.conftest import PROJECT

ZONE = "privatelink.westeurope.azmk8s.io"
VAULT = {
    "--existing-vault": "hvn-one/vault-one",
    "--hvn-cidr": "172.25.32.0/20",
    "--vault-namespace": "admin/net",
}


@pytest.fixture(autouse=True)
def terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hvn.commands.init.questions.asks", lambda: True)


def answered(file: pathlib.Path, options: dict[str, str], *lines: str) -> Result:
    return interrupted(file, options, *lines, *END)


def interrupted(file: pathlib.Path, options: dict[str, str], *lines: str) -> Result:
    words = [word for option in options.items() for word in option]
    return CliRunner().invoke(cli, ["init", str(file), *words], input="\n".join(lines) + "\n")


def test_all_open_questions_are_asked_if_one_required_option_is_missing(tmp_path: pathlib.Path) -> None:
    file = tmp_path / "n.yaml"
    options = OPTIONS | HUB | VAULT | {"--state": "local"}
    del options["--spoke"]
    done = answered(file, options, "dc=192.168.0.0/16", "y", "none", "10.128.0.0/16", "shop", "", "n", "none")
    assert done.exit_code == 0, done.output
    topology = written(file)
    assert topology["on_premises"] == {"dc": ["192.168.0.0/16"]}
    assert topology["hub"]["existing"]["gateway"] is True
    assert topology["address_pools"] == {"spokes": "10.128.0.0/16"}


@pytest.mark.parametrize(
    ("answer", "gateway", "type_"),
    [("y", True, None), ("n", None, None), ("VPN", True, "vpn"), ("express_route", True, "express_route")],
)
def test_the_gateway_is_asked_for_on_premises_ranges_of_an_option(
    answer: str, gateway: bool | None, type_: str | None, tmp_path: pathlib.Path
) -> None:
    file = tmp_path / "n.yaml"
    options = OPTIONS | HUB | VAULT | {"--on-premises": "dc=192.168.0.0/16", "--pool-cidr": "10.128.0.0/16"}
    done = answered(file, options, "local", "er", answer, "", "", "maybe", "n", "none")
    assert done.exit_code == 0, done.output
    hub = written(file)["hub"]["existing"]
    assert (hub.get("gateway"), hub.get("gateway_type")) == (gateway, type_)
    errors = [line for line in done.output.splitlines() if line.startswith("Error: ")]
    assert ["express_route" in error for error in errors] == [True, False]
    assert all("y or n" in error for error in errors)


def test_the_dns_servers_of_the_first_spoke_are_the_default_of_others(tmp_path: pathlib.Path) -> None:
    file = tmp_path / "n.yaml"
    options = OPTIONS | HUB | {"--in-use": "10.2.0.0/16", "--pool-cidr": "10.128.0.0/16"}
    done = answered(file, options, "local", "", "", "none", "", "n", "none", "192.168.0.4, 192.168.0.5", "none")
    assert done.exit_code == 0, done.output
    assert written(file)["spokes"]["shop"]["dns_servers"] == ["192.168.0.4", "192.168.0.5"]
    add = CliRunner().invoke(cli, ["spoke", "add", "mail", "--size", "22", "--topology", str(file)])
    assert add.exit_code == 0, add.output
    assert written(file)["spokes"]["mail"]["dns_servers"] == ["192.168.0.4", "192.168.0.5"]


def test_with_all_required_options_no_question_is_asked(tmp_path: pathlib.Path) -> None:
    done = answered(tmp_path / "n.yaml", OPTIONS | HUB | VAULT | {"--state": "local"})
    assert done.exit_code == 0, done.output
    assert "?" not in done.stdout


SITES = ("dc=10.128.0.0/14, 10.132.0.0/16", "dc=10.128.0.0/14 ,10.132.0.0/16,  b=192.168.0.0/24", "b = 192.168.0.0/24")


@pytest.mark.parametrize(
    ("text", "sites"),
    [
        (SITES[0], {"dc": ["10.128.0.0/14", "10.132.0.0/16"]}),
        (SITES[1], {"dc": ["10.128.0.0/14", "10.132.0.0/16"], "b": ["192.168.0.0/24"]}),
    ],
)
def test_spaces_around_commas_are_ignored(text: str, sites: dict[str, list[str]], tmp_path: pathlib.Path) -> None:
    file = tmp_path / "n.yaml"
    hub = [f"{UUID}/rg-hub/vnet-hub", "10.0.0.0/22, 10.0.4.0/24", *list(HUB.values())[2:4], f"{UUID}/rg-dns/{ZONE}"]
    done = answered(file, {}, *ANSWERS, "", "existing", "", "", *hub, text, "n", "", "", "shop", "", "n", "")
    assert done.exit_code == 0, done.output
    facts = written(file)["hub"]["existing"]
    assert facts["cidrs"] == ["10.0.0.0/22", "10.0.4.0/24"]
    groups = f"/subscriptions/{UUID}/resourceGroups"
    assert facts["vnet_id"] == f"{groups}/rg-hub/providers/Microsoft.Network/virtualNetworks/vnet-hub"
    assert facts["private_dns_zone_id"] == f"{groups}/rg-dns/providers/Microsoft.Network/privateDnsZones/{ZONE}"
    assert written(file)["on_premises"] == sites
    options = OPTIONS | HUB | {"--hub-cidr": "10.0.0.0/22, 10.0.4.0/24", "--on-premises": SITES[0], "--state": "local"}
    again = answered(tmp_path / "again.yaml", options)
    assert again.exit_code == 0, again.output
    assert written(tmp_path / "again.yaml")["on_premises"] == {"dc": ["10.128.0.0/14", "10.132.0.0/16"]}


@pytest.mark.parametrize("wrong", ["192.168.0.0/16", "dc=192.168.0.1/16", "DC=192.168.0.0/16", "dc=192.168.0.0/16,"])
def test_an_error_of_an_answer_names_no_option(wrong: str, tmp_path: pathlib.Path) -> None:
    sites, names = [wrong, ""], ["vnet", ""]
    done = answered(tmp_path / "n.yaml", {}, *ANSWERS, "", "", "", "", *sites, "", "", "shop", "n", *names)
    assert done.exit_code == 0, done.output
    errors = [line for line in done.output.splitlines() if line.startswith("Error: ")]
    assert len(errors) == 2
    assert not [line for line in errors if "--" in line]


def test_runners_outside_the_hub_are_refused_at_once(tmp_path: pathlib.Path) -> None:
    hub = list(HUB.values())
    hub.insert(2, "10.9.0.0/27")
    done = answered(tmp_path / "n.yaml", {}, *ANSWERS, "", "existing", "", "", *hub, "", "", "", "shop", "", "n", "")
    assert done.exit_code == 0, done.output
    assert written(tmp_path / "n.yaml")["hub"]["existing"]["runners_cidr"] == "10.0.1.0/27"
    (error,) = [line for line in done.output.splitlines() if line.startswith("Error: ")]
    assert "10.9.0.0/27" in error
    assert HUB["--hub-cidr"] in error


@pytest.mark.parametrize(
    ("state", "example"), [("azurerm:rg", "azurerm:rg-"), ("cloud:", "cloud:example"), ("s3:bucket", "example local")]
)
def test_the_example_of_a_backend_fits_the_answer(state: str, example: str, tmp_path: pathlib.Path) -> None:
    done = answered(tmp_path / "n.yaml", {}, *ANSWERS, state, *ENTER)
    assert done.exit_code == 0, done.output
    (error,) = [line for line in done.output.splitlines() if line.startswith("Error: ")]
    assert example in error


def test_a_reserved_name_of_a_spoke_is_asked_again(tmp_path: pathlib.Path) -> None:
    file = tmp_path / "n.yaml"
    done = answered(file, {}, *ANSWERS, *ENTER[: ENTER.index("shop")], "hub", *ENTER[ENTER.index("shop") :])
    assert done.exit_code == 0, done.output
    assert [*written(file)["spokes"]] == ["shop"]


def test_each_region_of_azure_has_a_proposal_of_hcp() -> None:
    assert {region for region in AZURE if region not in REGIONS and nearby(region) not in REGIONS} == set()
    assert nearby("japanwest") == "japaneast", "the pair comes first"


# --- Interrupts


def options_of(output: str) -> list[str]:
    """Return the options of the printed command that continues."""
    return shlex.split(output.splitlines()[-1])[3:]


LONG = (
    *ANSWERS,
    "cloud:acme",
    "no-firewall",
    *[*VAULT.values()][:2],
    "dc=192.168.0.0/16",
    "y",
    "10.2.0.0/16",
    "10.128.0.0/16",
    "shop",
)


@pytest.mark.parametrize("number", range(1, len(LONG) + 1))
def test_after_the_end_of_the_input_the_answers_can_be_continued(number: int, tmp_path: pathlib.Path) -> None:
    file = tmp_path / "n.yaml"
    done = interrupted(file, {}, *LONG[:number])
    assert (done.exit_code, list(tmp_path.iterdir())) == (2, [])
    options = options_of(done.stderr)
    asked = [option for option in LONG[:number] if option not in ("y", "dc=192.168.0.0/16")]
    assert sorted(value for value in options if value in asked) == sorted(asked)
    assert ("--gateway" in options, "dc=192.168.0.0/16" in options) == (number >= 11, number >= 10)
    assert ("--ask" in options) == (number == len(LONG)), "the other commands lack a required option"
    lines = [*LONG[number:], "n", "", "github:acme/net", "admin/net"]
    again = CliRunner().invoke(cli, ["init", str(file), *options], input="\n".join(lines) + "\n")
    assert again.exit_code == 0, again.output
    assert written(file)["on_premises"] == {"dc": ["192.168.0.0/16"]}
    assert written(file)["address_pools"] == {"spokes": "10.128.0.0/16"}
    assert written(file)["vault"]["namespace"] == "admin/net"
    assert written(file)["vault"]["ci"]["github"]["subject_prefix"] == "repo:acme/net"


def test_the_namespace_of_pipelines_is_below_admin_by_default(tmp_path: pathlib.Path) -> None:
    file = tmp_path / "n.yaml"
    vault = [*VAULT.values()][:2]
    done = answered(file, {"--ci": "github:acme/net"}, *ANSWERS, "", "", *vault, "", "", "", "", "shop", "n", "")
    assert done.exit_code == 0, done.output
    assert written(file)["vault"]["namespace"] == "admin/acme"


def test_an_interrupt_keeps_the_spoke_and_answers_that_mean_no(tmp_path: pathlib.Path) -> None:
    file = tmp_path / "n.yaml"
    none = ["none", "dev", "dc=192.168.0.0/16", "n", "none", "free", "shop/21", "y"]
    options = options_of(interrupted(file, {}, *ANSWERS, "", "no-firewall", *none).stderr)
    kept = {"--existing-vault": "none", "--gateway": "none", "--spoke": "shop", "--spoke-size": "21"}
    assert {option: options[options.index(option) + 1] for option in kept} == kept
    assert {"--cluster", "--ask"} < {*options}
    lines = ["none", "free", "shop/web", "", "none"]
    done = CliRunner().invoke(cli, ["init", str(file), *options], input="\n".join(lines) + "\n")
    assert done.exit_code == 0, done.output
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
    code += f"answers = iter(['acme', {UUID!r}])\n"
    code += "def prompt(_):\n    for answer in answers:\n        return answer\n    raise KeyboardInterrupt\n"
    code += "click.termui.visible_prompt_func = prompt\nfrom hvn.__main__ import main\nsys.exit(main())\n"
    words = [sys.executable, "-c", code, "init", str(tmp_path / "n.yaml"), "--region", "westeurope"]
    done = subprocess.run(words, cwd=PROJECT, capture_output=True, check=False, text=True)
    assert done.returncode == 130
    assert {"--region", "westeurope", "--name", "acme", "--tenant-id", UUID} == {*options_of(done.stderr)}


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
    hub = [*HUB.values()][:4]
    done = answered(file, {}, *ANSWERS, "", "existing", "", "", *hub, "", "", "", "", "shop", "", "n", "")
    assert done.exit_code == 0, done.output
    assert ZONE in done.output, "the question has the region"
    zone = written(file)["hub"]["existing"]["private_dns_zone_id"]
    assert zone.startswith("/subscriptions/00000000-")
    assert zone.endswith(f"/privateDnsZones/{ZONE}")
    assert "to do: ask the network team" in done.output
    lines = [line.strip() for line in file.read_text().splitlines()]
    assert lines[lines.index(f"private_dns_zone_id: {zone}") - 1].startswith("# to do: ")
    assert {finding.rule.id for finding in load(file).findings} == {"HVN307"}
