"""A manual step: work for a person that no workspace does."""

from dataclasses import dataclass
from typing import Literal

Owner = Literal["deployer", "dns", "hub", "on-premises", "remote", "spoke", "vault"]


@dataclass(frozen=True, slots=True)
class Step:
    """One step. At most one of `before` and `after` is the id of a workspace, the deploy that limits the time of the
    step."""

    text: str
    """Imperative sentences."""
    owner: Owner
    """The person who can do the step: the person who deploys, or an owner of DNS servers, of the hub, of an on-premises
    network, of a remote VNet, of a spoke's existing resources, or of Vault."""
    before: str = ""
    after: str = ""
    commands: tuple[str, ...] = ()
    """Shell commands that do the step."""
