"""HVN908: a Vault role grants more rights, or a new role can write, or can read the paths of other roles."""

from collections.abc import Container, Iterator

from hvn.diagnostics.finding import Finding, Level, Message, Rule
from hvn.diagnostics.message import Text, Words, joined
from hvn.review.access import Access, Login, gained, longer, other_tokens, with_capabilities, written
from hvn.review.context import Context

RULE = Rule(
    id="HVN908",
    name="login-widened",
    level=Level.WARNING,
    reports=(
        "A Vault role accepts additional JWTs, its Vault tokens get a longer TTL, or it gets access to more paths or "
        "credentials. A new role reads the paths of other roles, or can write."
    ),
    why="a login with the role has more rights, or other clients can log in",
    fix="check that the app needs the access, and that the owners of shared paths agree",
    example="""\
spokes:
  payments:
    cluster:
      apps:
        webapp: {ttl: 8h}
""",
    see="https://developer.hashicorp.com/vault/api-docs/auth/jwt#create-update-role",
)
LABEL = "hvn: opens"


def check(context: Context) -> Iterator[Finding]:
    """Yield findings about roles that accept other tokens, or have longer TTLs or more paths. Yield findings about new
    roles that can write, or share paths with other roles.

    A new path of the kv engine, or a new name of a mount or role, does not widen a role. HVN933 reports new roles of
    CI, and the tokens that they accept.
    """
    before = context.access_before
    for key, after in context.access_after.logins.items():
        old = before.logins.get(key)
        if after.ci and old is None:
            continue
        opened = list(_opened(before, context.access_after.logins, after))
        changes = [*_wider(old, after), *opened] if old else [Message("is new"), *opened]
        if (old and changes) or (not old and context.before and opened):
            yield Finding(
                rule=RULE,
                workspace=context.owner_of(after.mount, after.role),
                message=Message(
                    "role {role} at {mount} {changes}", role=after.role, mount=after.mount, changes=joined(changes)
                ),
            )


def _wider(before: Login, after: Login) -> Iterator[Message]:
    if not after.ci and other_tokens(before, after):
        yield Message("accepts {new} instead of {old}", new=after.tokens, old=before.tokens)
    for name in longer(before, after):
        yield Message(
            "has a longer {name}: {old} s → {new} s",
            name=Words(name),
            old=getattr(before, name),
            new=getattr(after, name),
        )
    if more := [one for one in gained(before, after) if one[0] not in after.creates]:
        yield Message("gets access to {paths}", paths=with_capabilities(tuple(more)))
    if allowed := sorted(before.denied - after.denied):
        yield Message("no longer denies {paths}", paths=[Text(path) for path in allowed])


def _opened(before: Access, kept: Container[tuple[str, str]], login: Login) -> Iterator[Message]:
    """Yield the role's new policies from outside this project, its new credentials and certificates, and its new write
    access. Also yield its new paths that other roles already have.

    A removed role does not count as another role: after a rename, the new role has the paths of the removed role.
    """
    old = before.logins.get((login.mount, login.role))
    if unknown := sorted({*login.unknown} - {*(old.unknown if old else ())}):
        yield Message("gets existing policies with unknown content: {policies}", policies=unknown)
    known = {path for path, _ in old.paths} if old else set()
    new = {path for path, _ in login.paths} - known
    for kind in ("credentials", "certificates"):
        if created := [Text(path) for path in sorted(new) if login.creates.get(path) == kind]:
            yield Message("may now get {kind} from {paths}", kind=Words(kind), paths=created)
    if writes := sorted(written(login) - (written(old) if old else set())):
        yield Message("may write {paths}", paths=[Text(path) for path in writes])
    shared = sorted(
        {
            (path, other.role, other.mount)
            for key, other in before.logins.items()
            for path, _ in other.paths
            if path in new and key in kept
        }
    )
    if shared:
        paths = [
            Message("{path} (as {role} at {mount})", path=Text(path), role=role, mount=mount)
            for path, role, mount in shared
        ]
        yield Message("reads paths of other roles: {paths}", paths=paths)
