"""HVN900: workspaces get another state, in which nothing is yet."""

from collections.abc import Iterator

from hvn.diagnostics.finding import Rule
from hvn.kinds.hub.inputs import HubInputs
from hvn.kinds.inputs import AzurermBackend, Backend, CloudBackend, Inputs
from hvn.review.context import Said, Situation
from hvn.review.markdown import code, codes

RULE = Rule(
    id="HVN900",
    name="state-moved",
    why="with an empty state Terraform makes all of it a second time, or fails on what is there, and forgets the first",
    see="docs/how-to/state.md",
)


def check(situation: Situation) -> Iterator[Said]:
    """Another backend, or another place in it: the topology's name is a part of that."""
    moved: list[str] = [
        workspace.id
        for workspace, before, after in situation.pairs(Inputs)
        if after is not None and before.backend != after.backend
    ]
    if moved:
        yield Said(
            workspace="",
            text=f"the state of {codes(moved)} moves, and Terraform does not move it by itself here. What the rest of "
            "this comment says holds for a state that was moved",
            by_hand="move every state to its new place before the first plan, or take the edit back: "
            f"`terraform init -migrate-state` in each workspace{_out_of_reach(situation)}",
        )


def _out_of_reach(situation: Situation) -> str:
    """What the runners have to be let through to first, as Markdown; nothing if the firewall does so already."""
    for _, before, after in situation.pairs(HubInputs):
        host = _host(after.backend) if after else ""
        if host and host not in {name for rule in before.firewall.application_rules for name in rule.fqdns}:
            return (
                f". The firewall does not let the runners reach {code(host)} yet: its rule comes with this change, and "
                "`hub` is applied with the new state already. Name the host in `hub.runners.allow_fqdns` in a change "
                "before this one; or move the state of `hub` and apply `hub` from outside of the network first"
            )
    return ""


def _host(backend: Backend) -> str:
    """Where the state is reached, if it is not a file."""
    if isinstance(backend, AzurermBackend):
        return f"{backend.storage_account}.blob.core.windows.net"
    return backend.hostname if isinstance(backend, CloudBackend) else ""
