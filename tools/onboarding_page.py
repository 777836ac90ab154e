"""The JSON of `addresses`, `spoke add` and `reach`, for the page of commands: a word for each key that they print."""

import json
import pathlib
import tempfile
from collections.abc import Mapping
from typing import Any

from click.testing import CliRunner

from hvn.cli import cli

POOL_KEYS = {
    "pool": "the pool's name",
    "cidr": "its range",
    "transit": "whether its spokes reach Vault through the hub's firewall",
    "used": "addresses that spokes have",
    "free": "addresses that nobody has",
    "largest_free": "the largest free block, or null",
    "blocks": "its blocks in the order of their addresses: `cidr`, and `spoke` or null",
}
ADDED_KEYS = {
    "spoke": "the new spoke",
    "pool": "the pool that its range is of",
    "cidr": "its range",
    "line": "its line in the file",
    "workspaces": "its workspaces in the order of their deployment",
    "warnings": "the ids of warnings that there were not before",
}
ANSWER_KEYS = {
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


def rows(sample: pathlib.Path) -> Mapping[str, list[tuple[str, str]]]:
    """By command, the keys that it really prints, each with what it means. Raises `KeyError` for a new one."""
    pool = _printed("addresses", "--topology", str(sample))[0]
    answer = _printed("reach", "payments", "--to", "vault", "--topology", str(sample))[0]
    with tempfile.TemporaryDirectory() as folder:
        file = pathlib.Path(folder, "topology.yaml")
        file.write_bytes(sample.read_bytes())
        added = _printed("spoke", "add", "shipping", "--size", "16", "--topology", str(file))
    return {
        "addresses": [(f"`{key}`", POOL_KEYS[key]) for key in pool],
        "spoke add": [(f"`{key}`", ADDED_KEYS[key]) for key in added],
        "reach": [(f"`{key}`", ANSWER_KEYS[key]) for key in answer],
    }


def _printed(*arguments: str) -> Any:
    return json.loads(CliRunner().invoke(cli, [*arguments, "--format", "json"]).stdout)
