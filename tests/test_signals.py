"""A signal at any moment leaves no plan, no process and no folder behind."""

import contextlib
import hashlib
import os
import pathlib
import random
import shutil
import signal
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

import pytest

from tests.conftest import PROJECT, SAMPLE
from tests.rehearsal.conftest import NO_TERRAFORM

HVN = PROJECT / "bin" / "hvn"
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

# A plan of this Terraform never ends. With DEAF, the process of its provider ignores interrupts.
STUB = """#!/bin/sh
case "$1" in
plan)
    for argument in "$@"; do case "$argument" in -out=*) out="${argument#-out=}" ;; esac; done
    echo secret > "$out"
    stat -c %a "$out" > "$WAITING.mode"
    (test -z "$DEAF" || trap '' INT; exec sleep 1000) &
    touch "$WAITING"
    wait
    ;;
esac
"""


@dataclass
class Run:
    """One run of `bin/hvn`, with its own folder for temporary files."""

    process: subprocess.Popen[str]
    temporary: pathlib.Path
    waiting: pathlib.Path

    def snapshot(self) -> frozenset[object]:
        """Return the temporary files and the processes."""
        # os.walk skips a folder that another process removes during the walk.
        files = (f"{folder}/{name}" for folder, *names in os.walk(self.temporary) for name in chain(*names))
        return frozenset(files) | frozenset(self.processes())

    def processes(self) -> Iterator[int]:
        """Yield the running processes of this run. Each process has an environment variable of the run."""
        mark = b"WAITING=" + os.fsencode(self.waiting) + b"\0"
        for path in pathlib.Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):
                if mark in (path / "environ").read_bytes():
                    yield int(path.name)

    def until(self, changes: int) -> None:
        """Wait until files or processes have changed this number of times, a plan waits, or the run has ended."""
        seen = self.snapshot()
        while changes and self.process.poll() is None and not self.waiting.exists():
            now = self.snapshot()
            changes -= now != seen
            seen = now

    def end(self) -> str:
        """Wait for the end and return the output."""
        return self.process.communicate(timeout=60)[0]


@pytest.fixture
def folder(tmp_path: pathlib.Path) -> Iterator[pathlib.Path]:
    """Yield a folder with a fake Terraform, a topology, and its own output folder."""
    (tmp_path / "terraform").write_text(STUB)
    (tmp_path / "terraform").chmod(0o755)
    shutil.copytree(SAMPLE.parent / "jwks", tmp_path / "jwks")
    # The output folder in the project has the topology's name. Tests that run at the same time must not share it.
    name = "".join(chr(ord("a") + byte % 26) for byte in hashlib.sha256(bytes(tmp_path)).digest()[:12])
    (tmp_path / "topology.yaml").write_text(SAMPLE.read_text().replace("name: platform", f"name: {name}", 1))
    yield tmp_path
    shutil.rmtree(PROJECT / f"cdktf.out@{name}.plans", ignore_errors=True)


def start(folder: pathlib.Path, *arguments: str, number: int = 0, **environment: str) -> Run:
    temporary = folder / f"temporary-{number}"
    temporary.mkdir(exist_ok=True)
    waiting = folder / f"waiting-{number}"
    variables = {
        "TMPDIR": str(temporary),
        "WAITING": str(waiting),
        "TERRAFORM_BINARY_NAME": str(folder / "terraform"),
        "HVN_TOPOLOGY": str(folder / "topology.yaml"),
        # Disable Node's compile cache. Its files would remain after a signal, but contain no secret.
        "NODE_DISABLE_COMPILE_CACHE": "1",
    }
    process = subprocess.Popen(
        [HVN, *arguments],
        cwd=folder,
        env=os.environ | variables | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    return Run(process, temporary, waiting)


PLANS = ("plans", "hcp", "--all", "--save-tfplan")


@pytest.mark.whole
def test_cancelled_plan_leaves_nothing(folder: pathlib.Path) -> None:
    run = start(folder, *PLANS, DEAF="1")
    run.until(-1)
    assert (folder / "waiting-0.mode").read_text() == "600\n"
    plan = next(run.temporary.rglob("tfplan"))
    assert plan.parent.stat().st_mode & 0o077 == 0
    run.process.send_signal(signal.SIGTERM)
    assert run.end().splitlines()[-1] == "plans: interrupted; no plan is left"
    assert run.process.returncode == 128 + signal.SIGTERM
    assert run.snapshot() == frozenset()
    assert list((folder / "plans").iterdir()) == []


@pytest.mark.whole
def test_second_signal_kills_at_once(folder: pathlib.Path) -> None:
    run = start(folder, *PLANS, DEAF="1")
    run.until(-1)
    for number in (signal.SIGHUP, signal.SIGTERM):
        run.process.send_signal(number)
    run.end()
    assert run.process.returncode in (128 + signal.SIGHUP, 128 + signal.SIGTERM)
    assert run.snapshot() == frozenset()


@pytest.mark.whole
def test_killed_run_is_removed_by_the_next(folder: pathlib.Path) -> None:
    run = start(folder, *PLANS)
    run.until(-1)
    processes = list(run.processes())
    foreign = run.temporary / "hvn-run-of-somebody"
    foreign.mkdir()
    for process in processes:
        os.kill(process, signal.SIGKILL)
    run.end()
    assert next(run.temporary.rglob("tfplan"))
    assert start(folder, "plans", "--all", "--base", "none").process.wait(timeout=60) == 2
    while list(run.processes()):
        pass
    assert list(run.temporary.iterdir()) == [foreign]


@pytest.mark.whole
def test_folder_of_a_running_command_is_not_removed(folder: pathlib.Path) -> None:
    run = start(folder, *PLANS)
    run.until(-1)
    second = start(folder, "plans", "--all", "--base", "none")
    second.end()
    assert next(run.temporary.rglob("tfplan"))
    run.process.send_signal(signal.SIGINT)
    run.end()
    assert run.process.returncode == 128 + signal.SIGINT


@pytest.mark.skipif(bool(NO_TERRAFORM), reason=NO_TERRAFORM)
def test_interrupted_rehearsal_leaves_nothing_and_exits_with_130(folder: pathlib.Path) -> None:
    run = start(folder, "rehearse", "hub")
    lines = iter(run.process.stdout or ())
    assert next(line for line in lines if "built" in line)  # the destroy is still running
    run.process.send_signal(signal.SIGINT)
    rest = "".join(lines)
    assert run.process.wait(timeout=60) == 130
    assert "FAILED" not in rest
    assert rest.endswith("rehearse: interrupted; everything was discarded\n")
    assert run.snapshot() == frozenset()


@pytest.mark.skipif(bool(NO_TERRAFORM), reason=NO_TERRAFORM)
def test_signal_is_passed_on_to_a_command_inside(folder: pathlib.Path) -> None:
    script = "trap 'echo let go; exit 7' TERM; sleep 1000 & echo ready; wait"
    run = start(folder, "rehearse", "--", "sh", "-c", script)
    lines = iter(run.process.stdout or ())
    assert next(lines) == "ready\n"
    run.process.send_signal(signal.SIGTERM)
    assert next(lines) == "let go\n"
    assert run.process.wait(timeout=60) == 7
    assert run.snapshot() == frozenset(), "the process that the command left behind is ended"


COMMANDS = {"plans": PLANS, "rehearse": ("rehearse", "hcp")}


@pytest.mark.moments
@pytest.mark.parametrize("command", COMMANDS)
def test_signal_at_any_moment_leaves_nothing(folder: pathlib.Path, command: str) -> None:
    if command == "rehearse" and NO_TERRAFORM:
        pytest.skip(NO_TERRAFORM)
    seed = random.randrange(1 << 32)
    chosen = random.Random(seed)
    for number in range(50):
        check(folder, COMMANDS[command], number, chosen.randrange(60), chosen.choice(SIGNALS), f"seed {seed}")


def check(
    folder: pathlib.Path, arguments: Sequence[str], number: int, changes: int, sent: signal.Signals, seed: str
) -> None:
    run = start(folder, *arguments, number=number)
    run.until(changes)
    run.process.send_signal(sent)
    printed = run.end()
    where = f"{seed}, run {number}: {sent.name} after {changes} changes\n{printed}"
    # Before Python starts, the signal itself ends the process. A command that has finished keeps its exit code.
    assert run.process.returncode in (0, -sent, 128 + sent), where
    assert "Traceback" not in printed, where
    assert run.snapshot() == frozenset(), where
    output = folder / "plans"
    assert not output.exists() or not [path for path in output.iterdir() if path.name.startswith(".")], where
