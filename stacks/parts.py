"""Build many workspaces in several processes, each with its own Node process.

The first process also declares the stacks of the other processes, without resources, so that its engine writes the
complete manifest. Reasons and figures: docs/decisions/0002-lazy-bindings.md.
"""

import contextlib
import os
import pathlib
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Collection, Iterator, Sequence

from hvn import scratch
from hvn.isolation import python
from hvn.kinds.workspace import FINGERPRINT, Workspace
from stacks.bindings import PLAIN

VARIABLE = "HVN_PART"
"""The environment variable of a process that builds a part: `1/2` is the second of two parts."""

WORTH = 40
"""The minimum number of workspaces for each process. With fewer workspaces, starting a process takes longer than
building them.
"""
MOST = 4

Synthesize = Callable[[Sequence[Workspace], str, Collection[str]], None]
"""Write the workspaces to the folder, and leave the stacks with these ids empty."""


class Failed(Exception):
    """The build of the workspaces failed. The message is one line."""


def count(workspaces: int) -> int:
    """Return the number of processes that build this number of workspaces, at most one for each CPU."""
    cpus = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 1
    return 1 if os.environ.get(PLAIN) else max(1, min(MOST, cpus, workspaces // WORTH))


def part(wanted: Sequence[Workspace]) -> Sequence[Workspace]:
    """Return the workspaces of the part that VARIABLE names; without the variable, all workspaces."""
    number, _, parts = os.environ.get(VARIABLE, "0/1").partition("/")
    return wanted[int(number) :: int(parts)]


def end_with_first() -> None:
    """End this process when the first process ends for any reason. Standard input is a pipe of the first process."""

    def wait() -> None:
        os.read(0, 1)
        os._exit(1)

    threading.Thread(target=wait, daemon=True).start()


def build(wanted: Sequence[Workspace], output: pathlib.Path, synthesize: Synthesize) -> int:
    """Build the first part in this process, the other parts in new processes, and move the files to the output folder.

    Return 0. If a process fails, print its errors and return its exit code. Raises `Failed`.
    """
    parts = count(len(wanted))
    output.mkdir(parents=True, exist_ok=True)
    with scratch.beside(output) as folder, _processes(parts, folder) as started:
        elsewhere = {workspace.id for workspace in wanted} - {workspace.id for workspace in wanted[::parts]}
        synthesize(wanted, str(folder / "0"), elsewhere)
        for process in started:
            # Processes that fail for the same reason print similar errors, so print the errors of one process.
            sys.stderr.write(process.stderr.read() if process.stderr else "")
            code = process.wait()
            if code < 0:
                raise Failed(f"a process that built workspaces was ended by signal {-code}")
            if code:
                return code
        places = [
            (folder / str(number % parts) / "stacks" / workspace.id, workspace)
            for number, workspace in enumerate(wanted)
        ]
        if not all(_is_of(workspace, built) for built, workspace in places):
            raise Failed("the topology file changed while its workspaces were built: repeat the command")
        for built, workspace in places:
            place = output / "stacks" / workspace.id
            place.mkdir(parents=True, exist_ok=True)
            for file in built.iterdir():
                _move(file, place / file.name)
        (folder / "0" / "manifest.json").replace(output / "manifest.json")
    return 0


def _move(file: pathlib.Path, place: pathlib.Path) -> None:
    """Move a file. Keep an equal file, because ext4 takes milliseconds to replace a file."""
    if place.is_symlink() or not place.is_file() or place.read_bytes() != file.read_bytes():
        file.replace(place)


@contextlib.contextmanager
def _processes(parts: int, folder: pathlib.Path) -> Iterator[Sequence[subprocess.Popen[str]]]:
    """Start and yield the processes of all parts except the first part. After the block, kill the processes that still
    run."""
    started: list[subprocess.Popen[str]] = []
    try:
        for number in range(1, parts):
            variables = {VARIABLE: f"{number}/{parts}", "CDKTF_OUTDIR": str(folder / str(number))}
            started.append(
                subprocess.Popen(
                    python("main", *sys.argv[1:]),
                    env=os.environ | variables,
                    stdin=subprocess.PIPE,
                    stderr=subprocess.PIPE,
                    text=True,
                    errors="replace",
                    process_group=0,  # the kill of the group also ends its Node
                )
            )
        yield started
    finally:
        for process in started:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _is_of(workspace: Workspace, built: pathlib.Path) -> bool:
    """Return whether the files in the folder were built from this workspace's inputs."""
    file = built / FINGERPRINT
    return workspace.inputs is not None and file.exists() and file.read_text() == workspace.inputs.fingerprint
