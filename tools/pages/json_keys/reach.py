"""The JSON of `hvn reach`."""

from collections.abc import Iterator

from pages.json_keys.tables import keys_table, printed

ANSWER = {
    "from": "the source",
    "from_cidr": "its address range",
    "to": "the destination",
    "to_cidr": "its address range",
    "port": "the TCP port",
    "verdict": "`reaches`, `blocked`, or `unknown` if the path depends on settings outside the topology",
    "died": "the reason why it is blocked, or null",
    "asymmetric": "true if only one direction passes the firewall",
    "unknown": "the settings outside the topology that the path depends on",
    "there": "the `hops` of the request (`at`, `what`); `by_firewall` is true if it passes the firewall",
    "back": "the same for the answer; null if the request does not arrive",
}


def part() -> Iterator[str]:
    """Yield a sentence and its table."""
    yield "### `hvn reach`\n\nA list with an answer for each pair of ranges."
    yield keys_table("key of an answer", printed("reach", "payments", "--to", "vault")[0], ANSWER)
