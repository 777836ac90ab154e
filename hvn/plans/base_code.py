"""Synthesize workspaces with the base's code, so that the review can report the effect of changed code."""

import io
import json
import os
import pathlib
import subprocess
import sys
import tarfile
from collections.abc import Mapping, Sequence

from hvn import scratch
from hvn.affected.history import PROJECT
from hvn.commits import git, text
from hvn.kinds.selection import VARIABLE
from hvn.plans.explained import Stack
from hvn.synthesis import Failed

EXPORTED = ("main.py", "hvn", "stacks", "cdktf.json")
"""The files that generate Terraform from a topology file. The base's files run with the packages of the current
virtualenv."""


def stacks_by_base_code(commit: str, file: pathlib.Path, ids: Sequence[str]) -> Mapping[str, Stack]:
    """Return each workspace's `cdk.tf.json`, generated from a topology file by the code of a commit.

    Raises `Failed` if the commit's code cannot be read or does not accept the file.
    """
    if not ids:
        return {}
    with scratch.folder("base-code") as folder:
        _export(commit, folder / "code")
        environment = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "PYTHONHOME")}
        environment |= {
            "HVN_TOPOLOGY": str(file.absolute()),
            "CDKTF_OUTDIR": str(folder / "out"),
            VARIABLE: " ".join(ids),
        }
        done = subprocess.run(
            [sys.executable, "-I", "-c", RUN, str(folder / "code")],
            cwd=folder / "code",
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        if done.returncode:
            raise Failed(done.stdout.rstrip())
        stacks = folder / "out" / "stacks"
        return {id_: json.loads((stacks / id_ / "cdk.tf.json").read_text(encoding="utf-8")) for id_ in ids}


# Run Python isolated from the caller's folder and environment. Add only the exported code to the module path.
RUN = (
    "import runpy, sys; sys.path.insert(0, sys.argv[1]); runpy.run_path(sys.argv[1] + '/main.py', run_name='__main__')"
)


def at(commit: str) -> tuple[pathlib.Path, str]:
    """Return the folder of the project's repository, and git's prefix for the project's files in a commit, such as
    `<commit>:<folder>/`."""
    top = git(PROJECT, "rev-parse", "--show-toplevel")
    home = pathlib.Path(text(top).strip("\n")) if top else PROJECT
    prefix = PROJECT.relative_to(home).as_posix() if PROJECT.is_relative_to(home) else "."
    return home, f"{commit}:" if prefix == "." else f"{commit}:{prefix}/"


def _export(commit: str, folder: pathlib.Path) -> None:
    """Write the code of a commit into a folder. Raises `Failed` if git cannot read the code."""
    home, prefix = at(commit)
    tree = prefix.removesuffix(":").removesuffix("/")
    listed = text(git(home, "ls-tree", "--name-only", tree) or b"").split("\n")
    archive = git(home, "archive", "--format=tar", tree, *[name for name in EXPORTED if name in listed])
    if archive is None or "main.py" not in listed:
        raise Failed(f"git cannot read the code of {commit[:12]}")
    with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
        tar.extractall(folder, filter="data")
