"""HVN925: an edit takes a role of Vault's logins away, or its policy."""

from collections.abc import Iterator

from hvn.diagnostics.finding import Level, Rule
from hvn.review.context import Said, Situation
from hvn.review.destroyed import told
from hvn.review.rules.logins_lost import GOES, ROLES, removed

RULE = Rule(
    id="HVN925",
    name="login-removed",
    level=Level.WARNING,
    why="whoever logs in by this role no longer can; tokens that it gave live on until they end, without the policy",
    see="https://developer.hashicorp.com/vault/docs/concepts/policies",
)


def check(situation: Situation) -> Iterator[Said]:
    """Roles and policies that the topology had and no longer has; what else is destroyed is an error (logins-lost)."""
    for id_, changes in situation.gone(*ROLES).items():
        if gone := [each for each in changes if removed(situation, id_, each)]:
            yield told(situation, id_, gone, GOES)
