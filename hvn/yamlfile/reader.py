"""One YAML document read event by event into plain data: never recursively, nothing constructed from a tag.

What YAML makes doubtful is reported and never guessed. A place is an offset in characters from the start.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import Final, NamedTuple, TypeAlias

import yaml

from hvn.diagnostics.finding import Path, Rule
from hvn.diagnostics.printable import is_visible, printable
from hvn.yamlfile.lines import Lines
from hvn.yamlfile.scalars import AMBIGUOUS, CONTROL, Doubt, Plain, Problem, plain_value, text_problems
from hvn.yamlfile.syntax import KEY, NOT_A_MAPPING, SYNTAX, TAG, explain, offset

Value: TypeAlias = "Mapping[str, Value] | tuple[Value, ...] | str | int | bool | None"

MAX_DEPTH: Final = 20
MAX_NODES: Final = 200_000
MAX_KEY: Final = 128
MAX_HOSTILE: Final = 1000  # characters that are kept of a refused text

DUPLICATE = Rule(
    id="HVN004",
    name="yaml-duplicate-key",
    why="a YAML mapping has each key once; most readers silently take the last one",
    see="https://yaml.org/spec/1.2.2/#3211-nodes",
)
ANCHOR = Rule(
    id="HVN006",
    name="yaml-anchor",
    why="each value is written out where it stands, so that no change reaches another spoke unseen; "
    "and aliases are how a small file becomes a huge one",
    see="https://yaml.org/spec/1.2.2/#71-alias-nodes",
)
TOO_LARGE = Rule(
    id="HVN008",
    name="yaml-too-large",
    why="no topology is that large, and reading on could take all memory",
    see="docs/decisions/0006-strict-yaml.md",
)

# libyaml where the wheel has it: ten times as fast. The pure parser says the same in other words.
LOADER = yaml.CSafeLoader if yaml.__with_libyaml__ else yaml.SafeLoader
_PROPERTY = re.compile(r"([&!][^\s,\[\]{}]*)(?:\s|#.*)*")
_ITEM = re.compile(r"[\[{]|[^\s:]*")


class Place(NamedTuple):
    """Where a key and its value are written. A list item has no key: both are the item."""

    key_start: int
    key_end: int
    start: int
    end: int


@dataclass(slots=True)
class _Open:
    """A mapping or list whose end has not been read yet."""

    path: Path
    start: int
    kept: bool  # False below a refused key: looked at, not kept
    mapping: dict[str, Value] | None  # None for a list
    items: list[Value] = field(default_factory=list)
    keys: dict[str, int] = field(default_factory=dict)  # each key as written, and where
    key: str | None = None  # of the value that comes next
    key_kept: bool = True
    key_start: int = 0
    key_end: int = 0


class Reader:
    """Reads one text once; `report` is told what is wrong, in the order it is met.

    `hidden` are the offsets of characters that may stand nowhere, not even in a comment; those that are
    reported as part of a key or value are taken out of it.
    """

    def __init__(self, lines: Lines, hidden: set[int], report: Callable[[Problem, Path], None]) -> None:
        self.text = lines.text
        self.lines = lines
        self.hidden = hidden
        self.data: Value = {}
        self.places: dict[Path, Place] = {}
        self._report = report
        self._open: list[_Open] = []
        self._nodes = 0
        self._documents = 0

    def read(self, legible: str) -> bool:
        """Read the one mapping of the file; False where there is none or reading had to stop.

        `legible` is the text with every character the parser would stop at replaced by another one.
        """
        last: yaml.Event | None = None
        try:
            for event in yaml.parse(legible, Loader=LOADER):
                if not self._take(event):
                    return False
                last = event
        except yaml.MarkedYAMLError as error:
            self._explain(error, last)
            return False
        except (yaml.YAMLError, ValueError, OverflowError):
            # PyYAML itself trips over a tag whose bytes are no text, and over an escape beyond U+10FFFF.
            at = offset(last.end_mark) if last else 0
            self._refuse(SYNTAX, at, at + 1, (), "not YAML after this place", "write it anew, without tags")
            return False
        if not self._documents:
            self._not_a_mapping(0, "the file is empty")
        return self._documents == 1

    def _take(self, event: yaml.Event) -> bool:
        """Take the next event; False if reading has to stop."""
        match event:
            case yaml.ScalarEvent() | yaml.CollectionStartEvent() | yaml.AliasEvent():
                return self._node(event)
            case yaml.CollectionEndEvent():
                done = self._open.pop()
                self._add(tuple(done.items) if done.mapping is None else done.mapping)
            case yaml.DocumentStartEvent():
                return self._document(event)
        return True

    def _document(self, event: yaml.DocumentStartEvent) -> bool:
        start, end = offset(event.start_mark), offset(event.end_mark)
        self._documents += 1
        if self._documents > 1:
            fix = "keep one document, without the `---`"
            self._refuse(NOT_A_MAPPING, start, end, (), "a second document begins here", fix)
            return False
        if event.version or event.tags:
            self._refuse(NOT_A_MAPPING, start, start + 1, (), "a line that begins with %", "delete the line")
        return True

    def _node(self, event: yaml.ScalarEvent | yaml.CollectionStartEvent | yaml.AliasEvent) -> bool:
        start, end = offset(event.start_mark), offset(event.end_mark)
        self._nodes += 1
        if self._nodes > MAX_NODES:
            message = f"more than {MAX_NODES:,} keys, values, mappings and lists"
            self._refuse(TOO_LARGE, start, start + 1, (), message, "is it the right file?")
            return False
        if not self._open and not isinstance(event, yaml.MappingStartEvent):
            if isinstance(event, yaml.ScalarEvent) and not event.value:
                self._not_a_mapping(0, "the file is empty")
            else:
                self._not_a_mapping(start, "the file is not a mapping")
            return False
        if isinstance(event, yaml.AliasEvent):
            alias = printable(self.text[start:end])
            self._refuse(ANCHOR, start, end, self._path(), f"the alias `{alias}`", "write the values out here")
            self._keep_place(start, end)
            self._add(None)
            return True
        if event.anchor is not None or event.tag is not None:
            start = self._properties(start, (event.anchor is not None) + (event.tag is not None))
        if isinstance(event, yaml.ScalarEvent):
            self._scalar(event, start, max(start, end))
            return True
        return self._begin(start, {} if isinstance(event, yaml.MappingStartEvent) else None)

    def _begin(self, start: int, mapping: dict[str, Value] | None) -> bool:
        """Begin a mapping, or a list if there is None."""
        if len(self._open) == MAX_DEPTH:
            self._too_deep(start)
            return False
        path, kept = self._path(), True
        if self._open:
            top = self._open[-1]
            if top.mapping is not None and top.key is None:
                what = "list" if mapping is None else "mapping"
                self._refuse(KEY, start, start + 1, path, f"a {what} as a key", "write a name as the key")
                kept = False
            else:
                item = _ITEM.match(self.text, start)
                self._keep_place(start, item.end() if item else start, own=False)
                kept = top.kept and top.key_kept
        self._open.append(_Open(path, start, kept, mapping))
        return True

    def _properties(self, start: int, count: int) -> int:
        """Report an anchor and a tag; give the offset where the value itself begins."""
        for _ in range(count):
            match = _PROPERTY.match(self.text, start)
            if match is None:
                break
            shown, end = printable(match[1]), match.end(1)
            if shown.startswith("&"):
                self._refuse(ANCHOR, start, end, self._path(), f"the anchor `{shown}`", "delete the anchor")
            else:
                self._refuse(TAG, start, end, self._path(), f"the tag `{shown}`", "delete the tag")
            start = match.end()
        return start

    def _scalar(self, event: yaml.ScalarEvent, start: int, end: int) -> None:
        top = self._open[-1]
        text, style = event.value, event.style or ""
        if style in ("|", ">"):
            end = start + len(self.text[start:end].rstrip())  # the parser's ends at the next line
        value, doubt = plain_value(text) if not style and event.tag is None else (text, None)
        problems = text_problems(text, self.text[start:end], style, start)
        if top.mapping is not None and top.key is None:
            path = self._key(top, text, start, end, value, doubt)
        else:
            path = self._path()
            if doubt:
                self._refuse(AMBIGUOUS, start, end, path, *doubt)
            if text or style:
                self._keep_place(start, end)
            else:
                self._keep_place(start - 1, start, own=False)  # nothing is there but the `-` of a list
            hostile = isinstance(value, str) and not is_visible(value)
            self._add(printable(text, MAX_HOSTILE) if hostile else value)
        for problem in problems:
            self._report(problem, path)
            if problem.rule is CONTROL:
                self.hidden.difference_update(range(start, end))

    def _key(self, top: _Open, text: str, start: int, end: int, value: Plain, doubt: Doubt | None) -> Path:
        """Take a key; give the path of its value."""
        key = printable(text, MAX_KEY)
        path = (*top.path, key)
        top.key, top.key_start, top.key_end = key, start, end
        top.key_kept = key not in (top.mapping or {})  # the first of two keys keeps its value
        quoted = f'put it in quotes: "{key}"'
        if not text:
            top.key_kept = False
            self._refuse(KEY, start, end, path, "an empty key", "write a name before the colon")
        elif text == "<<" and doubt:
            top.key_kept = False
            self._refuse(ANCHOR, start, end, path, "the merge key `<<`", "write the values out here")
        elif doubt:
            self._refuse(KEY, start, end, path, f"as a key, {doubt.message}", quoted)
        elif not isinstance(value, str):
            kind = "a number" if type(value) is int else text
            self._refuse(KEY, start, end, path, f"the key `{key}` is read as {kind}, not as text", quoted)
        elif len(text) > MAX_KEY:
            message = f"a key of {len(text)} characters, more than {MAX_KEY}"
            self._refuse(KEY, start, end, path, message, "shorten it")
        if text in top.keys:
            first, again = self.lines.position(top.keys[text])[0], self.lines.position(start)[0]
            message = f"`{key}` stands here twice: on line {first} and on line {again}"
            self._refuse(DUPLICATE, start, end, path, message, "delete or rename one of them")
        top.keys.setdefault(text, start)
        return path

    def _add(self, value: Value) -> None:
        """Put a value that was read to its end into the mapping or list it stands in."""
        if not self._open:
            self.data = value
            return
        top = self._open[-1]
        if top.mapping is None:
            top.items.append(value)
        elif top.key is None:  # it stands where a key is expected
            top.key, top.key_kept = "", False
        else:
            if top.key_kept:
                top.mapping[top.key] = value
            top.key = None

    def _keep_place(self, start: int, end: int, *, own: bool = True) -> None:
        """Note where the next value stands; one without a text of its `own` stands where its key stands."""
        top = self._open[-1]
        if top.mapping is None:
            place = Place(start, end, start, end)
        elif top.key is None:  # an alias as a key
            return
        elif own:
            place = Place(top.key_start, top.key_end, start, end)
        else:
            place = Place(top.key_start, top.key_end, top.key_start, top.key_end)
        if top.kept and top.key_kept:
            self.places[self._path()] = place

    def _path(self) -> Path:
        """Path of what comes next."""
        if not self._open:
            return ()
        top = self._open[-1]
        if top.mapping is None:
            return (*top.path, len(top.items))
        return top.path if top.key is None else (*top.path, top.key)

    def _refuse(self, rule: Rule, start: int, end: int, path: Path, message: str, fix: str) -> None:
        self._report(Problem(rule, start, end, message, fix), path)

    def _not_a_mapping(self, start: int, message: str) -> None:
        fix = "begin with `version: 1`, with a blank after each colon"
        self._refuse(NOT_A_MAPPING, start, start + 1, (), message, fix)

    def _too_deep(self, start: int) -> None:
        message = f"more than {MAX_DEPTH} levels of mappings and lists"
        self._refuse(TOO_LARGE, start, start + 1, self._path(), message, "is it the right file?")

    def _explain(self, error: yaml.MarkedYAMLError, last: yaml.Event | None) -> None:
        brackets = [each.start for each in self._open if self.text[each.start : each.start + 1] in ("[", "{")]
        if "maximum nesting" in (error.problem or ""):
            # libyaml looks ahead on the line and gives up at 1,000 levels before it tells of the 21st.
            ahead = re.compile(r"[\[{]").finditer(self.text, offset(last.end_mark) if last else 0)
            deep = next(islice(ahead, MAX_DEPTH - len(self._open), None), None)
            self._too_deep(deep.start() if deep else offset(error.problem_mark))
        else:
            problem = explain(error, self.text, last, brackets[-1] if brackets else None)
            path = next((each.path for each in self._open if each.start == problem.start), self._path())
            self._report(problem, path)
