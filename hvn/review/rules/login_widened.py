"""HVN908: a role of Vault is new, or gives more than it did."""

from collections.abc import Iterator

from hvn.review.access import Access, Login, widened, written
from hvn.review.markdown import code, codes
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
    """Roles that are wider in their audience, subject, times or policy; new ones, and what of others they open."""
    before = situation.access_before
    for key, after in situation.access_after.logins.items():
        old = before.logins.get(key)
        name = f"role {code(after.role)} at {code(after.mount)}"
        if old is None:
            if situation.before:
                yield Said(workspace=after.mount, text=f"{name} is new{_opened(before, after)}")
        elif wider := list(widened(old, after)):
            yield Said(workspace=after.mount, text=f"{name} is wider in its {', '.join(wider)}{_opened(before, after)}")


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
