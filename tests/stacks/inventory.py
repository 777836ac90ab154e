"""Compare a workspace with its inventory: a small YAML file with the expected contents, for reviewers.

    counts:            every resource and data source type, exactly (data sources as data.<type>)
    backend:           the backend, exactly
    providers:         the provider blocks, exactly
    values:            all resources as <type>.<name>, each with some arguments: mappings match as a subset,
                       other values exactly; `__missing__` for an argument that must be absent
    outputs:           the names of the outputs, exactly

`python -m tests.stacks.inventory WORKSPACE…` updates inventories from the sample [default: all]. Arguments that an
inventory omits stay omitted; the inventory's first comment and its `__missing__` stay unchanged. A new resource gets
all its arguments.
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
    """Return the inventory of a workspace; empty if the file does not exist."""
    file = FOLDER / f"{workspace}.yaml"
    return yaml.safe_load(file.read_text(encoding="utf-8")) if file.exists() else {}


def take(synthesized: Mapping[str, Any]) -> dict[str, Any]:
    """Return the inventory of a synthesized workspace, with all arguments."""
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
    """Yield one line for each difference between a workspace and its inventory."""
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
            yield f"{address}: is missing"


def _differences(expected: Any, actual: Any, at: str) -> Iterator[str]:
    if isinstance(expected, dict) and isinstance(actual, dict):
        for key, value in expected.items():
            if value == MISSING:
                if key in actual:
                    yield f"{at}.{key}: must be absent, is {actual[key]!r}"
            elif key not in actual:
                yield f"{at}.{key}: is missing, should be {value!r}"
            else:
                yield from _differences(value, actual[key], f"{at}.{key}")
    elif isinstance(expected, list) and isinstance(actual, list) and len(expected) == len(actual):
        for index, (expected_item, item) in enumerate(zip(expected, actual, strict=True)):
            yield from _differences(expected_item, item, f"{at}[{index}]")
    elif expected != actual:
        yield f"{at}: is {actual!r}, should be {expected!r}"


def renew(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, Any]:
    """Return the new inventory with the arguments that the old inventory lists."""
    old_values = old.get("values", {})
    values = {address: _renew(old_values.get(address), value) for address, value in new["values"].items()}
    return {**new, "values": values}


def _renew(old: Any, new: Any) -> Any:
    if old == MISSING:  # keep `__missing__`, because only a person may remove it
        return old
    if isinstance(old, dict) and isinstance(new, dict):
        return {key: _renew(value, new.get(key)) for key, value in old.items() if key in new or value == MISSING}
    if isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        return [_renew(before, now) for before, now in zip(old, new, strict=True)]
    return new


class _Readable(yaml.SafeDumper):
    """A YAML writer that writes short mappings and lists on one line, and texts of several lines as blocks."""

    def represent_mapping(self, tag: str, mapping: Any, flow_style: bool | None = None) -> yaml.MappingNode:
        node = super().represent_mapping(tag, mapping, flow_style)
        node.flow_style = _is_short([part for pair in node.value for part in pair])
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
        built = [workspace for workspace in require(SAMPLE).workspaces() if workspace.inputs]
        main.synthesize(built, output)
        for workspace in built:
            if workspaces and workspace.id not in workspaces:
                continue
            text = (pathlib.Path(output) / "stacks" / workspace.id / "cdk.tf.json").read_text(encoding="utf-8")
            inventory = renew(read(workspace.id), take(json.loads(text)))
            body = yaml.dump(inventory, Dumper=_Readable, sort_keys=False, width=1000)
            file = FOLDER / f"{workspace.id}.yaml"
            file.write_text(_head(file) + body, encoding="utf-8")


def _head(file: pathlib.Path) -> str:
    lines = file.read_text(encoding="utf-8").splitlines(keepends=True) if file.exists() else []
    return "".join(line for line in lines if line.startswith("#"))


if __name__ == "__main__":
    _write(sys.argv[1:])
