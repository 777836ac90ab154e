"""`hvn init` names the option to correct, presents only facts as found, and writes nothing after a mistake."""

import json
import os
import pathlib
import subprocess
import sys
from typing import Any

import pytest
import yaml
from click.testing import CliRunner

from hvn.check.load import load
from hvn.cli import cli
from tests.commands.dialog import UUID, dialog
from tests.commands.test_init import HUB, OPTIONS, init, written
from tests.commands.test_init_azure import SPACE, VNET
from tests.conftest import PROJECT

OTHER = UUID.replace("6b1f", "7b1f")


@pytest.mark.parametrize(
    ("options", "option", "rule"),
    [
        (["--naming", "vnet=vnet-{spok}"], "--naming", "HVN023"),
        (["--naming", "vnets=vnet-{spoke}"], "--naming", "HVN020"),
        (["--tag", "a<b=c"], "--tag", "HVN023"),
        (["--tag", "a=\x1b[31m"], "--tag", "HVN011"),
        (["--region", "wessteurope"], "--region", "HVN311"),
        (["--spoke", "hub"], "--spoke", "HVN201"),
        (["--add-spoke", "hub --size 22"], "--add-spoke", "HVN201"),
        (["--pool-cidr", "10.0.0.0/30"], "--pool-cidr", "HVN102"),
        (["--hvn-region", "mars"], "--hvn-region", "HVN"),
        (["--hvn-cidr", "10.0.0.0/16", "--pool-cidr", "10.0.0.0/16"], "--pool-cidr", "HVN110"),
        ([word for pair in (HUB | {"--hub-firewall-ip": "10.1.0.4"}).items() for word in pair], "--hub", "HVN"),
    ],
)
def test_an_error_of_the_new_topology_names_the_option(
    options: list[str], option: str, rule: str, tmp_path: pathlib.Path
) -> None:
    file = tmp_path / "network.yaml"
    done = init(file, "--cluster", "--app", "shop/web", *options)
    assert (done.exit_code, done.stdout, file.exists()) == (1, "", False), done.output
    headings = [line for line in done.stderr.splitlines() if " HVN" in line and not line.startswith(" ")]
    assert any(line.startswith(option) and rule in line for line in headings), done.stderr
    assert not [line for line in headings if f"{file}:" in line], "the file does not exist"
    assert "(line " not in done.stderr
    assert "HVN611" not in done.stderr, "a warning does not need a correction"
    assert "\x1b" not in done.stderr


@pytest.mark.parametrize(
    "options",
    [
        ("--hub", "none", "--gateway"),
        ("--hub", "none", "--hub-subscription-id", UUID),
        ("--hub", "none", "--hub-cidr", "10.0.0.0/20"),
        ("--hub", "new", "--hub-runners-cidr", "10.0.0.0/27"),
        ("--hub", "no-firewall", "--hub-firewall-ip", "none"),
        ("--app", "shop/web"),
        ("--cluster", "--app", "shop"),
        ("--cluster", "--app", "Shop/web"),
        ("--cluster", "--app", "shop/web="),
        ("--cluster", "--app", "shop/web=/web"),
        ("--cluster", *("--app", "shop/web") * 3),
        ("--node-size", "Standard_D8s_v5"),
        ("--node-pool", "apps=Standard_D8s_v5:0-5"),
        ("--admin-group", UUID),
        ("--cluster", "--node-size", "large!"),
        ("--cluster", "--admin-group", "admins"),
        ("--tag", "env"),
        ("--tag", "env=dev", "--tag", "env=prod"),
        ("--naming", "vnet"),
        ("--naming", "{type}-{spoke}", "--naming", "{type}-x-{spoke}"),
        ("--logs", "log-platform"),
        ("--ci", "gitlab:acme/net"),
        ("--ci", "github:acme"),
        ("--ci", "azure_devops:https://vstoken.dev.azure.com/x sc://acme/net/hvn-plan"),
        ("--vault-namespace", "acme"),
        ("--existing-vault", "hvn-one/vault-one"),
        ("--existing-vault", "hvn-one", "--hvn-cidr", "172.25.32.0/20"),
        ("--existing-vault", "hvn-one/vault-one", "--hvn-cidr", "172.25.32.0/20", "--vault-tier", "plus_small"),
    ],
)
def test_contradicting_and_invalid_options_write_nothing(options: tuple[str, ...], tmp_path: pathlib.Path) -> None:
    done = init(tmp_path / "network.yaml", *options)
    assert (done.exit_code, done.stdout, list(tmp_path.iterdir())) == (2, "", [])
    assert len(done.stderr.splitlines()) <= 4


@pytest.mark.parametrize(
    "option",
    [
        ("--tag", "=x"),
        ("--naming", "=x"),
        ("--ci", "azure_devops:acme/net"),
        ("--existing-vault", "a/vault-one"),
        ("--existing-vault", "hvn-one/vault-"),
        ("--on-premises", "dc="),
        ("--on-premises", "dc=10.0.0.0/8,"),
    ],
)
def test_a_malformed_option_is_one_message(option: tuple[str, str], tmp_path: pathlib.Path) -> None:
    done = init(tmp_path / "network.yaml", *option)
    assert (done.exit_code, done.stdout, list(tmp_path.iterdir())) == (2, "", [])
    assert f"{option[0]}: {option[1]}" in done.stderr


@pytest.mark.parametrize(
    ("options", "option"),
    [
        (("--hub-vnet-id", "vnet-hub"), "--azure"),
        (("--hub", "none", "--in-use", "0.0.0.0/0"), "--pool-cidr"),
        (("--hub", "none", "--pool-cidr", "10.0.0.0/16", "--in-use", "0.0.0.0/0"), "--hvn-cidr"),
        (("--in-use", "0.0.0.0/0"), "--in-use"),
        (("--spoke-size", "12"), "--spoke-size"),
    ],
)
def test_a_missing_value_names_an_option(options: tuple[str, ...], option: str, tmp_path: pathlib.Path) -> None:
    done = init(tmp_path / "network.yaml", *options)
    assert (done.exit_code, done.stdout, list(tmp_path.iterdir())) == (2, "", [])
    assert option in done.stderr


def test_an_app_is_listed_once(tmp_path: pathlib.Path) -> None:
    done = init(tmp_path / "network.yaml", "--cluster", "--app", "a/web", "--app", "b/web", "--app", "a/web")
    assert (done.exit_code, list(tmp_path.iterdir())) == (2, [])
    assert "a/web" in done.stderr


# --- The new file


@pytest.fixture
def unanswered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hvn.commands.init.questions.asks", lambda: True)


@pytest.mark.usefixtures("unanswered")
@pytest.mark.parametrize("name", ["", "folder", "file/new.yaml", "link.yaml", "-"])
def test_a_file_that_cannot_be_written_is_reported_before_the_questions(name: str, tmp_path: pathlib.Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").touch()
    (tmp_path / "link.yaml").symlink_to("nowhere")
    done = CliRunner().invoke(cli, ["init", name if name == "-" else str(tmp_path / name)])
    assert (done.exit_code, done.stdout, done.stderr.count("\n")) == (2, "", 1)


@pytest.mark.usefixtures("unanswered")
def test_a_folder_without_permission_is_reported_before_the_questions(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "access", lambda *_: False)  # root can write everywhere
    done = CliRunner().invoke(cli, ["init", str(tmp_path / "new" / "n.yaml")])
    assert (done.exit_code, done.stdout, done.stderr.count("\n")) == (2, "", 1)


@pytest.mark.usefixtures("unanswered")
def test_the_end_of_the_input_exits_with_2(tmp_path: pathlib.Path) -> None:
    done = CliRunner().invoke(cli, ["init", str(tmp_path / "n.yaml")], input=f"acme\n{UUID}\n")
    assert (done.exit_code, list(tmp_path.iterdir())) == (2, [])


def test_an_interrupt_exits_with_130(tmp_path: pathlib.Path) -> None:
    code = "import pytest, click, hvn.commands.init.questions as q\n"
    code += "q.asks = lambda: True\nclick.termui.visible_prompt_func = None\n"
    code += "def stop(*_): raise KeyboardInterrupt\nclick.termui.visible_prompt_func = stop\n"
    code += "import sys\nfrom hvn.__main__ import main\nsys.exit(main())\n"
    words = [sys.executable, "-c", code, "init", str(tmp_path / "n.yaml")]
    assert subprocess.run(words, cwd=PROJECT, capture_output=True, check=False).returncode == 130


# --- The wizard


@pytest.mark.usefixtures("unanswered")
def test_the_wizard_asks_for_the_tier_and_for_names(tmp_path: pathlib.Path) -> None:
    file = tmp_path / "n.yaml"
    patterns = ["vnets=x-{spoke}", "vnet=x-{spok}", "vnet", "{type}", "{type}-{name}", "{type}.{spoke} cluster=k8s"]
    patterns += ["{type}-{spoke} {type}-x-{spoke}", "vnet=x-{spoke} cluster=k8s-{spoke}"]
    done, _ = dialog(file, {"Vault cluster": ["small", "plus_small"], "Name pattern": patterns})
    assert done.exit_code == 0, done.output
    assert written(file)["vault"]["tier"] == "plus_small"
    assert written(file)["naming"] == {"vnet": "x-{spoke}", "cluster": "k8s-{spoke}"}
    assert "cannot rename" not in done.stdout
    assert done.output.count("Error: ") == 8  # the tier `small`, and seven answers for names


@pytest.mark.usefixtures("unanswered")
def test_the_wizard_asks_again_for_an_unknown_region(tmp_path: pathlib.Path) -> None:
    file = tmp_path / "n.yaml"
    done, _ = dialog(file, {"Azure region": ["mars", "wessteurope", "West Europe"]})
    assert done.exit_code == 0, done.output
    assert "did you mean westeurope?" in done.output
    assert written(file)["azure"]["region"] == "westeurope"


@pytest.mark.parametrize("vault", [(), ("--existing-vault", "hvn-one/vault-one", "--hvn-cidr", "172.25.32.0/20")])
def test_an_existing_hub_and_vault_may_have_a_peering(vault: tuple[str, ...], tmp_path: pathlib.Path) -> None:
    done = init(tmp_path / "n.yaml", *(word for pair in HUB.items() for word in pair), *vault)
    assert done.exit_code == 0, done.output
    assert ("{existing_peering: " in done.stdout) is bool(vault)


@pytest.mark.parametrize(
    ("pool", "spoke", "nodes"),
    [
        ("10.64.0.0/12", "10.64.0.0/22", "10.64.0.0/23"),
        ("10.64.0.0/20", "10.64.0.0/24", "10.64.0.0/25"),
        ("10.64.0.0/24", "10.64.0.0/27", "10.64.0.0/28"),
        ("10.64.0.0/27", "10.64.0.0/27", "10.64.0.0/28"),
    ],
)
def test_the_first_spoke_has_room_for_its_cluster_and_leaves_room_in_the_pool(
    pool: str, spoke: str, nodes: str, tmp_path: pathlib.Path
) -> None:
    file = tmp_path / "n.yaml"
    done = init(file, "--pool-cidr", pool, "--cluster", "--app", "shop/web")
    assert done.exit_code == 0, done.output
    assert written(file)["spokes"]["shop"]["cidr"] == spoke
    assert written(file)["spokes"]["shop"]["cluster"]["node_cidr"] == nodes
    assert {finding.rule.id for finding in load(file).findings} == {"HVN611"}


# --- Values that do not exist in Azure

FIREWALL = {"name": "AzureFirewallSubnet", "addressPrefix": "10.0.0.0/26"}


def hub(*subnets: Any) -> list[Any]:
    return [VNET | SPACE | {"tenantId": UUID, "subnets": [FIREWALL, *subnets]}]


def from_azure(tmp_path: pathlib.Path, rows: list[Any], *more: str) -> tuple[str, str]:
    """Return the output of `hvn init --azure`, and the text of the new file."""
    azure, file = tmp_path / "azure.json", tmp_path / "n.yaml"
    azure.write_text(json.dumps(rows))
    words = ["--name", "acme", "--project-id", UUID, "--spoke", "shop", "--hub-firewall-ip", "10.0.0.4", *more]
    done = CliRunner().invoke(cli, ["init", str(file), "--azure", str(azure), *words])
    assert done.exit_code == 0, done.output
    return done.stdout, file.read_text()


def test_a_resource_that_is_not_in_azure_is_a_task(tmp_path: pathlib.Path) -> None:
    output, text = from_azure(tmp_path, hub())
    existing = yaml.safe_load(text)["hub"]["existing"]
    lines = text.splitlines()
    for option, field in (("hub-dns-zone-id", "private_dns_zone_id"), ("hub-runners-cidr", "runners_cidr")):
        assert f"from Azure: {option}" not in output
        assert f"proposed, not in the files: {option} {existing[field]}" in output
        at = next(at for at, line in enumerate(lines) if line.strip().startswith(f"{field}:"))
        assert lines[at - 1].strip().startswith("# to do: ")
    assert "from Azure: hub-cidr" in output


def test_a_resource_in_azure_or_an_option_is_no_task(tmp_path: pathlib.Path) -> None:
    zone = HUB["--hub-dns-zone-id"]
    runners = {"name": "snet-runners", "addressPrefix": "10.0.1.0/27"}
    output, text = from_azure(tmp_path, hub(runners), "--hub-dns-zone-id", zone)
    assert "to do" not in text
    assert "AKS zone" not in output
    assert "from Azure: hub-runners-cidr 10.0.1.0/27" in output


@pytest.mark.usefixtures("unanswered")
@pytest.mark.parametrize("choice", ["vnet-x", "new"])
def test_the_wizard_asks_which_vnet_is_the_hub(choice: str, tmp_path: pathlib.Path) -> None:
    """After the answer, the facts about this hub are known: only its firewall's address is missing."""
    (one,) = hub()
    rows = [one, one | {"id": f"{one['id']}2", "addressSpace": {"addressPrefixes": ["10.1.0.0/16"]}}]
    (tmp_path / "azure.json").write_text(json.dumps(rows))
    answers = {"Hub": ["vnet-y", choice], "Private address": "10.0.0.4"}
    done, asked = dialog(tmp_path / "n.yaml", answers, ["--azure", str(tmp_path / "azure.json")])
    assert done.exit_code == 0, done.output
    written_hub = written(tmp_path / "n.yaml")["hub"]
    assert ("existing" in written_hub) is (choice == "vnet-x")
    assert not [question for question in asked if question.startswith(("All ranges", "Azure region"))]


@pytest.mark.parametrize("content", [b"", b" \n", b"\x00\x01\xff", b"\xff\xfe\x00", b"1" * 9999, b"[" * 9999])
def test_a_file_of_azure_without_json_is_reported(content: bytes, tmp_path: pathlib.Path) -> None:
    azure = tmp_path / "azure.json"
    azure.write_bytes(content)
    done = init(tmp_path / "n.yaml", "--azure", str(azure))
    assert (done.exit_code, done.stdout, (tmp_path / "n.yaml").exists()) == (1, "", False)
    assert done.stderr.startswith(f"{azure}: error: ")


@pytest.mark.parametrize("kind", ["pipe", "folder", "missing"])
def test_a_file_of_azure_that_cannot_be_read_is_one_line(kind: str, tmp_path: pathlib.Path) -> None:
    azure = tmp_path / "azure.json"
    if kind == "pipe":
        os.mkfifo(azure)
    elif kind == "folder":
        azure.mkdir()
    done = init(tmp_path / "n.yaml", "--azure", str(azure))
    assert (done.exit_code, done.stdout, done.stderr.count("\n")) == (2, "", 1)


def test_an_enormous_file_of_azure_is_refused(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hvn.commands.init.azure_json.LARGEST", 1024 * 1024)
    azure = tmp_path / "azure.json"
    azure.write_text(" " * (1024 * 1024 + 1))
    assert "larger than 1 MiB" in init(tmp_path / "n.yaml", "--azure", str(azure)).stderr


# --- A second file


@pytest.fixture
def first(tmp_path: pathlib.Path) -> pathlib.Path:
    file = tmp_path / "first.yaml"
    assert init(file).exit_code == 0
    return file


@pytest.mark.parametrize(
    ("options", "option"), [({}, "--name"), ({"name": "acmedev", "project_id": OTHER}, "--project-id")]
)
def test_a_second_file_has_its_own_name_and_the_same_project(
    options: dict[str, str], option: str, first: pathlib.Path, tmp_path: pathlib.Path
) -> None:
    done = init(tmp_path / "dev.yaml", "--vault-of", str(first), **options)
    assert (done.exit_code, done.stdout, (tmp_path / "dev.yaml").exists()) == (2, "", False)
    assert f"{option}: " in done.stderr


def test_a_contradiction_between_the_files_names_the_option(first: pathlib.Path, tmp_path: pathlib.Path) -> None:
    done = init(tmp_path / "dev.yaml", "--vault-of", str(first), "--pool-cidr", "10.64.0.0/12", name="acmedev")
    assert (done.exit_code, done.stdout, (tmp_path / "dev.yaml").exists()) == (1, "", False)
    assert "--pool-cidr: error HVN040" in done.stderr


def test_a_missing_first_file_is_one_line(tmp_path: pathlib.Path) -> None:
    done = init(tmp_path / "dev.yaml", "--vault-of", str(tmp_path / "none.yaml"))
    assert (done.exit_code, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert "--topology" not in done.stderr


def test_a_failed_write_leaves_no_part_of_the_file(tmp_path: pathlib.Path) -> None:
    file = tmp_path / "network.yaml"
    words = [word for pair in OPTIONS.items() for word in pair]
    limited = ["sh", "-c", 'ulimit -f 0; exec "$@"', "sh", str(PROJECT / "bin" / "hvn"), "init", str(file), *words]
    done = subprocess.run(limited, capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False)
    assert (done.returncode, done.stdout) == (2, ""), done.stderr
    assert "File too large" in done.stderr
    assert not file.exists()
