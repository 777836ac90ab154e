"""The JSON of `hvn login explain`."""

from collections.abc import Iterator

from pages.json_keys.tables import keys_list, printed

ANSWER = {
    "allow": "true if Vault allows the login, provided that the checks in `depends_on` pass",
    "certain": "true if no skipped check can change the answer",
    "depends_on": "ids of the skipped checks before the first failure; Vault may report their errors instead",
    "not_checked": "ids of all skipped checks",
    "status": "HTTP status: 200, 400, 403 or 500; 0 if Vault closes the connection",
    "message": "Vault's first error, unabridged; empty if Vault allows the login",
    "messages": "the possible errors; Vault sends one of them at random",
    "cause, fix": "cause and fix of the first failure, or empty",
    "where": "the key file, or the field to change as `file:line:column path`; may be empty",
    "hint": "a hint about rotated keys or a token of another cluster; may be empty",
    "failures": "every failed check, in the order of the fixes: `id`, `status`, `messages`, `cause`, `fix`, `where`",
    "checks": "all checks in Vault's order",
    "openbao": "`status` and `messages` of OpenBao if OpenBao answers differently, or null",
}

CHECK = {
    "id": "id of the check",
    "what": "condition that the check tests",
    "result": "`pass`, `fail` or `not checked`",
    "expected": "value that mount and role require",
    "actual": "value in the token",
    "messages": "Vault's errors if only this check fails",
    "note": "hint about the cause, or the reason why the check was skipped",
}


def part() -> Iterator[str]:
    """Yield the heading and the lists of keys of this JSON for docs/reference/commands.md."""
    yield "### `hvn login explain`"
    answer = printed("login", "explain", "payments", "webapp")
    yield keys_list("", answer, ANSWER)
    yield keys_list("A check", answer["checks"][0], CHECK)
