"""`hvn schema`: the JSON Schema of the topology file, for editors."""

import json
import pathlib
import sys
from typing import Any

import click

from hvn.options import CONFIG, stop
from hvn.topology.model import Topology
from hvn.yamlfile import replacing

FILE = CONFIG / "topology.schema.json"


@click.command()
@click.option("--write", "action", flag_value="write", help="Write it to config/topology.schema.json.")
@click.option("--check", "action", flag_value="check", help="Exit 1 if config/topology.schema.json is another one.")
def command(action: str | None) -> None:
    """Print the JSON Schema that editors use to complete and to explain the topology file.

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
    """The schema of the model, as text that ends in a newline."""
    made = {"$schema": "https://json-schema.org/draft/2020-12/schema", **_closed(Topology.model_json_schema())}
    return json.dumps(made, indent=2, ensure_ascii=False) + "\n"


def _closed(part: Any) -> Any:
    """What pydantic leaves open in a mapping: keys that fit no pattern, and its size, which it calls a length."""
    if isinstance(part, list):
        return [_closed(each) for each in part]
    if not isinstance(part, dict):
        return part
    made = {key: _closed(each) for key, each in part.items()}
    if "patternProperties" in made:
        made["additionalProperties"] = False
        if "maxLength" in made:
            made["maxProperties"] = made.pop("maxLength")
    return made


def _write(file: pathlib.Path, text: str) -> None:
    try:
        file.touch()
        replacing.replace(file, file.read_bytes(), text.encode())
    except (OSError, replacing.Changed) as error:
        reason = getattr(error, "strerror", None) or "somebody else has changed it meanwhile"
        stop(f"{file} cannot be written ({reason}): nothing was changed")


def _differs(file: pathlib.Path, text: str) -> bool:
    try:
        same = file.read_bytes() == text.encode()
    except FileNotFoundError:
        same = False
    except OSError as error:
        stop(f"{file} cannot be read ({error.strerror}): change its permissions")
    if not same:
        click.echo(f"{file.name} is not the schema of the model: run `bin/hvn schema --write`", err=True)
    return not same
