"""The JSON of `hvn login explain`."""

from collections.abc import Iterator

from pages.json_keys.tables import keys_table, printed

ANSWER = {
    "allow": "true if Vault lets it in, provided that what was not checked fits",
    "not_checked": "ids of the checks that were not made: a login that is allowed is so only if they pass",
    "status": "HTTP status: 200, 400, 403 or 500",
    "message": "the server's first error, whole; empty if it lets it in",
    "messages": "all errors that the server may send here: of several it sends one by chance",
    "cause": "what causes it, or empty",
    "fix": "what to do, or empty",
    "where": "`file:line:column path` of what to change in the topology, or the file of the keys, or empty",
    "hint": "what else is known of the reason, or empty: whether the keys rotated, or it is another cluster's token",
    "checks": "every check in Vault's order, below",
    "openbao": "`status` and `messages` of OpenBao where it answers otherwise, or null",
}

CHECK = {
    "id": "the check's name",
    "what": "what has to be so",
    "result": "`pass`, `fail` or `not checked`",
    "expected": "what mount and role ask for",
    "found": "what the token has; never the token or its signature",
    "messages": "the errors that Vault would send for this check alone",
    "note": "a known trap, or why it was not checked",
}


def part() -> Iterator[str]:
    """Yield a sentence and its table."""
    yield "### `hvn login explain`"
    answer = printed("login", "explain", "payments", "webapp")
    yield keys_table("key", answer, ANSWER)
    yield keys_table("key of a check", answer["checks"][0], CHECK)
