"""Detects plans of another workspace, or of another version of the topology."""

from collections.abc import Iterator
from importlib import import_module

from hvn.diagnostics.message import Message
from hvn.kinds.registry import kind_of
from hvn.kinds.workspace import Workspace
from hvn.review.plan import Plan


def misfits(plan: Plan, workspace: Workspace) -> Iterator[Message]:
    """Yield the reasons why the plan cannot belong to this workspace or to the current topology."""
    types = import_module(kind_of(workspace.id).rights).RIGHTS.types
    foreign = [address for type_, address in plan.kept.items() if type_ not in types]
    if foreign:
        yield Message(
            "the plan is not of this workspace: a workspace {kind} has no {addresses}",
            kind=kind_of(workspace.id).title,
            addresses=foreign,
        )
    if plan.inputs and workspace.inputs and plan.inputs != workspace.inputs.fingerprint:
        yield Message("the plan is of another version of the topology: plan the workspace again")
