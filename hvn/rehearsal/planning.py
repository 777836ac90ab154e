"""What a provider does at plan: fill in defaults, leave open what the cloud decides, see what must be replaced."""

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from hvn.rehearsal.schema import Attribute, Block
from hvn.rehearsal.tables import Table
from hvn.rehearsal.wire import UNKNOWN

Path = tuple[str | int, ...]


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
                planned(nested.block, table, _item(given, index), value, new=new, prefix=f"{prefix}{name}.")
                for index, value in enumerate(inner)
            ]
    return made


def _item(values: Any, index: int) -> Any:
    return values[index] if isinstance(values, list) and index < len(values) else None


def replaced(block: Block, table: Table, prior: Any, after: Any, prefix: str = "") -> Iterator[Path]:
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


def refused(block: Block, table: Table, config: Any, prefix: str = "") -> Iterator[tuple[Path, str]]:
    """What the provider refuses at validate: values that are not allowed, arguments that exclude each other."""
    if not isinstance(config, dict):
        return
    for name in block.attributes:
        for why in _wrong_value(table.of(f"{prefix}{name}"), config.get(name)):
            yield (name,), why
    for name in (*block.attributes, *block.blocks):
        for why in _wrong_company(name, table.of(f"{prefix}{name}"), config):
            yield (name,), why
    for name, nested in block.blocks.items():
        inner = config.get(name)
        for index, each in enumerate(inner if isinstance(inner, list) else ()):
            for path, why in refused(nested.block, table, each, f"{prefix}{name}."):
                yield (name, index, *path), why


def _wrong_value(known: dict[str, Any], value: Any) -> Iterator[str]:
    values = value if isinstance(value, list) else [value]
    for each in (each for each in values if isinstance(each, str)):
        # hcp compares its closed lists without regard to case, azurerm most of them.
        if "enum" in known and each.casefold() not in {str(allowed).casefold() for allowed in known["enum"]}:
            yield f"expected one of {', '.join(map(str, known['enum']))}; got {each}"
        pattern = known.get("pattern")
        if pattern and not fits(pattern, each):
            yield f"{each} does not fit {pattern}"


def fits(pattern: str, value: str) -> bool:
    """Whether a text fits a pattern of a table, `not: …` if it must not. They are Go's, of which one sign differs."""
    pattern = pattern.replace(r"\z", r"\Z")
    if pattern.startswith("not: "):
        return not re.search(pattern.removeprefix("not: "), value)
    return bool(re.search(pattern, value))


def _wrong_company(name: str, known: dict[str, Any], config: dict[str, Any]) -> Iterator[str]:
    """Paths in the tables are from the top, `a.0.b`; those here are told by their last part, within one block."""
    if _given(config, name):
        others = _last_parts(known.get("conflicts_with", ()))
        yield from (f"conflicts with {other}" for other in others if other in config and _given(config, other))
    choices = _last_parts(known.get("exactly_one_of", ()))
    # Said once, at the first of them.
    if choices and name == choices[0] and sum(_given(config, each) for each in choices) != 1:
        yield f"exactly one of {', '.join(choices)} must be given"


def _last_parts(paths: Sequence[str]) -> list[str]:
    return [path.rpartition(".")[2] for path in paths]


def _given(config: dict[str, Any], name: str) -> bool:
    return config.get(name) not in (None, [])


def settled(block: Block, value: Any, make_up: Callable[[str, Attribute], Any], prefix: str = "") -> Any:
    """A planned state with everything known: what the cloud decides comes from `make_up(path, attribute)`."""
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
