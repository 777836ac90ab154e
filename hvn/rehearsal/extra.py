"""Rehearse the user's own Terraform. The rehearsal invents ids for types without a table. Without a schema of a type,
it omits the workspace's extra blocks."""

import json
import pathlib
from collections.abc import Iterable, Mapping

from hvn.check.extra_files import BLOCKS, types
from hvn.kinds.workspace import Workspace
from hvn.rehearsal import schemas

STACK = "cdk.tf.json"


def own_types(workspaces: Iterable[Workspace]) -> frozenset[str]:
    """Return the types in the extra files of the workspaces that have a schema, data sources as `data.<type>`."""
    inputs = [workspace.inputs for workspace in workspaces if workspace.inputs]
    return frozenset(type_ for one in inputs for type_ in types(dict(one.extra)) if schemas.has(type_))


def leave_out(stacks: pathlib.Path, workspaces: Iterable[Workspace]) -> Mapping[str, str]:
    """Remove all extra blocks from the `cdk.tf.json` of each workspace with a type that has no schema. Return a warning
    for each of these workspaces."""
    warnings: dict[str, str] = {}
    for workspace in workspaces:
        used = types(dict(workspace.inputs.extra)) if workspace.inputs else ()
        if missing := sorted(type_ for type_ in used if not schemas.has(type_)):
            file = stacks / workspace.id / STACK
            stack = json.loads(file.read_text(encoding="utf-8"))
            kept = {name: _without(block) if name in BLOCKS else block for name, block in stack.items()}
            kept = {name: block for name, block in kept.items() if block}
            file.write_text(json.dumps(kept), encoding="utf-8")
            warnings[workspace.id] = f"extra/{workspace.id} is not rehearsed: no schema of {', '.join(missing)}"
    return warnings


def _without(block: Mapping[str, Mapping[str, object]]) -> Mapping[str, object]:
    """Return a block without the names that begin with `extra_`, at its first level (outputs) or its second level."""
    kept = {
        name: {inner: body for inner, body in named.items() if not inner.startswith("extra_")}
        for name, named in block.items()
        if not name.startswith("extra_")
    }
    return {name: named for name, named in kept.items() if named}
