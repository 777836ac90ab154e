"""The CDKTF application: reads the topology, builds the workspaces, writes `cdktf.out`.

`HVN_TOPOLOGY` names another file than config/topology.yaml; `HVN_STACKS` the workspaces to build, all unless said.
"""

# ruff: noqa: I001 - the bindings must be made lazy before anything of cdktf is imported.

import stacks.bindings

import gc
import os
import pathlib
import sys
from collections.abc import Sequence
from importlib import import_module

from cdktf import App, TerraformStack

from hvn.options import require_writable
from hvn.diagnostics.text import render
from hvn.kinds.inputs import CloudBackend
from hvn.kinds.registry import kind_of
from hvn.check import load
from hvn.yamlfile import source
from hvn.kinds.selection import UnknownWorkspace, requested, select
from hvn.kinds.workspace import FINGERPRINT, Workspace, edges, by_id
from stacks.workspace import workspace as empty_stack

TOPOLOGY = pathlib.Path(__file__).parent / "config" / "topology.yaml"


def synthesize(wanted: Sequence[Workspace], output: str | None = None) -> None:
    """Write a stack for each workspace, with the order among them, to `output` or where cdktf-cli says."""
    # With HCP Terraform's backend cdktf starts `terraform version` at synth, which a machine that only generates and
    # reviews need not have; the validation is of nothing else that we do not check ourselves.
    in_cloud = any(each.inputs and isinstance(each.inputs.backend, CloudBackend) for each in wanted)
    app = App(outdir=output, skip_validation=in_cloud)
    built: dict[str, TerraformStack] = {}
    for each in wanted:
        if each.inputs is None:
            raise ValueError(f"{each.id} is held back: {each.blocked}")
        built[each.id] = empty_stack(app, each.inputs)
        # Imported when needed: a selection loads the bindings of its own workspaces only.
        import_module(kind_of(each.id).stack).build(built[each.id], each.inputs)
    for earlier, later in edges(wanted):
        built[later].add_dependency(built[earlier])
    app.synth()
    output_of = pathlib.Path(app.outdir) / "stacks"
    for each in wanted:
        if each.inputs:
            (output_of / each.id / FINGERPRINT).write_text(each.inputs.fingerprint)


def main() -> int:
    """Build what is asked for; 1 if the topology has errors, 2 if it or what is named cannot be read or built."""
    try:
        checked = load.require(os.environ.get("HVN_TOPOLOGY") or TOPOLOGY)
        found = by_id(checked.workspaces())
        asked = requested(os.environ)
        chosen = [found[each] for each in select(tuple(found), asked)]
    except load.Invalid as invalid:
        print(render(invalid.findings), file=sys.stderr)
        return 1
    except (source.Unreadable, UnknownWorkspace) as error:
        print(error, file=sys.stderr)
        return 2
    for each in chosen:
        if each.blocked and each.id in asked:
            print(f"{each.id} is held back: {each.blocked}", file=sys.stderr)
            return 2
    require_writable(pathlib.Path(os.environ.get("CDKTF_OUTDIR") or "cdktf.out"))
    synthesize([each for each in chosen if each.inputs])
    return 0


if __name__ == "__main__":
    # Nothing is thrown away before the end, so there is nothing to collect; looking for it costs a tenth of the time.
    if not os.environ.get(stacks.bindings.PLAIN):
        gc.disable()
    sys.exit(main())
