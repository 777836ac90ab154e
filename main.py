"""The CDKTF application: read the topology, build its workspaces, and write `cdktf.out`.

Environment: `HVN_TOPOLOGY`, the topology file [default: config/topology.yaml]; `HVN_STACKS`, names and patterns of the
workspaces to build [default: all].

Argument of `hvn rehearse`: `--made-up-keys`, which replaces missing public keys of clusters.
"""

# ruff: noqa: I001, E402 - the bindings must be made lazy before the first import of cdktf.

import os

CUSTOM_NODE = bool(os.environ.keys() & {"JSII_NODE", "NODE_OPTIONS"})

import stacks.batches
import stacks.bindings
import stacks.node

if __name__ == "__main__":
    stacks.node.require(custom=CUSTOM_NODE)

import gc
import pathlib
import sys
from collections.abc import Collection, Sequence
from importlib import import_module

from cdktf import App, TerraformStack

from hvn.options import require_writable
from hvn.diagnostics.text import render
from hvn.kinds.inputs import AzureInputs, CloudBackend
from hvn.kinds.registry import kind_of
from hvn.check import load
from hvn.yamlfile import source
from hvn.kinds.selection import UnknownWorkspace, requested, select
from hvn.kinds.workspace import FINGERPRINT, Workspace, edges, by_id
from hvn.synthesis import MADE_UP_KEYS
from stacks import extra, parts
from stacks.workspace import leave_to_policy
from stacks.workspace import workspace as empty_stack

TOPOLOGY = pathlib.Path(__file__).parent / "config" / "topology.yaml"


def synthesize(wanted: Sequence[Workspace], output: str | None = None, elsewhere: Collection[str] = ()) -> None:
    """Write the stacks of the workspaces and their dependencies to `output`, or to the folder that cdktf-cli names.

    The stacks with the ids `elsewhere` stay empty, because other processes build them (stacks/parts.py).
    """
    # Skip cdktf's validation. With HCP Terraform's backend it runs `terraform version`, but a machine that only
    # generates and reviews needs no Terraform. The model makes all other checks of the validation.
    in_cloud = any(workspace.inputs and isinstance(workspace.inputs.backend, CloudBackend) for workspace in wanted)
    app = App(outdir=output, skip_validation=in_cloud)
    built: dict[str, TerraformStack] = {}
    for workspace in wanted:
        if workspace.inputs is None:
            raise ValueError(f"{workspace.id} is blocked: {workspace.blocked}")
        if workspace.id in elsewhere:
            built[workspace.id] = TerraformStack(app, workspace.id)
            continue
        built[workspace.id] = empty_stack(app, workspace.inputs)
        # A local import, so that a selection loads only the bindings of its workspaces.
        import_module(kind_of(workspace.id).stack).build(built[workspace.id], workspace.inputs)
        if isinstance(workspace.inputs, AzureInputs):
            leave_to_policy(built[workspace.id], workspace.inputs)
    for earlier, later in edges(wanted):
        built[later].add_dependency(built[earlier])
    app.synth()
    folder = pathlib.Path(app.outdir) / "stacks"
    for workspace in wanted:
        if workspace.inputs and workspace.id not in elsewhere:
            extra.merge(folder / workspace.id, workspace.inputs)
            (folder / workspace.id / FINGERPRINT).write_text(workspace.inputs.fingerprint)


def main() -> int:
    """Build the selected workspaces. Return 1 if the topology has errors, 2 if the topology cannot be read or a
    workspace cannot be built."""
    if parts.VARIABLE in os.environ:
        parts.end_with_first()
    try:
        checked = load.require(os.environ.get("HVN_TOPOLOGY") or TOPOLOGY)
        if MADE_UP_KEYS in sys.argv:
            checked = checked.with_made_up_keys()
        workspaces = by_id(checked.workspaces())
        names = requested(os.environ)
        selected = [workspaces[id_] for id_ in select(tuple(workspaces), names)]
    except load.Invalid as invalid:
        print(render(invalid.findings), file=sys.stderr)
        return 1
    except (source.Unreadable, UnknownWorkspace) as error:
        print(error, file=sys.stderr)
        return 2
    for workspace in selected:
        if workspace.blocked and workspace.id in names:
            print(f"{workspace.id} is blocked: {workspace.blocked}", file=sys.stderr)
            return 2
    output = pathlib.Path(os.environ.get("CDKTF_OUTDIR") or "cdktf.out")
    require_writable(output)
    wanted = [workspace for workspace in selected if workspace.inputs]
    if parts.VARIABLE not in os.environ and parts.count(len(wanted)) > 1:
        try:
            return parts.build(wanted, output, synthesize)
        except parts.Failed as failed:
            print(failed, file=sys.stderr)
            return 2
    synthesize(parts.part(wanted))
    return 0


if __name__ == "__main__":
    # Turn garbage collection off: no objects become garbage before the end, and the collection costs a tenth of the
    # time.
    if not os.environ.get(stacks.bindings.PLAIN):
        gc.disable()
        stacks.batches.postpone_creations()
    sys.exit(main())
