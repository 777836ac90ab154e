"""Several processes build many workspaces, and write the same files as one process."""

import os
import sys
from pathlib import Path

import pytest

import main
from hvn.check.load import require
from hvn.kinds.workspace import Workspace
from stacks import parts
from stacks.bindings import PLAIN
from tests.conftest import SAMPLE

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
    assert parts.build(WANTED, tmp_path / "several", main.synthesize) == 0
    assert files(tmp_path / "several") == files(tmp_path / "one")
    assert kept.is_dir()
    assert sorted(entry.name for entry in (tmp_path / "several").iterdir()) == ["manifest.json", "stacks"]


def no_stacks(wanted: object, output: str, elsewhere: object) -> None:
    """Replace the build of the first part: write no stacks."""


def test_the_exit_code_of_a_failed_process_is_returned_and_no_file_is_moved(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parts, "python", lambda module: [sys.executable, "-c", "raise SystemExit(2)"])
    assert parts.build(WANTED, tmp_path, no_stacks) == 2
    assert list(tmp_path.iterdir()) == []


def test_an_error_in_the_first_part_ends_the_other_processes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object) -> None:
        raise ValueError

    monkeypatch.setattr(parts, "python", lambda module: ["sleep", "600"])
    with pytest.raises(ValueError):  # noqa: PT011 - the error of the caller
        parts.build(WANTED, tmp_path, fails)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
def test_a_topology_that_changes_meanwhile_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "topology.yaml"
    file.write_text(SAMPLE.read_text().replace("owner: ", "owner: other-"))
    (tmp_path / "jwks").symlink_to(SAMPLE.parent / "jwks")
    monkeypatch.setenv("HVN_TOPOLOGY", str(file))
    with pytest.raises(parts.Changed):
        parts.build(WANTED, tmp_path / "out", main.synthesize)


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
