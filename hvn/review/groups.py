"""Merge findings that differ only in one value or in the spoke, because many similar lines would hide other lines."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from hvn.diagnostics.finding import Finding
from hvn.diagnostics.message import Command, Fact, Message, Text, Words, values
from hvn.kinds.registry import kinds

KINDS = frozenset(kind.name for kind in kinds())
WIDE = ("/*", "/0")
SPOKE = "<spoke>"
"""The placeholder for the spoke in a line about several spokes."""


@dataclass(frozen=True, slots=True)
class Group:
    """Merged findings of one rule: one finding with all their values, and their workspaces."""

    finding: Finding
    workspaces: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Item:
    """A finding, and the same finding with `<spoke>` instead of the spoke's name."""

    own: Finding
    alike: Finding
    spoke: str


def grouped(findings: Sequence[Finding], spoke_of: Callable[[str], str | None] = lambda _: None) -> list[Group]:
    """Return the findings in groups. Within a rule, wildcards come first, then groups with fewer workspaces."""
    items = [_item(finding, spoke_of(finding.workspace)) for finding in findings]
    groups: list[Group] = []
    for _, of_rule in groupby(items, key=lambda item: item.own.rule.id):
        groups += sorted(_of_rule(list(of_rule)), key=lambda group: (not _wide(group.finding), len(group.workspaces)))
    return groups


def _wide(finding: Finding) -> bool:
    """Return whether a value of the finding is a wildcard, or the range of all addresses."""
    texts = values(finding.message) if isinstance(finding.message, Message) else ()
    return any(text.endswith(WIDE) or text == "*" for text in texts)


def _item(finding: Finding, spoke: str | None) -> _Item:
    if not spoke:
        return _Item(finding, finding, "")

    def general(text: Message | str) -> Message | str:
        return _general(text, spoke) if isinstance(text, Message) else text

    message, impact = general(finding.message), tuple(map(general, finding.impact))
    return _Item(finding, replace(finding, message=message, impact=impact), spoke)


def _general(message: Message, spoke: str) -> Message:
    return Message(message.template, **{name: _of_spoke(fact, spoke) for name, fact in message.facts})


def _of_spoke(fact: Fact, spoke: str) -> Fact:
    """Return the value with `<spoke>` instead of the spoke's name, also in the ids of its workspaces."""
    if isinstance(fact, Message):
        return _general(fact, spoke)
    if isinstance(fact, str):
        if fact == spoke:
            return SPOKE
        return f"{kind}-{SPOKE}" if (kind := _kind(fact, spoke)) else fact
    return tuple(_of_spoke(item, spoke) for item in fact) if isinstance(fact, Sequence) else fact


def _kind(text: str, spoke: str) -> str:
    """Return the workspace kind if the text is the id of a workspace of the spoke; otherwise an empty text."""
    kind = text.removesuffix(f"-{spoke}")
    plain = not isinstance(text, Text | Words | Command)
    return kind if plain and kind != text and kind in KINDS else ""


def _of_rule(items: Sequence[_Item]) -> Iterator[Group]:
    alike: dict[object, list[_Item]] = defaultdict(list)
    for item in items:
        alike[_template(item.alike), item.alike.impact, item.own.level].append(item)
    for same in alike.values():
        yield from _smallest([_merged(same, name) for name in (None, *_values(same[0].alike))])


def _smallest(attempts: list[list[Group]]) -> list[Group]:
    return min(attempts, key=len)


def _merged(items: Sequence[_Item], varies: str | None) -> list[Group]:
    """Return the findings in groups. The findings of a group differ only in the workspace, the spoke and this value."""
    groups: dict[object, list[_Item]] = defaultdict(list)
    for item in items:
        groups[tuple(fact for fact in _facts(item.alike) if fact[0] != varies)].append(item)
    return [_group(same, varies) for same in groups.values()]


def _group(items: Sequence[_Item], varies: str | None) -> Group:
    one_spoke = len({item.spoke for item in items}) == 1
    findings = [item.own if one_spoke else item.alike for item in items]
    first = findings[0]
    workspaces = tuple(dict.fromkeys(finding.workspace for finding in findings if finding.workspace))
    if varies is None or not isinstance(first.message, Message):
        return Group(first, workspaces)
    several = dict.fromkeys(value for finding in findings for name, value in _facts(finding) if name == varies)
    if len(several) == 1:
        return Group(first, workspaces)
    return Group(replace(first, message=_with(first.message, varies, tuple(several))), workspaces)


def _with(message: Message, name: str, value: Fact) -> Message:
    return Message(message.template, **{**dict(message.facts), name: value})


def _template(finding: Finding) -> str:
    return finding.message.template if isinstance(finding.message, Message) else finding.message


def _facts(finding: Finding) -> tuple[tuple[str, Fact], ...]:
    return finding.message.facts if isinstance(finding.message, Message) else ()


def _values(finding: Finding) -> Iterator[str]:
    """Yield the names of the message's values that are single values. Nested messages and lists are omitted, because
    the caller does not merge them."""
    yield from (name for name, fact in _facts(finding) if isinstance(fact, str | int))


def merged_steps(steps: Sequence[Message | str]) -> list[Message | str]:
    """Return the steps. Steps that differ in only one value become one step."""
    merged: list[Message | str] = []
    for step in dict.fromkeys(steps):
        at, name = next(((at, name) for at, other in enumerate(merged) if (name := _differs(other, step))), (0, ""))
        if name and isinstance(step, Message) and isinstance(other := merged[at], Message):
            merged[at] = _with(other, name, (*_listed(other, name), *_listed(step, name)))
        else:
            merged.append(step)
    return merged


def _differs(one: Message | str, other: Message | str) -> str:
    """Return the name of the only value that differs; empty if several values differ, or if the value is a list."""
    if not isinstance(one, Message) or not isinstance(other, Message) or one.template != other.template:
        return ""
    sides: tuple[Mapping[str, Fact], Mapping[str, Fact]] = (dict(one.facts), dict(other.facts))
    names = [name for name in sides[0] if sides[0][name] != sides[1].get(name)]
    single = len(names) == 1 and isinstance(sides[1][names[0]], str)
    return names[0] if single else ""


def _listed(message: Message, name: str) -> tuple[Fact, ...]:
    fact = dict(message.facts)[name]
    return (fact,) if isinstance(fact, str) or not isinstance(fact, Sequence) else tuple(fact)
