"""Synthesize the workspaces of the base's topology file with the current code."""

import json
import pathlib
from collections.abc import Mapping, Sequence

from hvn import scratch
from hvn.affected.history import Base
from hvn.commits import take
from hvn.plans.explained import Stack
from hvn.synthesis import Failed, synthesize


def stacks_of(base: Base, repository: pathlib.Path, ids: Sequence[str]) -> Mapping[str, Stack]:
    """Return the `cdk.tf.json` of each workspace. `repository` is any folder in the git repository. Raises `Failed`
    if the synthesis fails."""
    if not ids or base.file is None:
        return {}
    with scratch.folder("base") as folder:
        file = take(repository, base.commit, base.file, folder)
        if file is None:
            raise Failed(f"git can no longer read {base.file}")
        synthesize(ids, folder / "out", file)
        return {id_: read(folder / "out" / "stacks" / id_) for id_ in ids}


def read(folder: pathlib.Path) -> Stack:
    """Return the parsed `cdk.tf.json` in this folder."""
    stack: Stack = json.loads((folder / "cdk.tf.json").read_text(encoding="utf-8"))
    return stack
