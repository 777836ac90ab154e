"""Read the cases in `cases/`: a base topology with a patch that makes one mistake, or with a valid patch close to a
mistake.

A file contains the cases of one rule, or of one kind of wrong value, separated by `---`. Keys of a case:

    base     a topology in `bases/`; small.yaml by default
    with     a patch of the base for both topologies below
    patch    a patch that makes the topology wrong
    expect   the reported findings, and no others: `id`, `path` (or `file`: the finding is about a whole file);
             `values` are in the message or the fix; the message names the line of the path `line`
    good     a valid patch, as close to a mistake as possible: the check reports nothing
    beside   ids of the warnings that the check reports for both topologies
    keys     key files by spoke: `keys` has a number for each key in the file, `issuer` is the file's issuer

A patch is a merge patch (RFC 7396): mappings merge, null removes a key, any other value replaces the old value. The key
`s<3>` stands for three keys, s0 to s2; in the values of these keys, `<range>` is a different /24 of 10.64.0.0/12. In a
text, `<rg-net>` is the first part of the ids of networks in the resource group rg-net.
"""

import functools
import json
import pathlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network
from typing import Any

import yaml

from hvn.check.load import Loaded, check
from hvn.yamlfile.source import parse
from tests import strategies

CASES = pathlib.Path(__file__).parent / "cases"
TEXTS = pathlib.Path(__file__).parent / "texts"
BASES = pathlib.Path(__file__).parent / "bases"
_REPEATED = re.compile(r"(.*)<(\d+)>")
_KEYS_OF_A_CASE = {"base", "with", "patch", "expect", "good", "beside", "keys"}
_NETWORKS = r"/subscriptions/22222222-2222-4222-8222-222222222222/resourceGroups/\1/providers/Microsoft.Network"
_BLOCKS = tuple(str(block) for block in IPv4Network("10.64.0.0/14").subnets(new_prefix=24))


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """One finding that a case expects."""

    id: str
    path: str = ""
    file: str = ""
    values: Sequence[object] = ()
    line: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One case: `wrong` and `good` are whole topologies, or None if the case lacks such a topology."""

    name: str
    wrong: Any
    good: Any
    expected: tuple[Expected, ...]
    beside: tuple[str, ...]
    keys: Mapping[str, Any]

    def check(self, topology: Any, folder: pathlib.Path) -> Loaded:
        """Check one of the case's topologies, and return the result. Write the case's key files to the folder first."""
        for spoke, content in self.keys.items():
            numbered = [strategies.key("P-256", number) for number in content["keys"]]
            folder.joinpath(f"{spoke}.json").write_text(json.dumps({**content, "keys": numbered}), encoding="utf-8")
        return check(parse(strategies.dump(topology), "topology.yaml"), folder)


@functools.cache
def every_case() -> tuple[Case, ...]:
    """Return all cases by name; the name of a file's second case ends in `-2`."""
    return tuple(case for file in sorted(CASES.glob("*.yaml")) for case in _of_file(file))


def _of_file(file: pathlib.Path) -> Iterator[Case]:
    for number, document in enumerate(_documents(file), start=1):
        assert document.keys() <= _KEYS_OF_A_CASE, (file.name, document.keys() - _KEYS_OF_A_CASE)
        (base,) = _documents(BASES / f"{document.get('base', 'small')}.yaml")
        base = merged(base, document.get("with", {}))
        yield Case(
            name=file.stem if number == 1 else f"{file.stem}-{number}",
            wrong=merged(base, document["patch"]) if "patch" in document else None,
            good=merged(base, document["good"]) if "good" in document else None,
            expected=tuple(Expected(**expected) for expected in document.get("expect", ())),
            beside=tuple(document.get("beside", ())),
            keys=document.get("keys", {}),
        )


@functools.cache
def _documents(file: pathlib.Path) -> tuple[Any, ...]:
    return tuple(yaml.load_all(file.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader))


def case(name: str) -> Case:
    """Return the case with this name."""
    return next(other for other in every_case() if other.name == name)


def merged(value: Any, patch: Any) -> Any:
    """Return a copy of a value with a merge patch applied."""
    if isinstance(patch, str):
        return re.sub(r"<((?i:rg)-[^>]*)>", _NETWORKS, patch)
    if isinstance(patch, list):
        return [merged(None, item) for item in patch]
    if not isinstance(patch, Mapping):
        return patch
    result = dict(value) if isinstance(value, Mapping) else {}
    for key, inner in _repeated(patch):
        if inner is None:
            result.pop(key, None)
        else:
            result[key] = merged(result.get(key), inner)
    return result


def _repeated(patch: Mapping[Any, Any]) -> Iterator[tuple[Any, Any]]:
    for key, value in patch.items():
        if match := _REPEATED.fullmatch(str(key)):
            for number in range(int(match[2])):
                filled = json.dumps(value).replace("<range>", _BLOCKS[number])
                yield f"{match[1]}{number}", json.loads(filled)
        else:
            yield key, value


def places(text: str) -> dict[str, tuple[int, set[int]]]:
    """Return the line of every path in a YAML text, and the columns of the path's key and value, counted from 1.

    The search is independent of the product, so that a test can compare the product's positions with the result.
    """
    positions: dict[str, tuple[int, set[int]]] = {}
    root = yaml.compose(text, Loader=yaml.SafeLoader)
    pending: list[tuple[str, yaml.Node]] = [("", root)] if root else []
    while pending:
        path, node = pending.pop()
        if isinstance(node, yaml.MappingNode):
            for key, value in node.value:
                below = f"{path}.{key.value}" if path else key.value
                positions[below] = (key.start_mark.line + 1, {key.start_mark.column + 1, value.start_mark.column + 1})
                pending.append((below, value))
        elif isinstance(node, yaml.SequenceNode):
            for index, item in enumerate(node.value):
                positions[f"{path}[{index}]"] = (item.start_mark.line + 1, {item.start_mark.column + 1})
                pending.append((f"{path}[{index}]", item))
    return positions
