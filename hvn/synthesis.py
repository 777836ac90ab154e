"""Run main.py in its own process, so that the commands do not load jsii."""

import os
import pathlib
import subprocess
from collections.abc import Iterable

from hvn.isolation import python
from hvn.kinds.selection import VARIABLE
from hvn.options import PROJECT

MADE_UP_KEYS = "--made-up-keys"
"""The argument of main.py that replaces missing public keys of clusters. Only a rehearsal passes this argument."""


class Failed(Exception):
    """main.py failed to synthesize the workspaces. The message is the whole output of main.py."""


def synthesize(ids: Iterable[str], output: pathlib.Path, file: pathlib.Path | None, *arguments: str) -> None:
    """Synthesize these workspaces of a topology file into a folder, with these arguments of main.py. Raises `Failed` if
    main.py fails."""
    variables = {"CDKTF_OUTDIR": str(output), VARIABLE: " ".join(ids)}
    if file:
        variables["HVN_TOPOLOGY"] = str(file.absolute())
    done = subprocess.run(
        python("main", *arguments),
        cwd=PROJECT,
        env=os.environ | variables,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode:
        raise Failed(done.stdout.rstrip())
