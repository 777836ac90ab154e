"""Run a command, and list the meaning of each key in its JSON."""

import json
import pathlib
from collections.abc import Iterable, Mapping
from typing import Any

from click.testing import CliRunner

from hvn.cli import cli
from pages.markdown import code
from pages.sample import SAMPLE


def printed(*arguments: str, topology: pathlib.Path = SAMPLE) -> Any:
    """Return the JSON that a command prints for a topology file."""
    return json.loads(CliRunner().invoke(cli, [*arguments, "--topology", str(topology), "--format", "json"]).stdout)


def keys_list(head: str, keys: Iterable[str], meanings: Mapping[str, str]) -> str:
    """Return a list with the meaning of each printed key. Raises LookupError for a key without a meaning, and for a
    meaning without a key."""
    printed_keys = list(keys)
    if differ := meanings.keys() ^ set(printed_keys):
        raise LookupError(f"{head}: printed without a meaning, or not printed: {', '.join(sorted(differ))}")
    return "\n".join(([f"{head}:\n"] if head else []) + [f"- {code(key)}: {meanings[key]}" for key in printed_keys])
