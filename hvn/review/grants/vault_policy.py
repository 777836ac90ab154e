"""Vault policies: paths and capabilities that were not granted before."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from hvn.review.grants.opening import Opening, texts

TYPES = ("vault_policy",)


def openings(_type: str, before: Mapping[str, Any] | None, after: Mapping[str, Any] | None) -> Iterator[Opening]:
    """Yield each new capability by path, and each removed denial. A policy that is not JSON cannot be compared."""
    if after is None:
        return
    name = f"policy {after.get('name')}"
    old, new = _rules(before), _rules(after)
    if new is None or old is None:
        if before is None or before.get("policy") != after.get("policy"):
            yield Opening(name, "policy that cannot be compared", "not JSON")
        return
    for path, capabilities in new.items():
        for capability in sorted(capabilities - old.get(path, frozenset())):
            if capability != "deny":
                yield Opening(f"{name} on path {path}", "capability", capability)
    for path, capabilities in old.items():
        if "deny" in capabilities and "deny" not in new.get(path, frozenset()):
            yield Opening(f"{name} on path {path}", "removed denial")


def _rules(values: Mapping[str, Any] | None) -> Mapping[str, frozenset[str]] | None:
    """Return the capabilities by path; None if they cannot be read."""
    if values is None:
        return {}
    try:
        document = json.loads(values["policy"])
        return {path: texts(rule["capabilities"]) for path, rule in document["path"].items()}
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError):
        return None
