"""Find the paths and capabilities that Vault policies newly grant."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from hvn.review.grants.opening import Opening, texts
from hvn.review.grants.wildcards import fits
from hvn.strict_json import loads

TYPES = ("vault_policy",)
DENY = "deny"


@dataclass(frozen=True, slots=True)
class Rule:
    """The rule for one path. `limits` are its other keys as JSON, such as allowed parameters; empty if the rule has no
    other keys."""

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
            reason = "known after apply" if after.get("policy") is None else "not JSON"
            yield Opening(name, "policy that cannot be compared", reason)
        return
    for path, rule in new.items():
        known = _known(old, path)
        for capability in sorted(rule.capabilities - known.capabilities - {DENY}):
            yield Opening(f"{name} on path {path}", "capability", capability)
        if path in old and rule.limits != known.limits:
            yield Opening(f"{name} on path {path}", "other limits", rule.limits or "none")
    for path, rule in old.items():
        now = _left(new, path)
        if DENY in rule.capabilities and DENY not in now.capabilities:
            yield Opening(f"{name} on path {path}", "removed denial")
        elif path not in new:
            # Without its own rule, the path has the rights of a pattern.
            for capability in sorted(now.capabilities - rule.capabilities - {DENY}):
                yield Opening(f"{name} on path {path}", "capability", capability)


def _known(rules: Mapping[str, Rule], path: str) -> Rule:
    """Return the rule for a path. Without one, return the longest pattern that contains the path: Vault applies only
    the most specific rule (developer.hashicorp.com/vault/docs/concepts/policies#priority-matching).

    A pattern with limits does not count. All patterns are ignored if one contains `+`, because the pattern with `+` may
    be more specific.
    """
    if path in rules:
        return rules[path]
    if "+" in path or any("+" in pattern for pattern in rules):
        return _NONE
    wide = [pattern for pattern in rules if pattern.endswith("*") and path.startswith(pattern[:-1])]
    rule = rules[max(wide, key=len)] if wide else _NONE
    return _NONE if rule.limits else rule


def _left(rules: Mapping[str, Rule], path: str) -> Rule:
    """Return the rule that applies to a path without its own rule, or the rights of all patterns that may apply."""
    matching = [pattern for pattern in rules if "+" in pattern and _matches(pattern, path)]
    if path in rules or not matching:
        return _known({pattern: rule for pattern, rule in rules.items() if "+" not in pattern}, path)
    return Rule(frozenset().union(*(rules[pattern].capabilities for pattern in rules if _matches(pattern, path))))


def _matches(pattern: str, path: str) -> bool:
    """Return whether a pattern matches a path. `+` matches one segment; `*` at the end matches any text."""
    wanted = pattern.removesuffix("*").split("/")
    any_end = pattern.endswith("*")
    segments = path.split("/", len(wanted) - 1) if any_end else path.split("/")
    parts = [segment.split("+") for segment in wanted]
    if any_end:
        parts[-1].append("")
    return len(parts) == len(segments) and all(map(fits, parts, segments))


def _rules(values: Mapping[str, Any] | None) -> Mapping[str, Rule] | None:
    """Return the rules by path; None if they cannot be read."""
    if values is None:
        return {}
    try:
        document = loads(values["policy"])
        return {path: _rule(rule) for path, rule in document["path"].items()}
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError):
        return None


def _rule(rule: Mapping[str, Any]) -> Rule:
    limits = {key: value for key, value in rule.items() if key != "capabilities"}
    return Rule(texts(rule["capabilities"]), json.dumps(limits, sort_keys=True) if limits else "")
