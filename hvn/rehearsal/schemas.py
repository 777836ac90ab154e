"""The schemas of a provider's types, read from its bindings once and then kept."""

import contextlib
import dataclasses
import hashlib
import json
import pathlib
import sys
import tempfile
from collections.abc import Iterable
from typing import Any

from hvn.rehearsal import bindings, schema
from hvn.rehearsal.schema import Attribute, Block, NestedBlock


def read(provider: str, types: Iterable[str]) -> dict[str, Block]:
    """Schemas of a provider's types, data sources as `data.<type>`, its own configuration as `provider`.

    Reading them from the bindings takes seconds, so they are kept in the virtualenv where that can be written.
    Raises `UnknownType` of bindings.py.
    """
    wanted = sorted(set(types))
    source = bindings.package(provider)
    made_by = b"".join(pathlib.Path(each).read_bytes() for each in (bindings.__file__, schema.__file__))
    key = hashlib.sha256(made_by + repr((source.name, source.stat().st_size, wanted)).encode()).hexdigest()[:24]
    kept = pathlib.Path(sys.prefix) / "hvn-schemas" / f"{provider}-{key}.json"
    try:
        content = json.loads(kept.read_text(encoding="utf-8"))
        return {name: _block(value) for name, value in content.items()}
    except (OSError, ValueError, KeyError, TypeError):
        found = bindings.extract(provider, wanted)
        _keep(kept, found)
        return found


def _keep(file: pathlib.Path, found: dict[str, Block]) -> None:
    text = json.dumps({name: dataclasses.asdict(block) for name, block in found.items()})
    # A virtualenv that cannot be written costs the seconds every time, no more.
    with contextlib.suppress(OSError):
        file.parent.mkdir(exist_ok=True)
        with tempfile.NamedTemporaryFile("w", dir=file.parent, delete=False, encoding="utf-8") as fresh:
            fresh.write(text)
        pathlib.Path(fresh.name).replace(file)


def _block(value: dict[str, Any]) -> Block:
    return Block(
        {
            name: Attribute(**{**each, "nested": _block(each["nested"]) if each["nested"] else None})
            for name, each in value["attributes"].items()
        },
        {name: NestedBlock(**{**each, "block": _block(each["block"])}) for name, each in value["blocks"].items()},
    )
