"""HVN933: other pipelines can log in to Vault, or the mount, issuer or namespace of the login changes."""

from collections.abc import Iterator

from hvn.diagnostics.finding import Finding, Level, Message, Rule
from hvn.diagnostics.message import Text, joined
from hvn.kinds.workspace import WorkspaceId
from hvn.review.ci_logins import CiLogin, CiLogins, ci_logins
from hvn.review.context import Context

RULE = Rule(
    id="HVN933",
    name="ci-login-changed",
    level=Level.WARNING,
    reports=(
        "A Vault role of CI is new or removed, or accepts other pipelines (an error if these can apply without a "
        "review)."
    ),
    why="a pipeline with the role `apply` can give itself every right in the namespace; without a login, plan and "
    "apply fail",
    fix="use an environment with required reviewers",
    example="""\
vault:
  ci:
    github:
      audience: https://github.com/example-org
      subject_prefix: repo:example-org/infra
      apply: [pull_request]
""",
    see="docs/how-to/ci-login.md",
)
LABEL = "hvn: opens"
ADMIN = "admin"
ROLE, WORKSPACE = "vault_jwt_auth_backend_role", WorkspaceId("vault")


def check(context: Context) -> Iterator[Finding]:
    """Yield one finding for each role that is new, removed, or open to other pipelines."""
    if not context.before:  # without a base every role would be new
        return
    before, now = ci_logins(context.before), ci_logins(context.after)
    yield from _removed(context, before, now)
    for key, after in now.items():
        old = before.get(key)
        errors = list(_errors(old, after))
        changed = old is None or {*after.role.subjects} != {*old.role.subjects} or _elsewhere(old) != _elsewhere(after)
        if not changed:
            continue
        then = Message("before, {who}", who=old.who) if old else Message("is new")
        yield Finding(
            rule=RULE,
            level=Level.ERROR if errors else None,
            workspace=WORKSPACE,
            message=Message(
                "role {role} at {mount}: {then}; now, {who}. The role has the policy {policy}{writes}{reasons}",
                role=after.role.name,
                mount=after.mount.path,
                then=then,
                who=after.who,
                policy=after.policy,
                writes=Message(", which may write {paths}", paths=after.writes) if after.writes else Message(""),
                reasons=Message(". {reasons}", reasons=joined(reasons, ". "))
                if (reasons := [*errors, *_warnings(old, after)])
                else Message(""),
            ),
        )


def _removed(context: Context, before: CiLogins, now: CiLogins) -> Iterator[Finding]:
    """Yield the removed roles that the plan does not destroy. HVN921 reports roles that the plan destroys."""
    destroyed = {change.address for change in context.destroyed(ROLE).get(WORKSPACE, ())}
    plan = context.plans.get(WORKSPACE)
    for key, old in before.items():
        if key in now or f"{ROLE}.ci_{old.mount.name}_{old.role.name}" in destroyed:
            continue
        kept = Message("; the plan does not destroy the role: no apply created it, or somebody removed it")
        yield Finding(
            rule=RULE,
            workspace=WORKSPACE,
            message=Message(
                "role {role} at {mount} is removed: {who} can no longer log in{kept}",
                role=old.role.name,
                mount=old.mount.path,
                who=old.who,
                kept=kept if plan and not plan.failed else Message(""),
            ),
        )


def _elsewhere(login: CiLogin) -> tuple[str, str, str]:
    return login.mount.issuer, login.role.audience, login.namespace


def _errors(old: CiLogin | None, new: CiLogin) -> Iterator[Message]:
    """Yield the reasons why somebody can now apply without a review."""
    if not new.writes:
        return
    if new.from_pull_requests and not (old and old.from_pull_requests):
        yield Message("**A pull request can apply before its review**: its own workflow can log in")
    if old is None:
        return
    if others := sorted(new.sources - old.sources):
        yield Message("**Other sources can log in**: {sources}", sources=[Text(other) for other in others])
    if old.mount.issuer != new.mount.issuer:
        yield Message("**Another issuer signs the tokens**: its operator can log in as any pipeline")
    if new.namespace == ADMIN != old.namespace:
        yield Message("**In the namespace {name} the role can give itself every right in Vault**", name=ADMIN)


def _warnings(old: CiLogin | None, new: CiLogin) -> Iterator[Message]:
    if old is None:
        return
    if old.role.audience != new.role.audience:
        yield Message("Pipelines that request the audience {old} can no longer log in", old=Text(old.role.audience))
    if old.namespace != new.namespace:
        yield Message(
            "The login moves from the namespace {old} to {new}; the old login works until somebody removes it",
            old=old.namespace or "of the environment",
            new=new.namespace or "of the environment",
        )
