"""The JSON of `hvn reach`."""

from collections.abc import Iterator

from pages.json_keys.tables import keys_list, printed

ANSWER = {
    "from, from_cidr": "source and its range",
    "to, to_cidr": "destination and its range",
    "protocol, port": "the port is null for `icmp`",
    "verdict": "`reaches`, `blocked`, or `unknown` if a setting on the route is outside this topology",
    "blocked_by": "reason, or null",
    "asymmetric": "true if only one direction goes through the firewall",
    "unknown": "unknown settings on the route",
    "rule": "`name`, `path` and `line` of the allowing firewall rule, or null",
    "missing_rule": "rules or peering to add, as YAML, or null",
    "request": ("`hops` of the request, with `at` and `what`; `by_firewall`: whether it goes through the firewall"),
    "reply": "the same keys; null if the request is blocked",
}


def part() -> Iterator[str]:
    """Yield the heading and the lists of keys of this JSON for docs/reference/commands.md."""
    yield "### `hvn reach`"
    yield keys_list(
        "A list with one object for each pair of ranges", printed("reach", "payments", "--to", "vault")[0], ANSWER
    )
