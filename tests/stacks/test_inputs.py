"""Every input of a workspace affects the workspace's Terraform: the stack reads the input instead of a constant."""

import ast
import dataclasses
import types
import typing
from collections.abc import Iterator
from typing import Any

import pytest

from hvn.check.load import require
from hvn.kinds.registry import kinds
from tests.conftest import PROJECT, SAMPLE


def inputs() -> dict[str, type]:
    """Return the class of the inputs of each kind that the sample has."""
    return {workspace.id.kind: type(workspace.inputs) for workspace in require(SAMPLE).workspaces() if workspace.inputs}


def classes(type_: Any) -> Iterator[type]:
    """Yield a dataclass and the dataclasses of its fields, except dataclasses of other modules, which have their own
    tests.
    """
    if dataclasses.is_dataclass(type_) and isinstance(type_, type):
        yield type_
        for hint in typing.get_type_hints(type_).values():
            yield from classes(hint)
    elif isinstance(type_, types.UnionType) or typing.get_args(type_):
        for argument in typing.get_args(type_):
            yield from classes(argument)


def used(stack: str) -> Iterator[ast.Module]:
    """Yield the code of a stack, of `stacks.workspace` and `stacks.extra`, and of the modules that these import."""
    waiting, seen = [stack, "workspace", "extra"], set[str]()
    while waiting:
        name = waiting.pop()
        path = PROJECT / "stacks" / f"{name}.py"
        if name in seen or not path.exists():
            continue
        seen.add(name)
        module = ast.parse(path.read_text(encoding="utf-8"))
        yield module
        for node in ast.walk(module):
            if isinstance(node, ast.ImportFrom) and node.module == "stacks":
                waiting.extend(alias.name for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("stacks."):
                waiting.append(node.module.removeprefix("stacks."))


def read(stack: str) -> set[str]:
    """Return the names of the attributes that a stack reads."""
    return {node.attr for module in used(stack) for node in ast.walk(module) if isinstance(node, ast.Attribute)}


def test_the_sample_has_every_kind() -> None:
    assert set(inputs()) == {kind.name for kind in kinds()}


@pytest.mark.parametrize("kind", sorted(inputs()))
def test_a_stack_reads_every_input(kind: str) -> None:
    stack = next(one.stack for one in kinds() if one.name == kind).removeprefix("stacks.")
    attributes = read(stack)
    own = {type_ for type_ in classes(inputs()[kind]) if type_.__module__ == inputs()[kind].__module__}
    names = {f"{type_.__name__}.{field.name}" for type_ in own for field in dataclasses.fields(type_)}
    assert len(names) > 2
    assert sorted(name for name in names if name.partition(".")[2] not in attributes) == []
