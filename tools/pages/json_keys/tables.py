"""What a command really prints as JSON, and the table of its keys."""

import json
import pathlib
from collections.abc import Iterable, Mapping
from typing import Any

from click.testing import CliRunner

from hvn.cli import cli
from pages.markdown import code, table
from pages.sample import SAMPLE


def printed(*arguments: str, topology: pathlib.Path = SAMPLE) -> Any:
    """The JSON that a command prints about a topology file."""
    return json.loads(CliRunner().invoke(cli, [*arguments, "--topology", str(topology), "--format", "json"]).stdout)


def keys_table(head: str, keys: Iterable[str], meanings: Mapping[str, str]) -> str:
    """A line for each key that is really there. Raises LookupError for one without a meaning, or one that is gone."""
    there = list(keys)
    if differ := meanings.keys() ^ set(there):
        raise LookupError(f"{head}: printed without a meaning here, or no longer printed: {', '.join(sorted(differ))}")
    return table((head, "meaning"), [(code(key), meanings[key]) for key in there])
