"""Vault policies: paths and capabilities that were not granted before."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from hvn.review.grants.opening import Opening, texts

TYPES = ("vault_policy",)


@dataclass(frozen=True, slots=True)
class Rule:
    """The rule for one path. `limits` are its other keys as JSON, such as allowed parameters; empty without any."""

    capabilities: frozenset[str]
    limits: str = ""


_NONE = Rule(frozenset())


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
    for path, rule in new.items():
        known = _known(old, path)
        for capability in sorted(rule.capabilities - known.capabilities):
            if capability != "deny":
                yield Opening(f"{name} on path {path}", "capability", capability)
        if path in old and rule.limits != known.limits:
            yield Opening(f"{name} on path {path}", "other limits", rule.limits)
    for path, rule in old.items():
        if "deny" in rule.capabilities and "deny" not in new.get(path, _NONE).capabilities:
            yield Opening(f"{name} on path {path}", "removed denial")


def _known(rules: Mapping[str, Rule], path: str) -> Rule:
    """Return the rule for a path; without one, the rules of the patterns that contain it, without limits."""
    if path in rules:
        return rules[path]
    wide = (rule for pattern, rule in rules.items() if pattern.endswith("*") and _contains(pattern[:-1], path))
    return Rule(frozenset().union(*(rule.capabilities for rule in wide if not rule.limits)))


def _contains(prefix: str, path: str) -> bool:
    return "+" not in prefix + path and path.startswith(prefix)


def _rules(values: Mapping[str, Any] | None) -> Mapping[str, Rule] | None:
    """Return the rules by path; None if they cannot be read."""
    if values is None:
        return {}
    try:
        document = json.loads(values["policy"])
        return {path: _rule(rule) for path, rule in document["path"].items()}
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError):
        return None


def _rule(rule: Mapping[str, Any]) -> Rule:
    limits = {key: value for key, value in rule.items() if key != "capabilities"}
    return Rule(texts(rule["capabilities"]), json.dumps(limits, sort_keys=True) if limits else "")
