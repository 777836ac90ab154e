"""Several processes build many workspaces, and write the same files as one process."""

import functools
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import main
from hvn.check.load import require
from hvn.kinds.workspace import Workspace
from stacks import parts
from stacks.bindings import PLAIN
from tests.conftest import PROJECT, SAMPLE

WANTED: list[Workspace] = [workspace for workspace in require(SAMPLE).workspaces() if workspace.inputs]


@pytest.fixture(autouse=True)
def three_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Build the sample in three processes."""
    monkeypatch.setenv("HVN_TOPOLOGY", str(SAMPLE))
    monkeypatch.setattr(parts, "count", lambda workspaces: 3)


def files(folder: Path) -> dict[str, bytes]:
    return {str(file.relative_to(folder)): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


@pytest.mark.slow
def test_the_files_of_several_processes_are_those_of_one_to_the_byte(tmp_path: Path) -> None:
    main.synthesize(WANTED, str(tmp_path / "one"))
    kept = tmp_path / "several" / "stacks" / "hub" / ".terraform"
    kept.mkdir(parents=True)
    equal = Path(shutil.copy(tmp_path / "one" / "stacks" / "hub" / "cdk.tf.json", kept.parent))
    file = equal.stat().st_ino
    assert parts.build(WANTED, tmp_path / "several", main.synthesize) == 0
    assert files(tmp_path / "several") == files(tmp_path / "one")
    assert kept.is_dir()
    assert equal.stat().st_ino == file, "an equal file was replaced"
    assert sorted(entry.name for entry in (tmp_path / "several").iterdir()) == ["manifest.json", "stacks"]


def no_stacks(wanted: object, output: str, elsewhere: object) -> None:
    """Replace the build of the first part, and write no stacks."""


def test_the_exit_code_of_a_failed_process_is_returned_and_no_file_is_moved(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    script = "import sys; print('the reason', file=sys.stderr); raise SystemExit(2)"
    monkeypatch.setattr(parts, "python", lambda *arguments: [sys.executable, "-c", script])
    assert parts.build(WANTED, tmp_path, no_stacks) == 2
    assert list(tmp_path.iterdir()) == []
    assert capfd.readouterr().err == "the reason\n"


def test_a_process_that_a_signal_ended_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parts, "python", lambda *arguments: ["sh", "-c", "kill -KILL $$"])
    with pytest.raises(parts.Failed, match="signal 9"):
        parts.build(WANTED, tmp_path, no_stacks)
    assert list(tmp_path.iterdir()) == []


def test_an_error_in_the_first_part_ends_the_other_processes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object) -> None:
        raise ValueError

    reader, writer = os.pipe()
    os.set_inheritable(writer, True)
    monkeypatch.setattr(parts, "python", lambda *arguments: ["sh", "-c", f"(sleep 60; echo >&{writer}) & wait"])
    monkeypatch.setattr(subprocess, "Popen", functools.partial(subprocess.Popen, pass_fds=[writer]))
    with pytest.raises(ValueError):  # noqa: PT011 - the error of the caller
        parts.build(WANTED, tmp_path, fails)
    assert list(tmp_path.iterdir()) == []
    os.close(writer)
    with os.fdopen(reader, "rb") as pipe:
        assert pipe.read() == b""


def test_a_process_ends_with_the_first_process() -> None:
    script = """
from threading import Event
from stacks import parts
parts.end_with_first()
print("ready", flush=True)
Event().wait()
"""
    with subprocess.Popen(
        [sys.executable, "-c", script], cwd=PROJECT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout
        assert process.stdin
        assert process.stdout.readline() == b"ready\n"
        process.stdin.close()
        assert process.wait() == 1


@pytest.mark.slow
def test_a_topology_that_changes_meanwhile_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "topology.yaml"
    file.write_text(SAMPLE.read_text().replace("owner: ", "owner: other-"))
    (tmp_path / "jwks").symlink_to(SAMPLE.parent / "jwks")
    monkeypatch.setenv("HVN_TOPOLOGY", str(file))
    with pytest.raises(parts.Failed):
        parts.build(WANTED, tmp_path / "out", main.synthesize)
    assert list((tmp_path / "out").iterdir()) == []


def test_a_workspace_that_another_process_did_not_build_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parts, "python", lambda *arguments: ["true"])
    with pytest.raises(parts.Failed):
        parts.build(WANTED, tmp_path, no_stacks)
    assert list(tmp_path.iterdir()) == []


def test_every_workspace_is_in_exactly_one_part(monkeypatch: pytest.MonkeyPatch) -> None:
    assert parts.part(WANTED) == WANTED
    seen: list[Workspace] = []
    for number in range(3):
        monkeypatch.setenv(parts.VARIABLE, f"{number}/3")
        seen += parts.part(WANTED)
    assert sorted(workspace.id for workspace in seen) == sorted(workspace.id for workspace in WANTED)


def test_a_few_workspaces_one_cpu_or_plain_bindings_need_one_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    monkeypatch.delenv(PLAIN, raising=False)
    monkeypatch.setattr(os, "sched_getaffinity", lambda process: {0, 1})
    assert [parts.count(number) for number in (1, 17, 2 * parts.WORTH - 1, 2 * parts.WORTH, 10_000)] == [1, 1, 1, 2, 2]
    monkeypatch.setattr(os, "sched_getaffinity", lambda process: {0})
    assert parts.count(10_000) == 1
    monkeypatch.setattr(os, "sched_getaffinity", lambda process: set(range(64)))
    assert parts.count(10_000) == parts.MOST
    monkeypatch.setenv(PLAIN, "1")
    assert parts.count(10_000) == 1
