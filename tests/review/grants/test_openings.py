"""The review finds the access that a change from one value to another opens."""

from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hvn.review.grants import grants, openings
from tests.review.grants import engine_pairs, exposure_pairs, nsg_pairs, pairs
from tests.review.grants.values import (
    ASSIGNMENT,
    CLUSTER,
    CONNECTION,
    DATABASE_ROLE,
    DEFINITION,
    MOUNT,
    PKI_ROLE,
    POLICY,
    ROLE,
    RULES,
    SECURITY,
    VAULT,
)

OPENS = {**pairs.OPENS, **engine_pairs.OPENS, **nsg_pairs.OPENS, **exposure_pairs.OPENS}
CLOSES = {**pairs.CLOSES, **engine_pairs.CLOSES, **nsg_pairs.CLOSES, **exposure_pairs.CLOSES}


@pytest.mark.parametrize("case", OPENS)
def test_the_change_opens_access(case: str) -> None:
    type_, before, after, words = OPENS[case]
    shown = {f"{opening.subject} {opening.aspect} {opening.value}" for opening in openings(type_, before, after)}
    assert any(words in text for text in shown), shown


@pytest.mark.parametrize("case", CLOSES)
def test_the_change_opens_no_access(case: str) -> None:
    type_, before, after = CLOSES[case]
    assert openings(type_, before, after) == frozenset()


@pytest.mark.parametrize("case", OPENS)
def test_unchanged_values_open_no_access(case: str) -> None:
    type_, before, after, _ = OPENS[case]
    for values in (before, after):
        if values is not None and "not JSON" not in str(openings(type_, None, values)):
            assert openings(type_, values, deepcopy(values)) == frozenset()


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
ARGUMENTS = sorted({key for type_, _, after, _ in OPENS.values() for key in after or {}})


@given(
    st.sampled_from(
        [
            *(POLICY, ROLE, MOUNT, RULES, SECURITY, "azurerm_network_security_rule", ASSIGNMENT, DEFINITION, CLUSTER),
            *(VAULT, CONNECTION, DATABASE_ROLE, PKI_ROLE),
        ]
    ),
    st.none() | st.dictionaries(st.sampled_from(ARGUMENTS), values),
    st.none() | st.dictionaries(st.sampled_from(ARGUMENTS), values),
)
def test_no_values_end_in_a_traceback(type_: str, before: Any, after: Any) -> None:
    assert grants(type_)
    assert isinstance(openings(type_, before, after), frozenset)
