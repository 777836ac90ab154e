"""Run bin/hvn with an invalid working folder, standard output or environment."""

import os
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import PROJECT, SAMPLE, copy_project
from tests.rehearsal.conftest import NO_TERRAFORM

HVN = PROJECT / "bin" / "hvn"


def shell(script: str, cwd: Path = PROJECT, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a script of sh, with `$HVN` for bin/hvn and the sample as the topology. Return the finished process."""
    env = {**os.environ, "HVN": str(HVN), "HVN_TOPOLOGY": str(SAMPLE), **environment}
    return subprocess.run(["/bin/sh", "-c", script], cwd=cwd, env=env, capture_output=True, text=True, check=False)


def test_from_a_removed_folder(tmp_path: Path) -> None:
    done = shell(f'cd "{tmp_path}" && rmdir "{tmp_path}" && exec "$HVN" check', HVN_TOPOLOGY="")
    assert (done.returncode, done.stdout) == (2, "")
    # The shell may print a line before hvn's message.
    assert "no longer exists" in done.stderr.splitlines()[-1]
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("command", ["check", "check --format json", "workspaces", "schema", "--help"])
def test_a_full_disk_is_exit_code_2(command: str) -> None:
    done = shell(f'exec "$HVN" {command} >/dev/full')
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert "No space left on device" in done.stderr


@pytest.mark.parametrize("command", ["workspaces", "schema", "--help"])
def test_a_closed_pipe_ends_it_without_a_message(command: str) -> None:
    """SIGPIPE ends hvn like other programs, because hvn's exit codes have other meanings."""
    reader, writer = os.pipe()
    os.close(reader)
    env = os.environ | {"HVN_TOPOLOGY": str(SAMPLE)}
    done = subprocess.run([HVN, command], cwd=PROJECT, env=env, stdout=writer, stderr=subprocess.PIPE, check=False)
    os.close(writer)
    assert (done.returncode, done.stderr) == (-13, b"")


BAD = "--topology tests/check/texts/other-line.yaml"


@pytest.mark.parametrize(
    ("call", "code"),
    [
        ("check >&-", 2),
        (f"check {BAD} >&-", 2),
        ("--version >&-", 2),
        (f"workspaces {BAD} >&-", 1),  # its findings are on standard error
        ("check 2>&-", 0),
        (f"check {BAD} 2>&-", 1),
        ("check 2>/dev/full", 0),
        (f"check {BAD} 2>/dev/full", 1),
        (f"workspaces {BAD} 2>/dev/full", 2),
        ("check missing.yaml 2>/dev/full", 2),
        ("unknown 2>/dev/full", 2),
        ("check >/dev/full 2>/dev/full", 2),
        ("--help >/dev/full", 2),
        ("graph --base HEAD >&- 2>&-", 2),
        ("plans 2>/dev/full", 2),
    ],
)
def test_an_output_that_cannot_be_written_is_exit_code_2(call: str, code: int) -> None:
    done = shell(f'exec "$HVN" {call}')
    assert done.returncode == code
    assert "Traceback" not in done.stderr
    if code == 2:
        assert done.stdout == ""
        assert done.stderr.count("\n") == (0 if "2>" in call else 1)


@pytest.mark.parametrize("call", ["list >&-", "--version >&-", "list unknown 2>/dev/full"])
def test_cdktf_refuses_a_closed_output(call: str) -> None:
    done = shell(f'exec "{PROJECT}/bin/cdktf" {call}')
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 0 if "2>" in call else 1)


@pytest.mark.parametrize("name", ["hvn", "cdktf"])
def test_a_folder_as_standard_input_is_exit_code_2(name: str) -> None:
    done = shell(f'exec "{PROJECT}/bin/{name}" list </')
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)


@pytest.mark.parametrize("name", ["hvn", "cdktf"])
def test_pythonhome_is_ignored(name: str) -> None:
    done = shell(f'exec "{PROJECT}/bin/{name}" --version; "$HVN" --help', PYTHONHOME="/missing")
    assert "missing" not in done.stderr
    assert "Fatal Python error" not in done.stderr


CALLERS = ("sitecustomize.py", "usercustomize.py", "json.py", "click.py", "hvn.py")


@pytest.mark.parametrize("name", ["hvn", "cdktf"])
def test_python_imports_no_file_of_the_caller_or_of_a_pull_request(name: str, tmp_path: Path) -> None:
    root, caller, other = tmp_path / "project", tmp_path / "caller", tmp_path / "other"
    copy_project(root, "bin", "hvn", "stacks", "config", "main.py", "cdktf.json")
    for folder in (".venv", "node_modules"):
        (root / folder).symlink_to(PROJECT / folder)
    caller.mkdir()
    other.mkdir()
    for place in (root, caller, other):
        for file in CALLERS:
            (place / file).write_text(f"print('HIJACKED by {place.name}')\n")
    (caller / "link").symlink_to(os.path.relpath(root / "bin" / name, caller))
    arguments = "check" if name == "hvn" else "list --help"
    done = shell(f"./link {arguments}", caller, PYTHONPATH=str(other), PYTHONSTARTUP=str(other / "hvn.py"))
    assert done.returncode == 0, done.stderr
    assert "HIJACKED" not in done.stdout + done.stderr


def test_with_an_empty_path_and_through_links(tmp_path: Path) -> None:
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "first").symlink_to("second")
    (tmp_path / "bin" / "second").symlink_to(HVN)
    for script in (str(HVN), str(tmp_path / "bin" / "first"), f"cd {tmp_path}/bin; ./first", f"cd {HVN.parent}; ./hvn"):
        done = shell(f"PATH=''; export PATH; {script} workspaces")
        assert (done.returncode, done.stderr) == (0, ""), script


def test_in_a_folder_with_a_colon(tmp_path: Path) -> None:
    """Python refuses to create a virtualenv in such a folder, but a user can move a project into it."""
    root = tmp_path / "a:b"
    copy_project(root, "bin", "hvn", "stacks", "config", "main.py", "cdktf.json")
    for folder in (".venv", "node_modules"):
        (root / folder).symlink_to(PROJECT / folder)
    assert shell(f'"{root}/bin/hvn" check').returncode == 0
    done = shell(f'"{root}/bin/cdktf" synth')
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert str(root) in done.stderr


def test_variables_of_python_change_nothing() -> None:
    variables = dict.fromkeys(("PYTHONOPTIMIZE", "PYTHONINSPECT", "PYTHONVERBOSE"), "2")
    done = shell('exec "$HVN" check', PROJECT, **variables)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == shell('exec "$HVN" check').stdout


@pytest.mark.whole
@pytest.mark.skipif(bool(NO_TERRAFORM), reason=NO_TERRAFORM)
def test_a_closed_pipe_ends_a_rehearsal_by_sigpipe() -> None:
    reader, writer = os.pipe()
    os.close(reader)
    command = [str(HVN), "rehearse", "hcp", "--topology", str(SAMPLE)]
    done = subprocess.run(command, cwd=PROJECT, stdout=writer, stderr=subprocess.DEVNULL, check=False)
    os.close(writer)
    assert done.returncode == -signal.SIGPIPE


@pytest.mark.whole
@pytest.mark.skipif(bool(NO_TERRAFORM), reason=NO_TERRAFORM)
@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("HOME", "/proc"),
        ("NODE_OPTIONS", "--unknown-option"),
        ("JSII_NODE", "/nowhere"),
        ("JSII_NODE", "/bin/true"),
    ],
)
def test_an_unusable_environment_is_no_traceback(variable: str, value: str) -> None:
    done = shell('exec "$HVN" rehearse hcp', PROJECT, **{variable: value})
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert done.stderr.count("\n") <= 2
    assert value in done.stderr


@pytest.mark.whole
@pytest.mark.skipif(bool(NO_TERRAFORM), reason=NO_TERRAFORM)
def test_a_full_temporary_folder_is_no_traceback(full: Path) -> None:
    done = shell('exec "$HVN" rehearse hcp', TMPDIR=str(full))
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert "No space left" in done.stderr
    assert list(full.iterdir()) == []


@pytest.fixture
def full(tmp_path: Path) -> Iterator[Path]:
    """Return a small file system for temporary files. jsii fills it."""
    command = ["mount", "-t", "tmpfs", "-o", "size=600k", "tmpfs", str(tmp_path)]
    if subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip("only root may mount a file system")
    yield tmp_path
    subprocess.run(["umount", str(tmp_path)], check=True)  # noqa: S607


@pytest.mark.parametrize(
    "call", ["check ''", "reach orders --to ''", "reach orders --to=", "graph --base ''", "review --base HEAD ''", "''"]
)
def test_an_empty_word_is_refused_because_a_variable_may_be_unset(call: str) -> None:
    done = shell(f'exec "$HVN" {call}')
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)


@pytest.mark.parametrize("words", [{}, {"COMP_WORDS": "hvn ", "COMP_CWORD": "x"}])
def test_a_completion_without_its_variables_is_no_traceback(words: dict[str, str]) -> None:
    done = shell('exec "$HVN" check', PROJECT, _HVN_COMPLETE="bash_complete", **words)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
