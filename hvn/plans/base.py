"""Workspaces as they are in the base, made with the code of now."""

import json
import pathlib
import tempfile
from collections.abc import Mapping, Sequence

from hvn.affected.history import Base
from hvn.commits import take
from hvn.plans.explained import Stack
from hvn.synthesis import Failed, synthesize


def stacks_of(base: Base, repository: pathlib.Path, ids: Sequence[str]) -> Mapping[str, Stack]:
    """Each one's `cdk.tf.json`; `repository` is any folder of it. Raises `Failed`."""
    if not ids or base.file is None:
        return {}
    with tempfile.TemporaryDirectory(prefix="hvn-base-") as made:
        folder = pathlib.Path(made)
        file = take(repository, base.commit, base.file, folder)
        if file is None:
            raise Failed(f"{base.file} cannot be read out of git any more")
        synthesize(ids, folder / "out", file)
        return {id_: read(folder / "out" / "stacks" / id_) for id_ in ids}


def read(folder: pathlib.Path) -> Stack:
    """A workspace that was synthesized there."""
    found: Stack = json.loads((folder / "cdk.tf.json").read_text(encoding="utf-8"))
    return found
