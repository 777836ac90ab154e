"""Correct lines with a wrong indentation, so that one wrong indentation causes only one finding."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice, pairwise
from math import inf
from typing import Any, Final

from hvn.check.model_paths import annotations, choices, clean, keys, models
from hvn.check.shape import UNKNOWN_KEY
from hvn.check.shifts import KEY, WINDOW, Shift, depth, is_content, may_fit, shifts
from hvn.check.typos import UNKNOWN, at, errors
from hvn.check.wrong_type import TYPES
from hvn.diagnostics.finding import Finding, Message, Path, Rule, Span
from hvn.diagnostics.message import Fact, Field, Words
from hvn.diagnostics.suggest import closest, is_typo
from hvn.topology.model.base import EMPTY
from hvn.yamlfile.lines import LINE_END
from hvn.yamlfile.source import Source, parse
from hvn.yamlfile.structure import DUPLICATE
from hvn.yamlfile.syntax import BELOW_VALUE, ENDED, NO_SUCH_COLUMN, SYNTAX

WHY: Final = "YAML defines the mapping of a key by the key's indentation"

MAX_CORRECTIONS: Final = 20
MAX_LINES: Final = 20_000  # the number of lines to parse for corrections: each correction parses the file
_ANCHORS: Final = 3  # the number of places of errors from which a correction starts
_DUPLICATE: Final = 10  # the weight of a duplicate key: the errors in its value are unknown
_LONGEST: Final = 500  # the number of characters of the longest line of a file with corrections
_TRIES: Final = 60  # the number of corrections at an anchor


@dataclass(frozen=True, slots=True)
class Corrected:
    """A file with corrected indentation, and a finding for each correction."""

    read: Source
    findings: tuple[Finding, ...]
    written: Source
    """The file without corrections."""
    shifts: tuple[Shift, ...]

    def placed(self, finding: Finding) -> Finding:
        """Return a finding about the corrected file with the columns and the path of the file without corrections."""
        if finding.file != self.read.file or not (span := finding.span):
            return finding
        path = finding.path
        key = self.read.key_span(path)
        moved = self.written.path_at(key.line, self._column(key.line, key.column)) if path else ()
        return replace(finding, path=moved or path, span=self._span(span))

    def _span(self, span: Span) -> Span:
        end = self._column(span.end_line, span.end_column)
        return Span(span.line, self._column(span.line, span.column), span.end_line, end)

    def _column(self, line: int, column: int) -> int:
        return max(column - sum(one.by for one in self.shifts if one.first <= line - 1 < one.end), 1)


def corrected(read: Source) -> Corrected | None:
    """Return the file with corrected indentation, or None if no other indentation makes the file better."""
    lines, result, findings, applied = LINE_END.split(read.text), read, list[Finding](), list[Shift]()
    most = min(MAX_CORRECTIONS, MAX_LINES // len(lines)) if max(map(len, lines)) <= _LONGEST else 0
    while len(applied) < most and (reported := _first_wrong(lines, result)):
        rule, shift = reported
        # Several lines can have the same mistake. Different corrections, or two of the same line, are guesses.
        if any(shift.by != one.by or (shift.first < one.end and one.first < shift.end) for one in applied):
            return None
        findings.append(_finding(rule, shift, lines, read))
        lines = shift.applied(lines)
        result = parse("\n".join(lines), read.file)
        applied.append(shift)
    if not applied or _broken(result):
        return None
    return Corrected(result, tuple(findings), read, tuple(applied))


def _first_wrong(lines: Sequence[str], read: Source) -> tuple[Rule, Shift] | None:
    """Return the correction of the first lines with a wrong indentation."""
    anchors = _anchors(read)
    for rule, anchor in anchors:
        limit = min((line for other, line in anchors if other is DUPLICATE and line > anchor), default=len(lines))
        if anchor < len(lines) and (shift := _best(lines, anchor, limit)):
            return rule, shift
    return None


def _anchors(read: Source) -> Sequence[tuple[Rule, int]]:
    """Return the lines of the errors that a wrong indentation can cause, each with the rule that reports the error."""
    if not read.usable:
        broken = _broken(read)
        return [(SYNTAX, broken.span.line - 1)] if broken and broken.span else []
    twice = [(DUPLICATE, one.span.line - 1) for one in read.findings if one.rule is DUPLICATE and one.span]
    places = dict.fromkeys(line for error in errors(read.data) for line in _lines_of(error, read))
    return sorted([*twice, *((UNKNOWN_KEY, line) for line in places)], key=lambda one: one[1])[:_ANCHORS]


def _broken(read: Source) -> Finding | None:
    """Return the finding about a syntax error that a wrong indentation can cause."""
    broken = next((one for one in read.findings if one.rule is SYNTAX), None)
    wrong = broken and isinstance(broken.message, Message) and broken.message.template in _TEMPLATES
    return broken if wrong else None


_TEMPLATES = {BELOW_VALUE.template, ENDED.template, NO_SUCH_COLUMN}


def _lines_of(error: Any, read: Source) -> Iterator[int]:
    """Yield the line of a key that can have a wrong indentation."""
    path = clean(error["loc"])
    line = read.key_span(path).line - 1
    if error["type"] == UNKNOWN:
        near = closest(str(path[-1]), keys(error["loc"][:-1]))
        if not (near and is_typo(str(path[-1]), near)):
            yield line
    elif error["type"] == EMPTY or error["input"] is None:
        yield line + 1
    elif path[-1:] == ("[key]",) or (error["type"] in TYPES and isinstance(error["input"], Mapping | tuple)):
        yield line


def _best(lines: Sequence[str], anchor: int, limit: int) -> Shift | None:
    """Return the correction near a line that leaves the fewest errors, or None if each one leaves as many errors."""
    window = _window(lines, anchor)
    before = _score(lines, *window)
    tried: list[tuple[tuple[float, ...], Shift]] = []
    possible = (one for one in dict.fromkeys(shifts(lines, anchor)) if one.end <= limit and may_fit(lines, one))
    for shift in islice(possible, _TRIES):
        broken, count = _score(shift.applied(lines), *window, most=min(before[0], -shift.end))
        if (broken, count) < before and -broken >= shift.end:
            unusual = _unusual(shift.applied(lines[: window[1]])[window[0] :])
            if before[0] == -inf and _moved(lines, replace(shift, by=0))[1] == _moved(lines, shift)[1]:
                continue  # the lines stay in their mapping
            tried.append(((broken, count, unusual, abs(shift.by), shift.end - shift.first, shift.first), shift))
    tried.sort(key=lambda one: one[0])
    return next((shift for _, shift in tried if _has_place(lines, shift, parsed=before[0] == -inf)), None)


def _window(lines: Sequence[str], anchor: int) -> tuple[int, int]:
    """Return the first and the last line around an anchor, at the start of a top-level key or its entries. The time of
    a try does not depend on the length of the file."""
    if len(lines) <= 2 * WINDOW:
        return 0, len(lines)
    first = max(anchor - WINDOW, 0)
    while first and not (is_content(lines[first]) and depth(lines[first]) <= 2):
        first -= 1
    end = min(anchor + WINDOW, len(lines))
    while end < len(lines) and not (is_content(lines[end]) and depth(lines[end]) <= 2):
        end += 1
    return first, end


def _excerpt(lines: Sequence[str], first: int, end: int) -> str:
    """Return some lines of the file as text, below the key that contains them."""
    above = range(first - 1, -1, -1) if first and depth(lines[first]) else ()
    key = next((lines[at] for at in above if is_content(lines[at]) and not depth(lines[at])), "")
    return "\n".join([key] * bool(key) + list(lines[first:end]))


def _score(lines: Sequence[str], first: int, end: int, most: float = inf) -> tuple[float, int]:
    """Return how wrong some lines are: the negative line of a syntax error, and the number of other errors. If the line
    is more than `most`, the number is 0."""
    read, broken = parse(_excerpt(lines, first, end), ""), -inf
    if not read.usable:
        line = next((one.span.line for one in read.findings if one.rule is SYNTAX and one.span), 1)
        offset = end - first - len(LINE_END.split(read.text))
        if (broken := -(first + line - 1 + offset)) > most:
            return broken, 0
        read = parse(_excerpt(lines, first, max(first + line - 1 + offset, first)), "")
    hidden = sum(_DUPLICATE for one in read.findings if one.rule is DUPLICATE)
    return broken, hidden + sum(_size(one["input"]) if one["type"] == UNKNOWN else 1 for one in errors(read.data))


def _size(value: Any) -> int:
    """Return the number of keys and values in an unknown key: their errors are unknown."""
    below = value.values() if isinstance(value, Mapping) else ()
    return 1 + sum(map(_size, below))


def _unusual(lines: Sequence[str]) -> int:
    """Return the number of values that are not indented by two spaces below their key."""
    content = [text for text in lines if is_content(text)]
    steps = [
        (depth(below) - depth(above), below.lstrip().startswith("- ") and above.rstrip().endswith(":"))
        for above, below in pairwise(content)
    ]
    return sum((step > 0 and step != 2) or (step == 0 and is_list) for step, is_list in steps)


def _has_place(lines: Sequence[str], shift: Shift, *, parsed: bool) -> bool:
    """Return whether the keys of the shifted lines are known at their new place. In a file that the parser accepts,
    another finding names the place of a single optional key."""
    read, path = _moved(lines, shift)
    if not path:
        return False
    above = read.key_span(path[:-1]).line if path[:-1] else 0
    begins = not any(is_content(text) for text in lines[above : shift.first])
    mapping = at(read.data, path[:-1])
    is_short = isinstance(mapping[path[-1]], str | int | tuple) or mapping[path[-1]] == {}
    is_alone = parsed and not begins and shift.end == shift.first + 1 and is_short
    moved = list(mapping)[list(mapping).index(path[-1]) :]
    return all(_is_known((*path[:-1], key), mapping[key], required=is_alone, begins=begins) for key in moved)


def _is_known(path: Path, value: Any, *, required: bool, begins: bool) -> bool:
    """Return whether a key is valid at a path. `begins`: the key is the first key of its mapping."""
    for model in models(path[:-1]):
        if path[-1] in model.model_fields:
            return not required or model.model_fields[str(path[-1])].is_required()
    if isinstance(value, dict):
        names = {name for model in models(path) for name in model.model_fields}
        return 2 * len(value.keys() & names) > len(value)
    kinds = annotations(path)
    if any(models(path)) and not (isinstance(value, str) and "<range>" in choices(path)):
        return False
    return bool(kinds) and (begins or str not in kinds)


def _moved(lines: Sequence[str], shift: Shift) -> tuple[Source, Path]:
    """Return the file up to the end of the shifted values, and the path of the first of the shifted lines."""
    column, end = depth(lines[shift.first]) + shift.by, shift.end
    while end < len(lines) and (not is_content(lines[end]) or depth(lines[end]) > column):
        end += 1
    read = parse("\n".join(shift.applied(lines)[:end]), "")
    if not read.usable:
        read = parse("\n".join(shift.applied(lines)[: shift.end]), "")
    return read, read.path_at(shift.first + 1, column + 1)


def _finding(rule: Rule, shift: Shift, lines: Sequence[str], written: Source) -> Finding:
    """Return the finding about lines with a wrong indentation. `lines` have the wrong indentation."""
    read, path = _moved(lines, shift)
    column = depth(lines[shift.first])
    matches = [match for text in lines[shift.first : shift.end] if (match := KEY.match(text))]
    names = [match[2] for match in matches if len(match[1]) == column]
    facts: dict[str, Fact] = {"keys": names, "verb": Words("belong" if len(names) > 1 else "belongs")}
    message = Message("wrong indentation: {keys} probably {verb} to the top level of the file", **facts)
    if parent := path[:-1]:
        facts |= {"parent": Field(parent), "line": read.key_span(parent).line}
        message = Message("wrong indentation: {keys} probably {verb} to {parent} (line {line})", **facts)
    last = max(at for at in range(shift.first, shift.end) if is_content(lines[at])) + 1
    where = Message("line {first}", first=shift.first + 1)
    if last > shift.first + 1:
        where = Message("lines {first} to {last}", first=shift.first + 1, last=last)
    change = "insert {count} {spaces} at the start of {where}"
    if shift.by < 0:
        change = "remove {count} {spaces} from the start of {where}"
    fix = Message(change, count=abs(shift.by), spaces=Words("space" + "s" * (abs(shift.by) != 1)), where=where)
    span = Span(shift.first + 1, column + 1, shift.first + 1, column + 1 + len(names[0]))
    at = written.path_at(shift.first + 1, column + 1)
    return Finding(rule=rule, path=at, message=message, fix=fix, why=WHY, file=written.file, span=span)
