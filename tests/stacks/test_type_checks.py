"""stacks/type_checks.py finds the same errors in arguments as the bindings' own checks."""

import typing
from collections.abc import Mapping, Sequence
from typing import Any, Literal

import pytest
import typeguard

import stacks  # noqa: F401 - the lazy bindings work only if this comes before cdktf

# isort: split
from cdktf import TerraformResourceLifecycle, TerraformStack, Testing
from cdktf_cdktf_provider_azurerm.resource_group import ResourceGroup

from stacks import type_checks

TYPES = [str, bool, str | None, Sequence[str], Mapping[str, str], Literal["a"], str | bool | None, int | Sequence[str]]
TYPES += [TerraformResourceLifecycle | dict[str, Any] | None, Sequence[TerraformResourceLifecycle]]
VALUES: list[Any] = ["a", "b", True, 1, 1.5, None, ["a"], ["a", 1], {"a": "b"}, {"a": 1}, [], b"a", (1,)]
VALUES += [TerraformResourceLifecycle(), [TerraformResourceLifecycle()], [TerraformResourceLifecycle(), 1]]


def result(check: Any, value: Any, expected: Any) -> str:
    try:
        check("argument x", value, expected)
    except TypeError as error:
        return str(error)
    return "passed"


@pytest.mark.parametrize("expected", TYPES, ids=str)
def test_the_result_of_a_check_does_not_depend_on_earlier_checks(expected: Any) -> None:
    for value in [*VALUES, *reversed(VALUES)]:
        assert result(type_checks.check_type, value, expected) == result(type_checks.check, value, expected)


def test_the_hints_of_every_function_of_the_bindings_are_unchanged() -> None:
    stubs = [one for name, one in ResourceGroup.__init__.__globals__.items() if name.startswith(type_checks.STUB)]
    assert stubs
    for stub in stubs:
        assert typing.get_type_hints(stub) == type_checks.hints(stub)
        assert typing.get_type_hints(stub) is typing.get_type_hints(stub)


def test_a_wrong_argument_after_a_correct_one_is_an_error() -> None:
    assert typeguard.check_type is type_checks.check_type
    stack = TerraformStack(Testing.app(), "stack")
    ResourceGroup(stack, "one", name="rg", location="japaneast", managed_by=None)
    wrong: Any = 1
    with pytest.raises(TypeError, match="type of argument name must be str; got int instead"):
        ResourceGroup(stack, "two", name=wrong, location="japaneast")
    with pytest.raises(TypeError, match=r"type of argument managed_by must be one of .*; got int instead"):
        ResourceGroup(stack, "three", name="rg", location="japaneast", managed_by=wrong)
    with pytest.raises(RuntimeError, match="Value is not a string"):
        ResourceGroup(stack, "four", name="rg", location="japaneast", tags={"a": wrong})


def test_another_typeguard_keeps_its_own_function(monkeypatch: pytest.MonkeyPatch) -> None:
    other: Any = lambda value, expected_type: None  # noqa: E731

    monkeypatch.setattr(type_checks, "check", other)
    monkeypatch.setattr(typeguard, "check_type", other)
    type_checks.install()
    assert typeguard.check_type is other
