"""Synthesize workspaces with changed code of the project, as `hvn plans` does on a branch that changes the code."""

import json
import os
import pathlib
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from typing import Any

from hvn.kinds.selection import VARIABLE
from hvn.plans.base_code import EXPORTED, RUN
from tests.conftest import PROJECT

Replaced = Mapping[str, tuple[str, str]]
"""By file of the project, a text and its replacement."""


def changed(name: str, replaced: Replaced) -> str:
    """Return the text of a file of the project after the change. Fails if the file lacks the text."""
    text, (old, new) = (PROJECT / name).read_text(encoding="utf-8"), replaced[name]
    assert old in text, f"{name} lacks {old}"
    return text.replace(old, new)


def synthesized(
    replaced: Replaced, file: pathlib.Path, ids: Sequence[str], folder: pathlib.Path
) -> dict[str, dict[str, Any]]:
    """Return the Terraform of workspaces by the changed code."""
    code = folder / "code"
    code.mkdir(parents=True)
    unused = shutil.ignore_patterns("rehearsal", "review", "__pycache__")
    for name in EXPORTED:
        if (PROJECT / name).is_dir():
            shutil.copytree(PROJECT / name, code / name, ignore=unused)
        else:
            shutil.copy(PROJECT / name, code / name)
    for name in replaced:
        (code / name).write_text(changed(name, replaced), encoding="utf-8")
    variables = {"HVN_TOPOLOGY": str(file), "CDKTF_OUTDIR": str(folder / "out"), VARIABLE: " ".join(ids)}
    subprocess.run([sys.executable, "-I", "-c", RUN, str(code)], cwd=code, env=os.environ | variables, check=True)
    return {id_: json.loads((folder / "out" / "stacks" / id_ / "cdk.tf.json").read_text()) for id_ in ids}
