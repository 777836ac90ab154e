"""Run main.py in its own process, so that the commands do not load jsii."""

import os
import pathlib
import subprocess
from collections.abc import Iterable

from hvn.isolation import python
from hvn.kinds.selection import VARIABLE
from hvn.options import PROJECT


class Failed(Exception):
    """main.py failed to synthesize the workspaces. The message is the whole output of main.py."""


def synthesize(ids: Iterable[str], output: pathlib.Path, file: pathlib.Path | None) -> None:
    """Synthesize these workspaces of a topology file into a folder. Raises `Failed` if main.py fails."""
    variables = {"CDKTF_OUTDIR": str(output), VARIABLE: " ".join(ids)}
    if file:
        variables["HVN_TOPOLOGY"] = str(file.absolute())
    done = subprocess.run(
        python("main"),
        cwd=PROJECT,
        env=os.environ | variables,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode:
        raise Failed(done.stdout.rstrip())
