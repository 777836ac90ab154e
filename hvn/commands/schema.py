"""`hvn schema`: print the JSON Schema of the topology file."""

import json
import pathlib
import sys

import click

from hvn.options import CONFIG, stop
from hvn.topology import editor_schema
from hvn.yamlfile import replacing

FILE = CONFIG / "topology.schema.json"


@click.command()
@click.option("--write", "action", flag_value="write", help="Write the schema to config/topology.schema.json.")
@click.option("--check", "action", flag_value="check", help="Exit with 1 if config/topology.schema.json is outdated.")
def command(action: str | None) -> None:
    """Print the JSON Schema of the topology file.

    Editors use the schema to complete and to explain the fields.

    \b
    Example:
      hvn schema --check
    """
    text = schema()
    if action == "write":
        _write(FILE, text)
    elif action == "check":
        sys.exit(_differs(FILE, text))
    else:
        click.echo(text, nl=False)


def schema() -> str:
    """Return the JSON Schema of the model as text that ends with a newline."""
    return json.dumps(editor_schema.schema(), indent=2, ensure_ascii=False) + "\n"


def _write(file: pathlib.Path, text: str) -> None:
    try:
        file.touch()
        replacing.replace(file, file.read_bytes(), text.encode())
    except (OSError, replacing.Changed) as error:
        reason = getattr(error, "strerror", None) or "another process changed it"
        stop(f"{file} cannot be written ({reason}); it is unchanged")


def _differs(file: pathlib.Path, text: str) -> bool:
    try:
        same = file.read_bytes() == text.encode()
    except FileNotFoundError:
        same = False
    except OSError as error:
        stop(f"{file} cannot be read ({error.strerror}): change its permissions")
    if not same:
        click.echo(f"{file.name} is outdated: run bin/hvn schema --write", err=True)
    return not same
