"""HVN925: an edit removes a role of a login mount, or the policy of the role."""

from collections.abc import Iterator

from hvn.diagnostics.finding import Finding, Level, Rule
from hvn.review.context import Context
from hvn.review.losses import destroyed
from hvn.review.rules.logins_lost import LOSSES, ROLES, removed

RULE = Rule(
    id="HVN925",
    name="login-removed",
    level=Level.WARNING,
    reports="An edit removes a role of a JWT mount, or the role's policy.",
    why="the app can no longer log in; existing tokens stay valid until they expire, but lose the permissions of a "
    "removed policy",
    fix="check that the app no longer runs",
    example="""\
spokes:
  payments:
    cluster:
      apps: {webapp: null}
""",
    see="https://developer.hashicorp.com/vault/docs/concepts/policies",
)
LABEL = "hvn: destroys"


def check(context: Context) -> Iterator[Finding]:
    """Yield findings about roles and policies that an edit removes. HVN921 reports roles and policies that are
    destroyed without an edit."""
    for workspace, changes in context.destroyed(*ROLES).items():
        if by_edit := [change for change in changes if removed(context, workspace, change)]:
            yield destroyed(RULE, context, workspace, by_edit, LOSSES)
