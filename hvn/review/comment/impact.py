"""Write the parts of the comment about connections and logins before and after the change."""

from collections.abc import Iterator

from hvn.diagnostics.markdown import code, markdown
from hvn.diagnostics.message import Message
from hvn.reach.answer import Answer
from hvn.review.access import Login, gained, with_capabilities
from hvn.review.context import Context


def reachability(context: Context) -> Iterator[str]:
    """Yield a line for each connection that changes, with the answer before and after."""
    for delta in context.reach:
        connection = f"{code(delta.source)} → {code(delta.destination)}, {delta.traffic}"
        yield f"- {connection}: {_answer(delta.before)} → {_answer(delta.after)}"


def _answer(answer: Answer | None) -> str:
    if answer is None:
        return "does not exist"
    firewall = " through the firewall" if answer.request.by_firewall and not answer.blocked_by else ""
    return f"**{answer.verdict}**{firewall}"


def logins(context: Context) -> Iterator[str]:
    """Yield the Vault roles that are added, changed or removed, with their accepted tokens and paths."""
    before = context.access_before.logins
    after = context.access_after.logins
    for mount, role in sorted({*before, *after}):
        old, new = before.get((mount, role)), after.get((mount, role))
        name = f"{code(role)} at {code(mount)}"
        if old and new:
            if changes := list(_changes(old, new)):
                yield "\n".join((f"- {name} changes", *(f"  - {change}" for change in changes)))
        elif new:
            yield _login(f"- {name} **can log in**", new)
        elif old:
            yield _login(f"- {name} **can no longer log in**", old)


def _changes(old: Login, new: Login) -> Iterator[str]:
    if _tokens(old) != _tokens(new):
        yield f"{_tokens(old)} → {_tokens(new)}"
    if more := gained(old, new):
        yield markdown(Message("gets access to {paths}", paths=with_capabilities(more)))
    if less := gained(new, old):
        yield markdown(Message("loses access to {paths}", paths=with_capabilities(less)))


def _login(head: str, login: Login) -> str:
    paths = [markdown(path) for path in with_capabilities(login.paths)]
    if len(paths) == 1:
        return f"{head}: {_tokens(login)}; {paths[0]}"
    return "\n".join((f"{head}: {_tokens(login)}", *(f"  - {path}" for path in paths)))


def _tokens(login: Login) -> str:
    """Return the tokens that a role accepts and its TTLs."""
    times = f", for {login.ttl} s, renewable up to {login.max_ttl} s" if login.ttl else ""
    return markdown(login.tokens) + times
