"""Build many workspaces in several processes, each with its own Node process.

The first process also declares the stacks of the other processes, without resources, so that its engine writes the
complete manifest. Reasons and figures: docs/decisions/0002-lazy-bindings.md.
"""

import os
import pathlib
import subprocess
from collections.abc import Callable, Collection, Sequence

from hvn import scratch
from hvn.isolation import python
from hvn.kinds.workspace import FINGERPRINT, Workspace
from stacks.bindings import PLAIN

VARIABLE = "HVN_PART"
"""The environment variable of a process that builds a part: `1/2` is the second of two parts."""

WORTH = 40
"""The minimum number of workspaces for each process. Building fewer takes less time than starting a process."""
MOST = 4

Synthesize = Callable[[Sequence[Workspace], str, Collection[str]], None]
"""Write the workspaces to the folder, and leave the stacks with these ids empty."""


class Changed(Exception):
    """The topology file changed while its workspaces were built. The message is one line."""


def count(workspaces: int) -> int:
    """Return the number of processes that build this number of workspaces, at most one for each CPU."""
    cpus = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 1
    return 1 if os.environ.get(PLAIN) else max(1, min(MOST, cpus, workspaces // WORTH))


def part(wanted: Sequence[Workspace]) -> Sequence[Workspace]:
    """Return the workspaces of the part that VARIABLE names; without the variable, all workspaces."""
    number, _, parts = os.environ.get(VARIABLE, "0/1").partition("/")
    return wanted[int(number) :: int(parts)]


def build(wanted: Sequence[Workspace], output: pathlib.Path, synthesize: Synthesize) -> int:
    """Build the first part in this process, the other parts in new processes, and move the files to the output folder.

    Return 0, or the exit code of a process that failed and printed its error. Raises `Changed`.
    """
    parts = count(len(wanted))
    output.mkdir(parents=True, exist_ok=True)
    with scratch.beside(output) as folder:
        started = [
            subprocess.Popen(
                python("main"),
                env=os.environ | {VARIABLE: f"{number}/{parts}", "CDKTF_OUTDIR": str(folder / str(number))},
            )
            for number in range(1, parts)
        ]
        try:
            elsewhere = {workspace.id for workspace in wanted} - {workspace.id for workspace in wanted[::parts]}
            synthesize(wanted, str(folder / "0"), elsewhere)
        except BaseException:
            for process in started:
                process.kill()
            raise
        codes = [process.wait() for process in started]
        if any(codes):
            return max(map(abs, codes))
        for number, workspace in enumerate(wanted):
            _move(folder / str(number % parts) / "stacks" / workspace.id, output / "stacks" / workspace.id, workspace)
        (folder / "0" / "manifest.json").replace(output / "manifest.json")
    return 0


def _move(built: pathlib.Path, place: pathlib.Path, workspace: Workspace) -> None:
    if workspace.inputs and (built / FINGERPRINT).read_text() != workspace.inputs.fingerprint:
        raise Changed("the topology file changed while its workspaces were built: repeat the command")
    place.mkdir(parents=True, exist_ok=True)
    for file in built.iterdir():
        file.replace(place / file.name)
