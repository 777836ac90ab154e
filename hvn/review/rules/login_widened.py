"""HVN908: a role of Vault gives more than it did, or a new one opens what others have or may write."""

from collections.abc import Iterator

from hvn.diagnostics.finding import Level, Rule
from hvn.review.access import Access, Login, as_named_now, gained, longer, other_tokens, written
from hvn.review.context import Said, Situation
from hvn.review.markdown import code, codes, paths

RULE = Rule(
    id="HVN908",
    name="login-widened",
    level=Level.WARNING,
    why="whoever can log in by it can do more, or others can",
    see="https://developer.hashicorp.com/vault/api-docs/auth/jwt#create-update-role",
)


def check(situation: Situation) -> Iterator[Said]:
    """Roles that take other tokens, live longer or may more than before; new ones that open what others have, or may
    write. The kv engine's own path is left out of the comparison.
    """
    before = as_named_now(situation.access_before, situation.before, situation.after)
    for key, after in situation.access_after.logins.items():
        old = before.logins.get(key)
        name = f"role {code(after.role)} at {code(after.mount)}"
        opened = _opened(before, after)
        if old is None:
            if situation.before and opened:
                yield Said(workspace=situation.of_mount(after.mount), text=f"{name} is new{opened}")
        elif wider := list(_wider(old, after)):
            yield Said(workspace=situation.of_mount(after.mount), text=f"{name} {', '.join(wider)}{opened}")


def _wider(before: Login, after: Login) -> Iterator[str]:
    if others := list(other_tokens(before, after)):
        yield f"takes other tokens (by {' and '.join(others)})"
    for name in longer(before, after):
        yield f"has a longer {name}: {getattr(before, name)} s → {getattr(after, name)} s"
    if more := gained(before, after):
        yield f"may now, too: {paths(more)}"


def _opened(before: Access, login: Login) -> str:
    """What it may write, and what others could read that it could not."""
    old = before.logins.get((login.mount, login.role))
    known = {path for path, _ in old.paths} if old else set()
    paths = {path for path, _ in login.paths} - known
    shared = sorted(
        {
            f"{code(path)} (as {code(each.role)} at {code(each.mount)})"
            for each in before.logins.values()
            for path, _ in each.paths
            if path in paths
        }
    )
    more = tuple(sorted(written(login) - (written(old) if old else set())))
    return (f", and may write {codes(more)}" if more else "") + (
        f", and opens what others have: {', '.join(shared[:8])}" if shared else ""
    )
