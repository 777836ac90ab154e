"""Every command follows the conventions for help at any width, suggestions, exit codes, colours and completion."""

import json
import os
import pathlib
import re
import subprocess
import sys

import click
import pytest
from click.shell_completion import BashComplete
from click.testing import CliRunner, Result

from hvn import VERSION
from hvn.cli import cli
from tests.commands.test_help import COMMANDS, LEAVES
from tests.conftest import PROJECT, SAMPLE

ESCAPE = "\x1b"
# A command line of each command that runs offline and ends quickly, and its exit code.
RUNS = {
    "addresses": ("addresses", 0),
    "check": ("check", 0),
    "comment number": (f"comment number {'0' * 40}", 2),
    "comment read": ("comment read comment.md --number 7", 2),
    "comment result": ("comment result --wave 1 --number 7", 2),
    "comment write": ("comment write pyproject.toml --number 7", 2),
    "completion": ("completion zsh", 0),
    "doctor": ("doctor analytics", 1),
    "graph": ("graph", 0),
    "init": ("init config/topology.yaml", 2),
    "keys check": ("keys check payments --file none.json", 2),
    "keys pull": ("keys pull payments --file none.json", 2),
    "login explain": ("login explain payments webapp --time 2026-11-26T03:00:00Z", 0),
    "affected": ("affected --base no-such-ref", 2),
    "plans": ("plans", 2),
    "reach": ("reach payments --to vault", 0),
    "rehearse": ("rehearse no-such-workspace", 2),
    "review": ("review", 2),
    "rule": ("rule HVN111", 0),
    "schema": ("schema", 0),
    "spoke add": ("spoke add shipping --size 16 --dry-run", 0),
    "spoke remove": ("spoke remove payments", 0),
    "workspaces": ("workspaces", 0),
}


def run(line: str, *, color: bool = False) -> Result:
    return CliRunner(env={"HVN_TOPOLOGY": str(SAMPLE)}).invoke(cli, line.split(), color=color)


def test_every_command_is_in_the_table() -> None:
    assert RUNS.keys() == set(LEAVES)


@pytest.mark.parametrize("name", RUNS)
def test_the_exit_code_and_no_escape_sequence_in_a_pipe(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    line, code = RUNS[name]
    done = run(line)
    assert done.exit_code == code, done.output
    assert ESCAPE not in done.output
    assert (done.stdout != "") is (code != 2)
    assert (done.stderr != "") is (code == 2)


def formats(name: str) -> list[str]:
    """Return the values of the command's option `--format`."""
    options = [parameter for parameter in COMMANDS[name].params if parameter.name == "form"]
    return [*options[0].type.choices] if options and isinstance(options[0].type, click.Choice) else []


@pytest.mark.parametrize("name", [name for name, (_, code) in RUNS.items() if code != 2])
def test_the_width_of_the_terminal_does_not_change_piped_output(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    outputs = set()
    for width in ("60", "200"):
        monkeypatch.setenv("COLUMNS", width)
        outputs.add(run(RUNS[name][0]).stdout)
    assert len(outputs) == 1


# `spoke add` has JSON only without --dry-run: tests/commands/test_spoke_add.py.
JSON = [name for name, (_, code) in RUNS.items() if code != 2 and "json" in formats(name) and name != "spoke add"]


@pytest.mark.parametrize("name", JSON)
def test_the_json_of_every_command_is_one_document_without_colours(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    line, code = RUNS[name]
    done = run(f"{line} --format json", color=True)
    assert done.exit_code == code
    assert isinstance(json.loads(done.stdout), dict | list)


def test_the_commands_with_json_are_those_that_scripts_read() -> None:
    without = {"comment number", "comment read", "comment result", "comment write", "completion", "init", "keys pull"}
    without |= {"plans", "graph", "schema"}
    assert {name for name in LEAVES if "json" not in formats(name)} == without


@pytest.mark.parametrize("name", [name for name, (_, code) in RUNS.items() if code != 2])
def test_no_color_turns_off_all_styles_on_a_terminal(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("FORCE_COLOR", "")
    assert ESCAPE not in run(RUNS[name][0], color=True).stdout


@pytest.mark.parametrize("name", ["doctor", "login explain"])
def test_a_terminal_gets_colours(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert ESCAPE in run(RUNS[name][0], color=True).stdout


@pytest.mark.parametrize("name", ["", *COMMANDS])
@pytest.mark.parametrize("width", [60, 200])
def test_the_help_uses_the_width_of_the_terminal(name: str, width: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    root = click.Context(cli, info_name="hvn", **cli.context_settings)
    context = click.Context(COMMANDS[name], info_name=name, parent=root) if name else root
    lines = context.get_help().splitlines()
    longest = max(len(line) for line in lines if not re.match(r" *(kubectl|az|hvn|git|source|Usage:|--fault)", line))
    assert longest <= width
    assert longest > 90 or width == 60 or len(" ".join(lines)) < 400


@pytest.mark.parametrize("name", LEAVES)
def test_h_is_help_and_an_unknown_option_is_exit_2(name: str) -> None:
    assert run(f"{name} -h").stdout == run(f"{name} --help").stdout
    done = run(f"{name} --no-such-option")
    assert (done.exit_code, done.stdout) == (2, "")
    assert "--no-such-option" in done.stderr


WITH_OTHER_ARGUMENTS = ["doctor", "keys check", "keys pull", "plans", "reach", "rehearse", "review", "spoke remove"]


@pytest.mark.parametrize("name", WITH_OTHER_ARGUMENTS)
def test_a_topology_file_among_other_arguments_is_exit_2(name: str) -> None:
    done = run(f"{name} network.yaml")
    assert (done.exit_code, done.stdout) == (2, "")
    assert "--topology network.yaml" in done.stderr


def test_the_version_is_printed() -> None:
    done = run("--version")
    assert (done.exit_code, done.stdout) == (0, f"hvn {VERSION}\n")


@pytest.mark.parametrize(
    ("line", "suggestion"),
    [
        ("chek", "check"),
        ("spoke ad", "add"),
        ("keys pul", "pull"),
        ("check --formt json", "--format"),
        ("check --format jsn", "json"),
        ("review --fail-on warnings", "warning"),
        ("spoke add x --size 16 --vault-route via_hub", "via-hub"),
        ("rehearse --fault permission-denyed", "permission-denied"),
        ("rehearse hubb", "hub"),
        ("doctor payment", "payments"),
        ("reach payment", "payments"),
        ("rule spoke-overlapp", "spoke-overlap"),
    ],
)
def test_a_similar_word_is_suggested(line: str, suggestion: str) -> None:
    done = run(line)
    assert (done.exit_code, done.stdout) == (2, "")
    assert re.search(rf"(?i)did you mean[^?]*{suggestion}.*\?", done.stderr), done.stderr


# --- The topology file


@pytest.mark.parametrize("command", ["check", "addresses", "workspaces --output nowhere"])
def test_the_file_is_an_argument_an_option_or_standard_input(command: str) -> None:
    text, line = SAMPLE.read_bytes(), command.split()
    argument, option = (CliRunner().invoke(cli, [*line, *words, str(SAMPLE)]) for words in ([], ["--topology"]))
    assert (argument.exit_code, argument.stdout) == (0, option.stdout)
    for words in (["-"], ["--topology", "-"]):
        stdin = CliRunner(env={"HVN_TOPOLOGY": str(SAMPLE)}).invoke(cli, [*line, *words], input=text)
        assert (stdin.exit_code, stdin.stdout.replace(str(SAMPLE), "<stdin>")) == (
            0,
            option.stdout.replace(str(SAMPLE), "<stdin>"),
        )
    assert CliRunner().invoke(cli, [*line, str(SAMPLE), "--topology", str(SAMPLE)]).exit_code == 2


def test_the_argument_precedes_the_variable() -> None:
    assert CliRunner(env={"HVN_TOPOLOGY": "none.yaml"}).invoke(cli, ["check", str(SAMPLE)]).exit_code == 0


@pytest.mark.parametrize("line", ["affected --base HEAD -", "plans --all --topology -", "rehearse --topology -"])
def test_a_command_that_reads_the_file_again_refuses_standard_input(line: str) -> None:
    done = CliRunner().invoke(cli, line.split(), input=SAMPLE.read_bytes())
    assert (done.exit_code, done.stdout) == (2, "")
    assert "standard input" in done.stderr


def test_findings_about_standard_input_have_places() -> None:
    wrong = SAMPLE.read_bytes().replace(b"region: japaneast", b"region: Japan")
    assert CliRunner().invoke(cli, ["check", "-"], input=wrong).stdout.startswith("<stdin>:9:11: error HVN023")


# --- Completion


def words(line: str, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the words that bash offers after a command line; a space at the end of the line begins a new word."""
    monkeypatch.setenv("COMP_WORDS", f"hvn {line}")
    monkeypatch.setenv("COMP_CWORD", str(len(line.split(" "))))
    lines = BashComplete(cli, {}, "hvn", "_HVN_COMPLETE").complete().splitlines()
    return [value for kind, _, value in (line.partition(",") for line in lines) if kind == "plain"]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("che", {"check"}),
        ("keys ", {"check", "pull"}),
        ("check --form", {"--format"}),
        ("check --format s", {"sarif"}),
        ("review --format j", {"json", "junit"}),
        ("completion ", {"bash", "zsh", "fish"}),
        ("doctor ", {"payments", "orders", "analytics"}),
        ("keys pull payments ", {"orders", "analytics"}),
        ("spoke remove o", {"orders"}),
        ("rehearse aks-", {"aks-orders", "aks-payments"}),
        ("plans peering-h", {"peering-hub"}),
        ("reach spokes.pay", {"spokes.payments.cluster"}),
        ("reach payments --to va", {"vault"}),
        ("login explain payments ", {"webapp"}),
        ("rule HVN111", {"HVN111"}),
        ("doctor --topology none.yaml ", set()),
    ],
)
def test_words_are_completed(line: str, expected: set[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HVN_TOPOLOGY", str(SAMPLE))
    assert set(words(line, monkeypatch)) == expected


@pytest.mark.parametrize("name", LEAVES)
def test_the_options_of_every_command_are_completed(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    options = [parameter for parameter in COMMANDS[name].params if isinstance(parameter, click.Option)]
    names = {option for parameter in options for option in parameter.opts if option.startswith("--")}
    assert set(words(f"{name} --", monkeypatch)) == names | {"--help"}


def test_spokes_of_a_file_with_errors_are_completed(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "topology.yaml"
    file.write_text(SAMPLE.read_text(encoding="utf-8").replace("version: 1", "version: 9"), encoding="utf-8")
    assert set(words(f"doctor --topology {file} ", monkeypatch)) == {"payments", "orders", "analytics"}


def test_the_script_of_bash_completes_the_program_by_its_path(tmp_path: pathlib.Path) -> None:
    program = PROJECT / "bin" / "hvn"
    script = CliRunner().invoke(cli, ["completion", "bash"]).stdout
    typed = f'COMP_WORDS=({program} che); COMP_CWORD=1; _hvn_completion {program}; echo "${{COMPREPLY[@]}}"'
    done = subprocess.run(["/bin/bash", "-c", f"{script}\n{typed}"], capture_output=True, text=True, check=True)
    assert done.stdout == "check\n"


@pytest.mark.parametrize("shell", ["zsh", "fish"])
def test_the_other_scripts_call_the_program_by_its_path(shell: str) -> None:
    assert f" {PROJECT / 'bin' / 'hvn'})" in CliRunner().invoke(cli, ["completion", shell]).stdout


def test_the_variable_of_completion_reaches_the_program() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "hvn"],
        cwd=PROJECT,
        env=os.environ | {"_HVN_COMPLETE": "zsh_complete", "COMP_WORDS": "hvn che", "COMP_CWORD": "1"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split("\n")[:2] == ["plain", "check"]


def test_groups_are_not_run_without_a_command() -> None:
    for name, command in COMMANDS.items():
        if isinstance(command, click.Group):
            assert run(name).exit_code == 2
