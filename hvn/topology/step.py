"""A manual step: work that a person does, because no workspace does it."""

from dataclasses import dataclass
from typing import Literal

Owner = Literal["deployer", "dns", "hub", "on-premises", "remote", "spoke", "vault"]


@dataclass(frozen=True, slots=True)
class Step:
    """One step. A person does the step before or after the deploy of a workspace: `before` or `after` is the id of this
    workspace. Both are empty if the order has no effect."""

    text: str
    """Imperative sentences."""
    owner: Owner
    """The person who can do the step. `deployer` deploys the workspaces. The other values name the part of the network
    that the person owns."""
    before: str = ""
    after: str = ""
    commands: tuple[str, ...] = ()
    """Shell commands that do the step."""
