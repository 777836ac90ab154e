"""Find the traffic that firewall policies and network security groups newly allow."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from hvn.review.grants.opening import Opening, blocks, new_values, number, texts

GROUP = "azurerm_firewall_policy_rule_collection_group"
SECURITY_GROUP = "azurerm_network_security_group"
SECURITY_RULE = "azurerm_network_security_rule"
TYPES = (GROUP, SECURITY_GROUP, SECURITY_RULE)

COLLECTIONS = ("network_rule_collection", "application_rule_collection", "nat_rule_collection")
# Arguments of a rule, grouped by the aspect that they restrict.
ASPECTS = {
    "source": (
        *("source_addresses", "source_ip_groups", "source_address_prefix", "source_address_prefixes"),
        "source_application_security_group_ids",
    ),
    "source port": ("source_port_range", "source_port_ranges"),
    "destination": (
        *("destination_addresses", "destination_fqdns", "destination_fqdn_tags", "destination_urls"),
        *("destination_ip_groups", "destination_address", "destination_address_prefix"),
        *("destination_address_prefixes", "destination_application_security_group_ids", "web_categories"),
    ),
    "port": ("destination_ports", "destination_port_range", "destination_port_ranges"),
    "translated destination": ("translated_address", "translated_fqdn", "translated_port"),
}
Rule = Mapping[str, frozenset[str]]
Key = tuple[bool, str, str]
"""The key of a rule: whether it allows traffic, its collection, and its name. Names are unique only within a
collection."""


def openings(type_: str, before: Mapping[str, Any] | None, after: Mapping[str, Any] | None) -> Iterator[Opening]:
    """Yield the traffic that allow rules newly allow, and deny rules that deny less traffic or apply later."""
    old, new = dict(_rules(type_, before)), dict(_rules(type_, after))
    ranked = [list(_ranked(side)) if type_ == SECURITY_GROUP else [] for side in (before, after)]
    for key, rule in new.items():
        allow, _, name = key
        if allow and (key in old or not _allowed(rule, ranked[0])):
            yield from _more(f"rule {name}", old.get(key), rule)
    for key, rule in old.items():
        allow, _, name = key
        if allow:
            continue
        kept = new.get(key)
        if kept is None and not _denied(name, *ranked):
            yield Opening(f"rule {name}", "removed deny rule")
        elif kept is not None:
            yield from _more(f"deny rule {name}", kept, rule, word="no longer denied: ")
    yield from _reordered(type_, before, after)


def _more(subject: str, before: Rule | None, after: Rule, word: str = "") -> Iterator[Opening]:
    if before is None:
        yield Opening(subject, "new allow rule")
    for aspect, values in after.items():
        for value in new_values(before.get(aspect, frozenset()) if before else (), values):
            yield Opening(subject, f"{word}{aspect}", value)
    for aspect in sorted((before or {}).keys() - after.keys()) if not word else ():
        yield Opening(subject, aspect, "not restricted, or known after apply")


def _rules(type_: str, values: Mapping[str, Any] | None) -> Iterator[tuple[Key, Rule]]:
    """Yield the rules by their key. Rules with equal keys count as one rule."""
    by_key: dict[Key, dict[str, frozenset[str]]] = {}
    for key, rule in _each(type_, values):
        merged = by_key.setdefault(key, {})
        for aspect, texts_ in rule.items():
            merged[aspect] = merged.get(aspect, frozenset()) | texts_
    yield from by_key.items()


def _each(type_: str, values: Mapping[str, Any] | None) -> Iterator[tuple[Key, Rule]]:
    if values is None:
        return
    if type_ == GROUP:
        for kind in COLLECTIONS:
            for collection in blocks(values.get(kind)):
                allow = str(collection.get("action", "")).casefold() != "deny"
                for rule in blocks(collection.get("rule")):
                    yield (allow, f"{kind} {collection.get('name')}", str(rule.get("name"))), _rule(rule)
    else:
        for rule in blocks(values.get("security_rule")) if type_ == SECURITY_GROUP else (values,):
            allow = str(rule.get("access", "")).casefold() != "deny"
            yield (allow, "", str(rule.get("name"))), _rule(rule, direction=str(rule.get("direction")))


def _rule(rule: Mapping[str, Any], direction: str = "") -> Rule:
    aspects = {
        aspect: frozenset().union(*(texts(rule.get(name)) for name in names)) for aspect, names in ASPECTS.items()
    }
    aspects["protocol"] = frozenset(_protocols(rule))
    if direction:
        aspects["direction"] = frozenset({direction})
    return {aspect: values for aspect, values in aspects.items() if values}


def _protocols(rule: Mapping[str, Any]) -> Iterator[str]:
    yield from texts(rule.get("protocol"))
    protocols = rule.get("protocols")
    for protocol in protocols if isinstance(protocols, list) else ():
        yield f"{protocol.get('type')}:{protocol.get('port')}" if isinstance(protocol, Mapping) else str(protocol)


def _reordered(type_: str, before: Mapping[str, Any] | None, after: Mapping[str, Any] | None) -> Iterator[Opening]:
    """Yield allow rules that now apply before a deny rule, and deny collections with a different priority. Also yield
    allow collections and rule collection groups that apply earlier.

    An NSG usually has all its rules in one resource. A firewall policy has rules in other resources too, so the
    function yields every changed priority of a deny collection.
    """
    if type_ != SECURITY_GROUP and before is not None and after is not None:
        yield from _earlier(type_, before, after)
    old, new = dict(_priorities(type_, before)), dict(_priorities(type_, after))
    kept = {key: (old[key], new[key]) for key in old.keys() & new.keys()}
    allows, denies = ([key for key in sorted(kept) if key[0] is allow] for allow in (True, False))
    for deny in denies:
        if type_ == GROUP and kept[deny][0] != kept[deny][1]:
            yield Opening(f"deny rule {deny[2]}", "priority", str(kept[deny][1]))
        for allow in allows if type_ != GROUP else ():
            was_first, is_first = (kept[allow][side] < kept[deny][side] for side in (0, 1))
            if allow[1] == deny[1] and is_first and not was_first:
                yield Opening(f"rule {allow[2]}", "now before deny rule", deny[2])


def _earlier(type_: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Opening]:
    """Yield groups, collections and separate rules that may now apply before a deny rule of a different resource, and
    separate deny rules that apply later."""
    old, new = (number(side.get("priority")) for side in (before, after))
    denies = type_ == SECURITY_RULE and str(after.get("access", "")).casefold() == "deny"
    if old and new and (new > old if denies else new < old):
        kind = "rule collection group" if type_ == GROUP else "deny rule" if denies else "rule"
        yield Opening(f"{kind} {after.get('name')}", "priority", str(new))
    if type_ == GROUP:
        was, now = dict(_priorities(type_, before)), dict(_priorities(type_, after))
        for key in sorted(was.keys() & now.keys()):
            if key[0] and now[key] < was[key]:
                yield Opening(f"rule collection {key[2]}", "priority", str(now[key]))


def _priorities(type_: str, values: Mapping[str, Any] | None) -> Iterator[tuple[Key, float]]:
    """Yield the priority of each rule or collection: whether it allows, its kind or direction, and its name."""
    for kind in COLLECTIONS if type_ == GROUP else ("security_rule",):
        for block in blocks((values or {}).get(kind)):
            allow = str(block.get("action") or block.get("access")).casefold() != "deny"
            part = kind if type_ == GROUP else str(block.get("direction"))
            yield (allow, part, str(block.get("name"))), number(block.get("priority"))


@dataclass(frozen=True, slots=True)
class _Ranked:
    """A rule of an NSG. Azure applies the matching rule with the lowest priority number."""

    name: str
    allow: bool
    priority: float
    rule: Rule

    def contains(self, other: Rule) -> bool:
        """Return whether this rule matches all traffic that the other rule matches. A value that is known after apply
        matches no traffic."""
        return self.rule.keys() >= _MATCHED and all(
            aspect in other and not any(new_values(values, other[aspect])) for aspect, values in self.rule.items()
        )


_MATCHED = {"source", "destination", "port", "protocol", "direction"}


def _ranked(values: Mapping[str, Any] | None) -> Iterator[_Ranked]:
    for rule in blocks((values or {}).get("security_rule")):
        allow = str(rule.get("access", "")).casefold() != "deny"
        aspects = _rule(rule, direction=str(rule.get("direction")))
        yield _Ranked(str(rule.get("name")), allow, number(rule.get("priority")), aspects)


def _allowed(rule: Rule, rules: list[_Ranked]) -> bool:
    """Return whether the rules allow all traffic of `rule`: one rule contains it, and no deny rule comes first."""
    return any(
        one.allow
        and one.contains(rule)
        and not any(
            not other.allow and other.priority <= one.priority for other in rules if _same_direction(one, other)
        )
        for one in rules
    )


def _denied(name: str, before: list[_Ranked], after: list[_Ranked]) -> bool:
    """Return whether a deny rule in `after` contains the removed deny rules with this name.

    The removed rule must already have been behind the allow rules that come first now, apart from new allow rules:
    these are openings themselves.
    """
    removed = [one for one in before if not one.allow and one.name == name]
    were = {one.name: one.priority for one in before if one.allow}
    return bool(removed) and all(
        any(
            not one.allow
            and one.contains(gone.rule)
            and all(
                were.get(other.name, -1) < gone.priority
                for other in after
                if other.allow and other.priority <= one.priority and _same_direction(one, other)
            )
            for one in after
        )
        for gone in removed
    )


def _same_direction(one: _Ranked, other: _Ranked) -> bool:
    return one.rule.get("direction") == other.rule.get("direction")
