"""Read a YAML document event by event into plain data, without recursion and without constructing tagged values.

If YAML readers disagree about a value, this reader reports a finding instead of guessing. Places are offsets in
characters from the start of the text.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from itertools import islice
from typing import Any, Final

import yaml

from hvn.diagnostics.finding import Finding, Message, Path, Rule
from hvn.diagnostics.message import Words
from hvn.diagnostics.printable import is_visible, printable
from hvn.yamlfile.lines import Lines, OffsetFinding
from hvn.yamlfile.scalars import Plain, plain_value
from hvn.yamlfile.structure import ANCHOR, DUPLICATE, MAX_DEPTH, MAX_NODES, TOO_LARGE
from hvn.yamlfile.syntax import KEY, NOT_A_MAPPING, SYNTAX, TAG, explain, offset
from hvn.yamlfile.texts import CONTROL, INTERPOLATION, is_harmless, text_findings
from hvn.yamlfile.values import Open, Place, Value

MAX_KEY: Final = 512
MAX_HOSTILE: Final = 1000  # the number of characters to keep of a refused text

# libyaml is ten times as fast as PyYAML's pure parser, but not every PyYAML wheel contains libyaml. Both parsers report
# the same errors in different words.
LOADER = yaml.CSafeLoader if yaml.__with_libyaml__ else yaml.SafeLoader
_PROPERTY = re.compile(r"([&!][^\s,\[\]{}]*)(?:\s|#.*)*")
_TEMPLATE = re.compile(r"\{\{[ \w.$]")
_ITEM = re.compile(r"[\[{]|[^\s:]*")


class Reader:
    """Read one text, and call `report` for each finding in the order of the parser's events. Each `Reader` reads only
    once.

    `hidden` has the offsets of characters that the reader refuses everywhere, including comments. If the reader reports
    a refused character in a key or value, it removes the character's offset from `hidden`.
    """

    def __init__(self, lines: Lines, hidden: set[int], report: Callable[[OffsetFinding], None]) -> None:
        self.text = lines.text
        self.lines = lines
        self.hidden = hidden
        self.data: Value = {}
        self.places: dict[Path, Place] = {}
        self._report = report
        self._open: list[Open] = []
        self._nodes = 0
        self._documents = 0

    def read(self, legible: str) -> bool:
        """Read the mapping of the file into `data` and `places`.

        `legible` is the text with substitutes for characters that the parser refuses. Return False if the file is not
        one mapping, or if an error stopped the parser.
        """
        last: yaml.Event | None = None
        try:
            # `yaml.parse` does the same with two more calls for each event.
            for event in iter(LOADER(legible).get_event, None):
                simple = _SIMPLE.get(type(event))
                if not (simple and simple(self, event)) and not self._take(event):
                    return False
                last = event
        except yaml.MarkedYAMLError as error:
            self._explain(error, last)
            return False
        except (yaml.YAMLError, ValueError, OverflowError):
            # PyYAML fails on a tag with bytes that are not text, and on an escape beyond U+10FFFF.
            at = offset(last.end_mark) if last else 0
            message = Message("the text after this place is not YAML")
            self._refuse(SYNTAX, at, at + 1, (), message, Message("write the text again, without tags"))
            return False
        if not self._documents:
            self._not_a_mapping(0, Message("the file is empty"))
        return self._documents == 1

    def _plain(self, event: Any) -> bool:
        """Read an unquoted text without findings, which most keys and values are."""
        text = event.value
        if event.style or not (self._open and is_harmless(text)) or self._nodes == MAX_NODES:
            return False
        value, ambiguity = plain_value(text)
        if ambiguity or not text or event.anchor is not None or event.tag is not None:
            return False
        top, start, end = self._open[-1], event.start_mark.index, event.end_mark.index
        mapping, key = top.mapping, top.key
        if mapping is None:
            if top.kept:
                self.places[(*top.path, len(top.items))] = (start, end, start, end)
            top.items.append(value)
        elif key is None:
            if text in top.keys or type(value) is not str:
                return False
            top.key, top.key_start, top.key_end, top.key_kept = text, start, end, text not in mapping
            top.keys[text] = start
        else:
            if top.key_kept:
                mapping[key] = value
                if top.kept:
                    self.places[(*top.path, key)] = (top.key_start, top.key_end, start, end)
            top.key = None
        self._nodes += 1
        return True

    def _nested(self, event: Any) -> bool:
        """Begin a mapping or a list with a key."""
        if not self._open or event.anchor is not None or event.tag is not None or self._nodes == MAX_NODES:
            return False
        top, start = self._open[-1], event.start_mark.index
        if top.mapping is None or top.key is None or len(self._open) == MAX_DEPTH:
            return False
        path = (*top.path, top.key)
        if kept := top.kept and top.key_kept:
            self.places[path] = (top.key_start, top.key_end, top.key_start, top.key_end)
        self._open.append(Open(path, start, kept, {} if type(event) is yaml.MappingStartEvent else None))
        self._nodes += 1
        return True

    def _end(self, _event: yaml.CollectionEndEvent) -> bool:
        done = self._open.pop()
        self._add(tuple(done.items) if done.mapping is None else done.mapping)
        return True

    def _take(self, event: yaml.Event) -> bool:
        """Process one event of the parser. Return False if the reader must stop."""
        match event:
            case yaml.ScalarEvent() | yaml.CollectionStartEvent() | yaml.AliasEvent():
                return self._node(event)
            case yaml.DocumentStartEvent():
                return self._document(event)
        return True

    def _document(self, event: yaml.DocumentStartEvent) -> bool:
        start, end = offset(event.start_mark), offset(event.end_mark)
        self._documents += 1
        if self._documents > 1:
            fix = Message("keep one document, without the `---`")
            self._refuse(NOT_A_MAPPING, start, end, (), Message("a second document begins here"), fix)
            return False
        if event.version or event.tags:
            message = Message("the line begins with %")
            self._refuse(NOT_A_MAPPING, start, start + 1, (), message, Message("delete the line"))
        return True

    def _node(self, event: yaml.ScalarEvent | yaml.CollectionStartEvent | yaml.AliasEvent) -> bool:
        start, end = offset(event.start_mark), offset(event.end_mark)
        self._nodes += 1
        if self._nodes > MAX_NODES:
            message = Message("the file has more than {limit} keys, values, mappings and lists", limit=MAX_NODES)
            self._refuse(TOO_LARGE, start, start + 1, (), message)
            return False
        if not self._open and not isinstance(event, yaml.MappingStartEvent):
            if isinstance(event, yaml.ScalarEvent) and not event.value:
                self._not_a_mapping(0, Message("the file is empty"))
            else:
                self._not_a_mapping(start, Message("the file is not a mapping"))
            return False
        if isinstance(event, yaml.AliasEvent):
            message = Message("{alias} is an alias", alias=self.text[start:end])
            self._refuse(ANCHOR, start, end, self._path(), message, Message("write the values at this place"))
            self._keep_place(self._path(), start, end)
            self._add(None)
            return True
        if event.anchor is not None or event.tag is not None:
            start = self._properties(start, (event.anchor is not None) + (event.tag is not None))
        if isinstance(event, yaml.ScalarEvent):
            self._scalar(event, start, max(start, end))
            return True
        return self._begin(start, {} if isinstance(event, yaml.MappingStartEvent) else None)

    def _begin(self, start: int, mapping: dict[str, Value] | None) -> bool:
        """Begin a mapping, or a list if `mapping` is None. Return False if the nesting exceeds the limit."""
        if len(self._open) == MAX_DEPTH:
            self._too_deep(start)
            return False
        path, kept = self._path(), True
        if self._open:
            top = self._open[-1]
            if top.mapping is not None and top.key is None:
                message = Message("a {kind} cannot be a key", kind=Words("list" if mapping is None else "mapping"))
                is_template = _TEMPLATE.match(self.text, start - 1)
                message = Message("the text contains {mark}", mark="{{") if is_template else message
                self._refuse(INTERPOLATION if is_template else KEY, start, start + 1, path, message)
                kept = False
            else:
                item = _ITEM.match(self.text, start) if top.mapping is None else None
                self._keep_place(path, start, item.end() if item else start, own=False)
                kept = top.kept and top.key_kept
        self._open.append(Open(path, start, kept, mapping))
        return True

    def _properties(self, start: int, count: int) -> int:
        """Report the anchor and the tag of a value. Return the offset of the value after anchor and tag."""
        for _ in range(count):
            match = _PROPERTY.match(self.text, start)
            if match is None:
                break
            name, end = match[1], match.end(1)
            if name.startswith("&"):
                message, fix = Message("{anchor} is an anchor", anchor=name), Message("delete the anchor")
                self._refuse(ANCHOR, start, end, self._path(), message, fix)
            else:
                self._refuse(TAG, start, end, self._path(), Message("{tag} is a tag", tag=name))
            start = match.end()
        return start

    def _scalar(self, event: yaml.ScalarEvent, start: int, end: int) -> None:
        top = self._open[-1]
        text, style = event.value, event.style or ""
        if style in ("|", ">"):
            # The parser's end mark of a block scalar is on the next line.
            end = start + len(self.text[start:end].rstrip())
        value, ambiguity = plain_value(text) if not style and event.tag is None else (text, None)
        harmless = not style and is_harmless(text)
        findings = [] if harmless else text_findings(text, self.text[start:end], style, start)
        if top.mapping is not None and top.key is None:
            path = self._key(top, text, start, end, value, ambiguity)
        else:
            path = self._path()
            if ambiguity:
                self._report(OffsetFinding(replace(ambiguity, path=path), start, end))
            if text or style:
                self._keep_place(path, start, end)
            else:
                self._keep_place(path, start - 1, start, own=False)  # the `-` of an empty list item
            # A text without findings is visible.
            hostile = findings and isinstance(value, str) and not is_visible(value)
            self._add(printable(text, MAX_HOSTILE) if hostile else value)
        for finding, first, last in findings:
            self._report(OffsetFinding(replace(finding, path=path), first, last))
            if finding.rule is CONTROL:
                self.hidden.difference_update(range(start, end))

    def _key(self, top: Open, text: str, start: int, end: int, value: Plain, ambiguity: Finding | None) -> Path:
        """Check a key, record its place, and return the path of its value."""
        key = text if is_harmless(text) else printable(text, MAX_KEY)
        path = (*top.path, key)
        top.key, top.key_start, top.key_end = key, start, end
        top.key_kept = key not in (top.mapping or {})  # the first of two equal keys keeps its value
        if not text:
            top.key_kept = False
            self._refuse(KEY, start, end, path, Message("the key is empty"))
        elif text == "<<" and ambiguity:
            top.key_kept = False
            message = Message("{key} is a merge key", key=text)
            self._refuse(ANCHOR, start, end, path, message, Message("write the values at this place"))
        elif ambiguity:
            message = ambiguity.message if isinstance(ambiguity.message, Message) else Message("")
            self._refuse(KEY, start, end, path, Message("as a key, {message}", message=message), _quoted(text))
        elif not isinstance(value, str):
            kind = Words("a number" if type(value) is int else text)
            message = Message("YAML reads the key {key} as {kind}, not as text", key=text, kind=kind)
            self._refuse(KEY, start, end, path, message, _quoted(text))
        elif len(text) > MAX_KEY:
            message = Message("the key has {length} characters, more than {limit}", length=len(text), limit=MAX_KEY)
            self._refuse(KEY, start, end, path, message, Message("shorten the key"))
        if text in top.keys:
            first, second = self.lines.position(top.keys[text])[0], self.lines.position(start)[0]
            message = Message(
                "the mapping contains the key {key} twice: on line {first} and on line {second}",
                key=text,
                first=first,
                second=second,
            )
            self._refuse(DUPLICATE, start, end, path, message)
        top.keys.setdefault(text, start)
        return path

    def _add(self, value: Value) -> None:
        """Add a complete value to the innermost open mapping or list."""
        if not self._open:
            self.data = value
            return
        top = self._open[-1]
        if top.mapping is None:
            top.items.append(value)
        elif top.key is None:  # the key is a mapping, a list or an alias
            top.key, top.key_kept = "", False
        else:
            if top.key_kept:
                top.mapping[top.key] = value
            top.key = None

    def _keep_place(self, path: Path, start: int, end: int, *, own: bool = True) -> None:
        """Record the place of the next value, which has this path. A value without text gets the place of its key."""
        top = self._open[-1]
        if top.mapping is None:
            place = (start, end, start, end)
        elif top.key is None:  # the key is an alias
            return
        elif own:
            place = (top.key_start, top.key_end, start, end)
        else:
            place = (top.key_start, top.key_end, top.key_start, top.key_end)
        if top.kept and top.key_kept:
            self.places[path] = place

    def _path(self) -> Path:
        """Return the path of the next value."""
        if not self._open:
            return ()
        top = self._open[-1]
        if top.mapping is None:
            return (*top.path, len(top.items))
        return top.path if top.key is None else (*top.path, top.key)

    def _refuse(
        self, rule: Rule, start: int, end: int, path: Path, message: Message, fix: Message | None = None
    ) -> None:
        """Report a finding of this rule at these offsets. Without `fix`, the finding has the rule's fix."""
        self._report(OffsetFinding(Finding(rule=rule, path=path, message=message, fix=fix or rule.fix), start, end))

    def _not_a_mapping(self, start: int, message: Message) -> None:
        fix = Message("begin with `version: 1`, with a space after each colon")
        self._refuse(NOT_A_MAPPING, start, start + 1, (), message, fix)

    def _too_deep(self, start: int) -> None:
        message = Message("the file has more than {limit} levels of mappings and lists", limit=MAX_DEPTH)
        self._refuse(TOO_LARGE, start, start + 1, self._path(), message)

    def _explain(self, error: yaml.MarkedYAMLError, last: yaml.Event | None) -> None:
        brackets = [open_.start for open_ in self._open if self.text[open_.start : open_.start + 1] in ("[", "{")]
        if "maximum nesting" in (error.problem or ""):
            # libyaml reads ahead on a line, and can stop at 1,000 levels before it yields the event of the 21st level.
            ahead = re.compile(r"[\[{]").finditer(self.text, offset(last.end_mark) if last else 0)
            deep = next(islice(ahead, MAX_DEPTH - len(self._open), None), None)
            self._too_deep(deep.start() if deep else offset(error.problem_mark))
        else:
            finding, start, end = explain(error, self.text, last, brackets[-1] if brackets else None)
            path = next((open_.path for open_ in self._open if open_.start == start), self._path())
            self._report(OffsetFinding(replace(finding, path=path), start, end))


def _quoted(text: str) -> Message:
    return Message("put the key in quotes: {quoted}", quoted=f'"{text}"')


_SIMPLE: Final[Mapping[type[yaml.Event], Callable[[Reader, Any], bool]]] = {
    yaml.ScalarEvent: Reader._plain,
    yaml.MappingStartEvent: Reader._nested,
    yaml.SequenceStartEvent: Reader._nested,
    yaml.MappingEndEvent: Reader._end,
    yaml.SequenceEndEvent: Reader._end,
}
"""Fast methods for simple events. A method returns False if `Reader._take` must process the event."""
