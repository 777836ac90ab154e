"""Run main.py in a process of its own, so that the commands load no jsii."""

import os
import pathlib
import subprocess
from collections.abc import Iterable

from hvn.isolation import python
from hvn.kinds.selection import VARIABLE
from hvn.options import PROJECT


class Failed(Exception):
    """The workspaces could not be synthesized. The message is main.py's whole output."""


def synthesize(ids: Iterable[str], output: pathlib.Path, file: pathlib.Path | None) -> None:
    """Write these workspaces of a topology file to a folder. Raises `Failed`."""
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
