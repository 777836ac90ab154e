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
    """Return a list with the meaning of each printed key. `meanings` joins keys with one meaning by `, `. Raises
    LookupError for a key without a meaning, and for a meaning without a key."""
    explained = {key for names in meanings for key in names.split(", ")}
    if differ := explained ^ set(keys):
        raise LookupError(f"{head}: printed without a meaning, or not printed: {', '.join(sorted(differ))}")
    lines = [f"{', '.join(map(code, names.split(', ')))}: {meaning}" for names, meaning in meanings.items()]
    return "\n\n".join(([f"{head}:"] if head else []) + lines)
