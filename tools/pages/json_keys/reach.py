"""The JSON of `hvn reach`."""

from collections.abc import Iterator

from pages.json_keys.tables import keys_table, printed

ANSWER = {
    "from": "where the connection begins",
    "from_cidr": "the range there",
    "to": "where it ends",
    "to_cidr": "the range there",
    "port": "TCP port",
    "verdict": "`reaches`, `blocked`, or `unknown` where something on the way is not ours to know",
    "died": "why it is blocked, or null",
    "asymmetric": "whether one way leads through the firewall and the other does not",
    "unknown": "what is not ours to know",
    "there": "`hops` of the request (`at`, `what`), and whether it comes `by_firewall`",
    "back": "the same of the answer; null if the request does not arrive",
}


def part() -> Iterator[str]:
    """A sentence and its table."""
    yield "`hvn reach --format json` prints a list, an answer for each pair of ranges:"
    yield keys_table("key of an answer", printed("reach", "payments", "--to", "vault")[0], ANSWER)
