"""What a workspace is expected to hold, as a small YAML file a reviewer can read.

    counts:            every resource and data source type, exactly (data sources as data.<type>)
    backend:           the backend, exactly
    providers:         the provider blocks, exactly
    values:            all resources as <type>.<name>, each with some of its arguments: mappings match as a subset,
                       everything else exactly; `__missing__` for an argument that must not be there
    outputs:           the names of the outputs, exactly

`python -m tests.stacks.inventory WORKSPACE…` brings inventories up to the present sample (all of them if none is
named). What a file leaves out stays out, and so do its head comment and what it says must be missing; a new resource
comes with all its arguments.
"""

import json
import pathlib
import sys
import tempfile
from collections.abc import Iterator, Mapping
from typing import Any

import yaml

FOLDER = pathlib.Path(__file__).parent / "inventories"
MISSING = "__missing__"
EXACT = ("counts", "backend", "providers", "outputs")


def read(workspace: str) -> dict[str, Any]:
    """The inventory of a workspace; empty if there is none yet."""
    file = FOLDER / f"{workspace}.yaml"
    return yaml.safe_load(file.read_text(encoding="utf-8")) if file.exists() else {}


def take(synthesized: Mapping[str, Any]) -> dict[str, Any]:
    """The inventory that a synthesized workspace has."""
    resources = dict(_resources(synthesized))
    counts: dict[str, int] = {}
    for address in resources:
        kind = address.rsplit(".", 1)[0]
        counts[kind] = counts.get(kind, 0) + 1
    return {
        "counts": counts,
        "backend": synthesized["terraform"].get("backend") or {"cloud": synthesized["terraform"]["cloud"]},
        "providers": synthesized["provider"],
        "values": resources,
        "outputs": sorted(synthesized.get("output", {})),
    }


def _resources(synthesized: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for prefix, section in (("", "resource"), ("data.", "data")):
        for kind, named in synthesized.get(section, {}).items():
            for name, arguments in named.items():
                yield f"{prefix}{kind}.{name}", {key: value for key, value in arguments.items() if key != "//"}


def differences(expected: Mapping[str, Any], actual: Mapping[str, Any]) -> Iterator[str]:
    """Where a workspace is not what its inventory says, one line a place."""
    for section in EXACT:
        if expected.get(section) != actual[section]:
            yield f"{section}: is {actual[section]!r}, should be {expected.get(section)!r}"
    for address in actual["values"]:
        if address not in expected["values"]:
            yield f"{address}: is not in the inventory"
    for address, arguments in expected["values"].items():
        if address in actual["values"]:
            yield from _differences(arguments, actual["values"][address], address)
        else:
            yield f"{address}: is not there"


def _differences(expected: Any, actual: Any, at: str) -> Iterator[str]:
    if isinstance(expected, dict) and isinstance(actual, dict):
        for key, value in expected.items():
            if value == MISSING:
                if key in actual:
                    yield f"{at}.{key}: must not be there, is {actual[key]!r}"
            elif key not in actual:
                yield f"{at}.{key}: is not there, should be {value!r}"
            else:
                yield from _differences(value, actual[key], f"{at}.{key}")
    elif isinstance(expected, list) and isinstance(actual, list) and len(expected) == len(actual):
        for index, (wanted, found) in enumerate(zip(expected, actual, strict=True)):
            yield from _differences(wanted, found, f"{at}[{index}]")
    elif expected != actual:
        yield f"{at}: is {actual!r}, should be {expected!r}"


def renew(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, Any]:
    """The new inventory in the words of the old one."""
    values = {address: _renew(old.get("values", {}).get(address), found) for address, found in new["values"].items()}
    return {**new, "values": values}


def _renew(old: Any, new: Any) -> Any:
    if old == MISSING:  # even if it is there now: taking the guard out is a person's work
        return old
    if isinstance(old, dict) and isinstance(new, dict):
        return {key: _renew(value, new.get(key)) for key, value in old.items() if key in new or value == MISSING}
    if isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        return [_renew(before, now) for before, now in zip(old, new, strict=True)]
    return new


class _Readable(yaml.SafeDumper):
    """One line for what is short (a route, a list of ranges), and texts of several lines as they are."""

    def represent_mapping(self, tag: str, mapping: Any, flow_style: bool | None = None) -> yaml.MappingNode:
        node = super().represent_mapping(tag, mapping, flow_style)
        node.flow_style = _is_short([each for pair in node.value for each in pair])
        return node

    def represent_sequence(self, tag: str, sequence: Any, flow_style: bool | None = None) -> yaml.SequenceNode:
        node = super().represent_sequence(tag, sequence, flow_style)
        node.flow_style = _is_short(node.value)
        return node

    def represent_str(self, data: str) -> yaml.ScalarNode:
        return self.represent_scalar("tag:yaml.org,2002:str", data, style="|" if "\n" in data else None)


_Readable.add_representer(str, _Readable.represent_str)


def _is_short(nodes: list[yaml.Node]) -> bool:
    return all(isinstance(node, yaml.ScalarNode) for node in nodes) and sum(len(node.value) + 3 for node in nodes) < 100


def _write(workspaces: list[str]) -> None:
    import main
    from hvn.check.load import require
    from tests.conftest import SAMPLE

    with tempfile.TemporaryDirectory() as output:
        built = [each for each in require(SAMPLE).workspaces() if each.inputs]
        main.synthesize(built, output)
        for each in built:
            if workspaces and each.id not in workspaces:
                continue
            text = (pathlib.Path(output) / "stacks" / each.id / "cdk.tf.json").read_text(encoding="utf-8")
            made = renew(read(each.id), take(json.loads(text)))
            body = yaml.dump(made, Dumper=_Readable, sort_keys=False, width=1000)
            file = FOLDER / f"{each.id}.yaml"
            file.write_text(_head(file) + body, encoding="utf-8")


def _head(file: pathlib.Path) -> str:
    lines = file.read_text(encoding="utf-8").splitlines(keepends=True) if file.exists() else []
    return "".join(line for line in lines if line.startswith("#"))


if __name__ == "__main__":
    _write(sys.argv[1:])
