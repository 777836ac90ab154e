"""HVN908: a role of Vault gives more than it did."""

from collections.abc import Iterator

from hvn.review.access import widened
from hvn.review.markdown import code
from hvn.review.situation import Said, Situation
from hvn.topology.finding import Level, Rule

RULE = Rule(
    id="HVN908",
    name="login-widened",
    level=Level.WARNING,
    why="whoever can log in by it can do more, or others can",
    see="https://developer.hashicorp.com/vault/api-docs/auth/jwt#create-update-role",
)


def check(situation: Situation) -> Iterator[Said]:
    """Roles that were there and are wider in their audience, subject, times or policy."""
    for key, before in situation.access_before.logins.items():
        after = situation.access_after.logins.get(key)
        wider = list(widened(before, after)) if after else []
        if wider:
            yield Said(
                workspace=key[0], text=f"role {code(key[1])} at {code(key[0])} is wider in its {', '.join(wider)}"
            )
