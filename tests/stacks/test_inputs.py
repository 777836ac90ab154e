"""Every input of a workspace reaches its Terraform: a stack reads it, and not a constant of its own."""

import ast
import dataclasses
import types
import typing
from collections.abc import Iterator, Set
from typing import Any

import pytest

from hvn.check.load import require
from hvn.kinds.registry import kinds
from tests.conftest import PROJECT, SAMPLE

SHARED = ("cluster", "kubernetes_provider", "subnets", "vault_provider", "workspace")
"""Modules of `stacks` that several stacks use."""


def inputs() -> dict[str, type]:
    """Return the class of the inputs of each kind that the sample has."""
    return {workspace.id.kind: type(workspace.inputs) for workspace in require(SAMPLE).workspaces() if workspace.inputs}


def classes(type_: Any) -> Iterator[type]:
    """Yield a dataclass and the dataclasses of its fields. Dataclasses of other modules have tests of their own."""
    if dataclasses.is_dataclass(type_) and isinstance(type_, type):
        yield type_
        for hint in typing.get_type_hints(type_).values():
            yield from classes(hint)
    elif isinstance(type_, types.UnionType) or typing.get_args(type_):
        for argument in typing.get_args(type_):
            yield from classes(argument)


def read(modules: Set[str]) -> set[str]:
    """Return the names of the attributes that these modules of `stacks` read."""
    sources = [(PROJECT / "stacks" / f"{name}.py").read_text(encoding="utf-8") for name in sorted(modules)]
    nodes = [node for source in sources for node in ast.walk(ast.parse(source))]
    return {node.attr for node in nodes if isinstance(node, ast.Attribute)}


def test_the_sample_has_every_kind() -> None:
    assert set(inputs()) == {kind.name for kind in kinds()}


@pytest.mark.parametrize("kind", sorted(inputs()))
def test_a_stack_reads_every_input(kind: str) -> None:
    stack = next(one.stack for one in kinds() if one.name == kind).removeprefix("stacks.")
    attributes = read({stack, *SHARED})
    own = {type_ for type_ in classes(inputs()[kind]) if type_.__module__ == inputs()[kind].__module__}
    names = {f"{type_.__name__}.{field.name}" for type_ in own for field in dataclasses.fields(type_)}
    assert len(names) > 2
    assert sorted(name for name in names if name.partition(".")[2] not in attributes) == []
