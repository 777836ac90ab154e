"""The JSON of `hvn reach`."""

from collections.abc import Iterator

from pages.json_keys.tables import keys_list, printed

ANSWER = {
    "from, from_cidr": "source and its range",
    "to, to_cidr": "destination and its range",
    "port": "TCP port",
    "verdict": "`reaches`, `blocked`, or `unknown` if a setting on the route is outside this topology",
    "blocked_by": "reason why the connection is blocked, or null",
    "asymmetric": "true if only one direction of the connection goes through the firewall",
    "unknown": "unknown settings on the route",
    "rule": "`name`, `path` and `line` of the firewall rule that allows the request, or null",
    "missing_rule": "rule or peering to add, as YAML, or null",
    "request": (
        "`hops` of the request, with `at` and `what`; `by_firewall` is true if the request goes through the firewall"
    ),
    "reply": "the same keys for the reply; null if the request is blocked",
}


def part() -> Iterator[str]:
    """Yield the heading and the lists of keys of this JSON for docs/reference/commands.md."""
    yield "### `hvn reach`"
    yield keys_list(
        "A list with one object for each pair of ranges", printed("reach", "payments", "--to", "vault")[0], ANSWER
    )
