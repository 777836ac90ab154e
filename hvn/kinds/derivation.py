"""Derive the workspaces of a topology. A workspace that depends on a blocked workspace is also blocked."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from hvn.kinds.kind import Site
from hvn.kinds.registry import kinds
from hvn.kinds.workspace import Workspace
from hvn.topology.jwks import Jwks
from hvn.topology.model import Topology
from hvn.topology.spoke_peerings import spokes_in_order


def workspaces(topology: Topology, keys: Mapping[str, Jwks]) -> tuple[Workspace, ...]:
    """Return all workspaces of a valid topology in deployment order, with the spokes in the order of their names. A
    spoke follows the spokes in its `peerings`.

    `keys` are the committed public keys by spoke. A workspace is blocked if its keys are not committed. Workspaces that
    depend on a blocked workspace are also blocked.
    """
    derived = list(_derived(topology, keys))
    known = {workspace.id for workspace in derived}
    blocked: set[str] = set()
    for index, workspace in enumerate(derived):
        waits_for = sorted(set(workspace.after) & blocked)
        reason = workspace.blocked or (f"comes after {', '.join(waits_for)}" if waits_for else "")
        if reason:
            blocked.add(workspace.id)
        derived[index] = replace(
            workspace,
            inputs=None if reason else workspace.inputs,
            blocked=reason,
            # An id without a workspace belongs to an existing resource.
            after=tuple(id_ for id_ in workspace.after if id_ in known),
        )
    return tuple(derived)


def _derived(topology: Topology, keys: Mapping[str, Jwks]) -> Iterator[Workspace]:
    for name in ("", *spokes_in_order(topology)):
        site = Site(topology, keys, name)
        for kind in kinds():
            if kind.per_spoke is bool(name) and (workspace := kind.derive(site)):
                yield workspace
