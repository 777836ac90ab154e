"""HVN900: workspaces get another state, in which nothing is yet."""

from collections.abc import Iterator

from hvn.review.markdown import codes
from hvn.review.situation import Said, Situation
from hvn.topology.finding import Rule
from hvn.topology.inputs import Inputs

RULE = Rule(
    id="HVN900",
    name="state-moved",
    why="with an empty state Terraform makes all of it a second time, or fails on what is there, and forgets the first",
    see="docs/how-to/state.md",
)


def check(situation: Situation) -> Iterator[Said]:
    """Another backend, or another place in it: the topology's name is a part of that."""
    moved = [
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
            "`terraform init -migrate-state` in each workspace",
        )
