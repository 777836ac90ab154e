"""The JSON of `hvn reach`."""

from collections.abc import Iterator

from pages.json_keys.tables import keys_list, printed

ANSWER = {
    "from": "source of the connection",
    "from_cidr": "range of the source",
    "to": "destination of the connection",
    "to_cidr": "range of the destination",
    "port": "TCP port",
    "verdict": "`reaches`, `blocked`, or `unknown` if a setting on the route is outside this topology",
    "died": "the reason why the connection is blocked, or null",
    "asymmetric": "true if only one direction of the connection passes the firewall",
    "unknown": "unknown settings outside this topology",
    "rule": "firewall rule that allows the request (`name`, `path` and `line` in the file), or null",
    "missing_rule": "YAML of the firewall rule that the connection lacks, or null",
    "there": "`hops` of the request (`at`, `what`), and whether it passes the firewall (`by_firewall`)",
    "back": "the keys of `there` for the route of the reply; null if the request does not arrive",
}


def part() -> Iterator[str]:
    """Yield the heading and the lists of keys of this JSON for docs/reference/commands.md."""
    yield "### `hvn reach`"
    yield keys_list(
        "A list with one object for each pair of ranges", printed("reach", "payments", "--to", "vault")[0], ANSWER
    )
