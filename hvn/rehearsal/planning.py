"""What a provider does with a configuration at plan: fill in defaults, leave open what the cloud decides, see replacement."""

from collections.abc import Iterator
from typing import Any

from hvn.rehearsal.schemas import Block
from hvn.rehearsal.tables import Table
from hvn.rehearsal.wire import UNKNOWN


def planned(block: Block, table: Table, config: Any, proposed: Any, *, new: bool, prefix: str = "") -> Any:
    """The state that is planned: as proposed, with defaults, and `UNKNOWN` where the cloud decides on creation."""
    if not isinstance(proposed, dict):
        return proposed
    made = dict(proposed)
    for name, attribute in block.attributes.items():
        given = config.get(name) if isinstance(config, dict) else None
        if given is not None or made.get(name) is not None:
            continue
        default = table.of(f"{prefix}{name}").get("default")
        if default is not None:
            made[name] = default
        elif attribute.computed and new:
            made[name] = UNKNOWN
    for name, nested in block.blocks.items():
        inner, given = made.get(name), config.get(name) if isinstance(config, dict) else None
        if isinstance(inner, list):
            made[name] = [
                planned(
                    nested.block,
                    table,
                    given[index] if isinstance(given, list) and index < len(given) else None,
                    value,
                    new=new,
                    prefix=f"{prefix}{name}.",
                )
                for index, value in enumerate(inner)
            ]
    return made


def replaced(block: Block, table: Table, prior: Any, after: Any, prefix: str = "") -> Iterator[tuple[str | int, ...]]:
    """Paths of changed arguments that the provider cannot change in place."""
    if not isinstance(prior, dict) or not isinstance(after, dict):
        return
    for name in block.attributes:
        if table.of(f"{prefix}{name}").get("force_new") and prior.get(name) != after.get(name):
            yield (name,)
    for name, nested in block.blocks.items():
        before, now = prior.get(name) or [], after.get(name) or []
        if not isinstance(before, list) or not isinstance(now, list):
            continue
        if table.of(f"{prefix}{name}").get("force_new") and len(before) != len(now):
            yield (name,)
        if nested.nesting == "list":
            for index, (old, new) in enumerate(zip(before, now, strict=False)):
                for path in replaced(nested.block, table, old, new, f"{prefix}{name}."):
                    yield (name, index, *path)


def refused(block: Block, table: Table, config: Any, prefix: str = "") -> Iterator[tuple[tuple[str, ...], str]]:
    """What the provider refuses at validate: values that are not allowed, arguments that exclude each other."""
    if not isinstance(config, dict):
        return
    for name in block.attributes:
        path, value = f"{prefix}{name}", config.get(name)
        known = table.of(path)
        if isinstance(value, str) and "enum" in known and value not in known["enum"] and not _folded(value, known):
            yield (name,), f"expected {path} to be one of {known['enum']}, got {value}"
        if value is not None and not prefix:
            for other in known.get("conflicts_with", ()):
                if config.get(other) is not None:
                    yield (name,), f"{path} conflicts with {other}"
    for name, nested in block.blocks.items():
        for each in config.get(name) or ():
            for path, why in refused(nested.block, table, each, f"{prefix}{name}."):
                yield (name, *path), why


def _folded(value: str, known: dict[str, Any]) -> bool:
    """hcp compares its closed lists without regard to case."""
    return value.casefold() in {allowed.casefold() for allowed in known["enum"]}


def settled(block: Block, value: Any, make_up: Any, prefix: str = "") -> Any:
    """A planned state with everything known: what the cloud decides comes from `make_up(path, type)`."""
    if not isinstance(value, dict):
        return value
    made = dict(value)
    for name, attribute in block.attributes.items():
        if made.get(name) is UNKNOWN:
            made[name] = make_up(f"{prefix}{name}", attribute)
        elif attribute.nested and isinstance(made.get(name), dict):
            made[name] = settled(attribute.nested, made[name], make_up, f"{prefix}{name}.")
    for name, nested in block.blocks.items():
        if isinstance(made.get(name), list):
            made[name] = [settled(nested.block, each, make_up, f"{prefix}{name}.") for each in made[name]]
        elif made.get(name) is UNKNOWN:
            made[name] = []
    return made
