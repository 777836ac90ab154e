"""Find the traffic that a planned change of a peering no longer allows.

A closing is an opening of the reverse change. Other types need no closings: HVN911 reports their unexplained changes.
"""

from collections.abc import Mapping
from typing import Any

from hvn.review.grants import openings
from hvn.review.grants.network_paths import PEERING, TARGETS
from hvn.review.grants.opening import Opening


def closings(type_: str, change: Mapping[str, Any]) -> frozenset[Opening]:
    """Return the settings that the change turns off; nothing for a new or destroyed peering, or for another type."""
    before, after = change.get("before"), change.get("after")
    if type_ != PEERING or not isinstance(before, dict) or not isinstance(after, dict):
        return frozenset()
    return frozenset(one for one in openings(type_, after, before) if one.aspect != TARGETS[PEERING])
