"""A printed command works when a reader pastes it: it uses the topology file of the command that printed it."""

import json
import pathlib
import re
import shlex
import shutil
import subprocess

import pytest
from click.testing import CliRunner

from hvn.cdktf import prepare
from hvn.cli import cli
from tests.commands.test_init import init
from tests.conftest import PROJECT, SAMPLE

NAME = "we st;.yaml"


@pytest.fixture
def file(tmp_path: pathlib.Path) -> pathlib.Path:
    """Return a topology with one cluster, which has no committed keys. The name of the file needs quotes."""
    path = tmp_path / NAME
    done = init(path, "--cluster", "--app", "shop/web", "--naming", "vnet=vnet-{spoke}")
    assert done.exit_code == 0, done.output
    return path


def hvn(*words: str) -> str:
    return CliRunner().invoke(cli, [*words]).output


def require(commands: set[str], file: pathlib.Path, output: str) -> None:
    """Fail if the output lacks one of the commands, or has a command without the file."""
    text = output.replace(shlex.quote(str(file)), "FILE")
    for command in commands:
        call = f"bin/{command} --topology FILE" if command.startswith("hvn") else f"HVN_TOPOLOGY=FILE bin/{command}"
        assert call in text, (call, text)
    assert text.count("bin/cdktf ") == text.count("HVN_TOPOLOGY=FILE bin/cdktf "), text
    assert text.count("bin/hvn ") == text.count(" --topology FILE"), text


COMMANDS = {
    "check": {"hvn keys pull shop --issuer URL", "cdktf output aks-shop"},
    "workspaces": {"hvn keys pull shop --issuer URL", "cdktf synth"},
    "spoke add mail --size 20 --cluster --app mail/web": {
        "hvn rehearse",
        "hvn keys pull mail --issuer URL",
        "cdktf output aks-mail",
        "cdktf deploy network-mail peering-mail aks-mail vso-mail",
    },
    "spoke remove shop": {
        "cdktf destroy network-shop peering-shop aks-shop vso-shop --ignore-missing-stack-dependencies"
    },
    "doctor shop": {"hvn keys pull shop --issuer URL"},
    "keys pull shop": {"cdktf output aks-shop"},
    "login explain shop web": {"hvn keys pull shop --issuer URL"},
}


@pytest.mark.parametrize("words", COMMANDS)
@pytest.mark.parametrize("way", ["option", "variable"])
def test_printed_commands_use_the_file(
    words: str, way: str, file: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if way == "variable":
        monkeypatch.setenv("HVN_TOPOLOGY", str(file))
    output = hvn(*words.split(), *(["--topology", str(file)] if way == "option" else []))
    require(COMMANDS[words], file, output)


@pytest.mark.parametrize("form", ["text", "json"])
def test_the_fix_of_a_login_uses_the_file(form: str, tmp_path: pathlib.Path) -> None:
    shutil.copytree(SAMPLE.parent, tmp_path, dirs_exist_ok=True)
    claims = tmp_path / "claims.json"
    claims.write_text('{"iss": "https://example.com", "sub": "x", "aud": "vault", "exp": 4102444800}')
    file = tmp_path / "topology.yaml"
    words = ["login", "explain", "payments", "webapp", "--claims", str(claims), "--format", form]
    assert f"bin/hvn keys pull payments --topology {file}" in hvn(*words, "--topology", str(file))


def test_an_error_of_a_refused_spoke_has_no_line(file: pathlib.Path) -> None:
    output = hvn("spoke", "add", "hub", "--size", "20", "--topology", str(file))
    headings = [line for line in output.splitlines() if re.search(r"HVN\d{3} ", line)]
    assert headings
    assert all(line.startswith("error HVN") for line in headings)


def test_the_printed_deploy_selects_workspaces_of_the_file(file: pathlib.Path) -> None:
    output = hvn("spoke", "add", "mail", "--size", "20", "--topology", str(file))
    variable, _, *words = shlex.split(output.partition("and run ")[2])
    name, _, value = variable.partition("=")
    runs, env = prepare(["synth", *words[1:]], {name: value, "PATH": ""}, PROJECT)
    assert (name, env["HVN_TOPOLOGY"]) == ("HVN_TOPOLOGY", str(file))
    assert len(runs) == 1


def test_commands_about_the_default_file_name_it_only_if_the_variable_names_another(
    monkeypatch: pytest.MonkeyPatch, tmp_path: pathlib.Path
) -> None:
    monkeypatch.setattr("hvn.printed.DEFAULT", SAMPLE)
    words = ("workspaces", str(SAMPLE))
    assert "run bin/cdktf synth to" in hvn(*words)
    monkeypatch.setenv("HVN_TOPOLOGY", str(tmp_path / "west.yaml"))
    assert f"run HVN_TOPOLOGY={SAMPLE} bin/cdktf synth to" in hvn(*words)


def test_commands_work_in_another_folder(file: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(PROJECT / "docs")
    assert "`../bin/hvn keys pull shop" in hvn("workspaces", str(file))
    monkeypatch.chdir(file.parent)
    add = hvn("spoke", "add", "mail", "--size", "20", "--topology", NAME)
    rehearse = shlex.split(add.partition("run ")[2].partition(", commit")[0])
    assert rehearse == [str(PROJECT / "bin" / "hvn"), "rehearse", "--topology", NAME]


def test_a_review_names_the_file_in_the_readers_clone(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "west.yaml"
    assert init(file, "--cluster", "--app", "shop/web").exit_code == 0
    identity = ["-c", "user.name=A", "-c", "user.email=a@example.com"]
    for words in (["init", "-q"], ["add", "-A"], ["commit", "-qm", "one"]):
        subprocess.run(["git", *identity, *words], cwd=tmp_path, check=True)  # noqa: S607
    existing = re.sub(r"(  id: hvn-acme|  cluster_id: vault-acme)", r"\1\n  existing: true", file.read_text())
    file.write_text(existing)
    monkeypatch.chdir(tmp_path)
    output = hvn("review", "--base", "HEAD", "--format", "json", "--topology", str(file))
    text = json.dumps(json.loads(output)["findings"])
    assert "HVN_TOPOLOGY=west.yaml bin/cdktf synth" in text
    assert "cd cdktf.out@acme." in text
    assert "`bin/hvn plans --topology west.yaml`" in output.replace("'", "`"), "the fix of a rule"
    assert not re.search(r"(?<!HVN_TOPOLOGY=west.yaml )bin/cdktf", text)


def test_init_prints_a_command_that_repeats_the_answers(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hvn.commands.init.questions.asks", lambda: True)
    file = tmp_path / NAME
    done = init(
        file, "--hub", "none", "--on-premises", "dc=172.25.16.0/20", "--hvn-cidr", "172.25.16.0/20", state="local"
    )
    assert (done.exit_code, file.exists()) == (1, False)
    program, *words = shlex.split(done.stderr.strip().splitlines()[-1])
    assert program == "bin/hvn"
    words[words.index("172.25.16.0/20")] = "172.26.16.0/20"
    assert CliRunner().invoke(cli, words).exit_code == 0
    assert file.exists()
