"""The parts of the comment about connections and logins, before and after."""

from collections.abc import Iterator

from hvn.diagnostics.markdown import code, markdown
from hvn.diagnostics.message import Message, Text
from hvn.reach.answer import Answer
from hvn.review.access import Login, at_new_mount, gained, with_capabilities
from hvn.review.context import Context


def reachability(context: Context) -> Iterator[str]:
    """Yield the connections whose answer changes."""
    for delta in context.reach:
        connection = f"{code(delta.source)} → {code(delta.destination)}, TCP {delta.port}"
        yield f"- {connection}: {_answer(delta.before)} → {_answer(delta.after)}"


def _answer(answer: Answer | None) -> str:
    if answer is None:
        return "does not exist"
    firewall = " through the firewall" if answer.there.by_firewall and not answer.died else ""
    return f"**{answer.verdict}**{firewall}"


def logins(context: Context) -> Iterator[str]:
    """Yield the roles of Vault that change, with the tokens that they accept and their paths."""
    before = at_new_mount(context.access_before, context.before, context.after).logins
    after = context.access_after.logins
    for key in sorted({*before, *after}):
        old, new = before.get(key), after.get(key)
        if old == new:
            continue
        mount, role = key
        name = f"{code(role)} at {code(mount)}"
        if new is None and old is not None:
            yield f"- {name} **can no longer log in**: {_login(old)}"
        elif old is None and new is not None:
            yield f"- {name} **can log in**: {_login(new)}"
        elif old is not None and new is not None and (changes := list(_changes(old, new))):
            yield "\n".join((f"- {name} changes", *(f"  - {change}" for change in changes)))


def _changes(old: Login, new: Login) -> Iterator[str]:
    if _tokens(old) != _tokens(new):
        yield f"{_tokens(old)} → {_tokens(new)}"
    if more := gained(old, new):
        yield markdown(Message("gets access to {paths}", paths=with_capabilities(more)))
    if less := gained(new, old):
        yield markdown(Message("loses access to {paths}", paths=with_capabilities(less)))


def _login(login: Login) -> str:
    return f"{_tokens(login)}; {markdown(Message('{paths}', paths=with_capabilities(login.paths)))}"


def _tokens(login: Login) -> str:
    """Return the tokens that a role accepts and its times. Nothing is cut: a difference may be at the end."""
    facts = Message(
        "{subjects} with audience {audience}",
        subjects=[Text(subject) for subject in login.subjects],
        audience=Text(login.audience),
    )
    times = f", for {login.ttl} s, renewable up to {login.max_ttl} s" if login.ttl else ""
    return markdown(facts) + times
