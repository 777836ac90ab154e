"""Texts with wildcards match as regular expressions do, but in linear time."""

import re

from hypothesis import example, given
from hypothesis import strategies as st

from hvn.review.grants import openings
from hvn.review.grants.opening import Opening
from hvn.review.grants.wildcards import fits


@given(st.lists(st.text("ab", max_size=2), min_size=1, max_size=5), st.text("ab", max_size=8))
@example(["ab", "ba"], "aba")
@example(["", ""], "")
def test_equals_a_regular_expression(parts: list[str], text: str) -> None:
    assert fits(parts, text) == bool(re.fullmatch(".*".join(map(re.escape, parts)), text))


def test_many_wildcards_in_a_role_definition_take_linear_time() -> None:
    def role(action: str) -> dict[str, object]:
        return {"scope": "/s", "permissions": [{"actions": [action]}], "assignable_scopes": ["/s"]}

    wide, action = "*a" * 5_000 + "*", "a" * 4_999 + "b"
    changed = openings("azurerm_role_definition", role(wide), role(action))
    assert changed == {Opening("role definition on /s", "actions", action)}


def test_many_wildcards_in_a_policy_take_linear_time() -> None:
    def policy(path: str) -> dict[str, str]:
        return {"name": "p", "policy": f'{{"path": {{"{path}": {{"capabilities": ["read"]}}}}}}'}

    # Without its own rule, the path could get the capabilities of the pattern.
    path = "a" * 4_999
    assert openings("vault_policy", policy(path), policy("+a" * 5_000)) == {
        Opening("policy p on path " + "+a" * 5_000, "capability", "read")
    }
