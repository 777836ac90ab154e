"""Read the topology file into plain data, with line and column of every key and value.

The package `hvn.yamlfile` does not know the fields of a topology. This module checks the characters of the file, then
`hvn.yamlfile.reader` reads the YAML.
"""

import pathlib
import re
import stat
import sys
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Final

from hvn.diagnostics.finding import Finding, Message, Path, Rule, Span
from hvn.diagnostics.message import Words
from hvn.diagnostics.printable import printable
from hvn.yamlfile.lines import LINE_END, Lines, OffsetFinding
from hvn.yamlfile.reader import Reader
from hvn.yamlfile.structure import TOO_LARGE
from hvn.yamlfile.syntax import SYNTAX
from hvn.yamlfile.texts import CONTROL
from hvn.yamlfile.values import Place, Value

__all__ = ["Source", "Unreadable", "Value", "parse", "read"]

MAX_BYTES: Final = 8 * 1024 * 1024
MAX_FINDINGS: Final = 1000
MAX_HIDDEN: Final = 10
MAX_REFUSED: Final = 100  # a file with this many refused characters counts as binary

ENCODING = Rule(
    id="HVN003",
    name="yaml-encoding",
    reports=("The file is not UTF-8 text, or contains a byte order mark, control characters or CR line ends."),
    why="YAML readers refuse the character, or see a line end that editors do not show",
    fix="save the file as UTF-8 without byte order mark, with LF or CRLF line ends",
    example="\ufeffversion: 1",
    see="https://yaml.org/spec/1.2.2/#51-character-set",
)
_WHY_NO_MARK = (
    "YAML allows the mark, but most editors do not show it: tools that compare bytes (`git diff`, `grep ^version`) "
    "see a different first line"
)
_WHY_UTF_8 = "YAML allows this encoding, but Git treats the file as binary: a pull request does not show its diff"
_WHY_NO_BYTES = "YAML readers refuse bytes that are not UTF-8"
_WHY_NO_CR = "some YAML readers and most editors do not end a line at CR alone, so they count the lines differently"

# Refused characters: all that YAML forbids, and U+0085 and a lone U+000D, which only some readers treat as line ends.
_REFUSED = re.compile("[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufeff\ufffe\uffff]|\r(?!\n)")
# Byte order marks of other encodings, decoded as UTF-8. UTF-32 comes first, because its mark begins with the mark of
# UTF-16.
_OTHER_MARKS = (
    ("UTF-32", ("\udcff\udcfe\0\0", "\0\0\udcfe\udcff")),
    ("UTF-16", ("\udcff\udcfe", "\udcfe\udcff")),
)
# Characters that are refused even in comments: some readers end the comment there, or the screen shows the text in
# another order.
_HIDDEN = re.compile("[\u2028\u2029\u202a-\u202e\u2066-\u2069]")
_COMMENT_START = re.compile(r"(?:(?<=[ \t])|^)#", re.MULTILINE)
# libyaml ends a line at these characters. Replace them by a word joiner, which is refused too, but does not end a line.
_NO_LINE_ENDS = str.maketrans("\u2028\u2029", "\u2060\u2060")


class Unreadable(Exception):
    """The topology file cannot be read. The message is one line with the file, the reason and the fix."""


@dataclass(frozen=True, slots=True)
class Source:
    """A file after reading: its data, the findings about its YAML, and the place of every key and value.

    `data` holds dict, tuple, str, int, bool and None. If the file is not a single YAML mapping, `usable` is false and
    `data` is an empty dict. Refused values stay in `data`, so that the rules can check the other values. An ambiguous
    value stays as its text, an alias as None. The function `printable` replaces their invisible characters. For a
    duplicate key `data` has the first value. `data` does not contain values below an empty key or a merge key.
    """

    file: str
    text: str
    data: Value
    findings: tuple[Finding, ...]
    usable: bool
    _places: Mapping[Path, Place] = field(repr=False, compare=False)
    _lines: Lines = field(repr=False, compare=False)

    def span(self, path: Path) -> Span:
        """Return the span of the value at `path`; for a mapping, a list or an empty value, the span of its key.

        If the path is not in the file, return the span of its nearest ancestor. For `()`, return the span of the first
        line.
        """
        place = self._place(path)
        return self._lines.span(*place[2:]) if place else self._lines.first()

    def key_span(self, path: Path) -> Span:
        """Return the span of the last key of `path`. A list item has no key, so return the span of the item."""
        place = self._place(path)
        return self._lines.span(*place[:2]) if place else self._lines.first()

    def path_at(self, line: int, column: int) -> Path:
        """Return the path of the key at a place; () if no key begins there."""
        if line > len(self._lines.starts):
            return ()
        start = self._lines.starts[line - 1] + column - 1
        return max((path for path, place in self._places.items() if place[0] == start), key=len, default=())

    def comments(self) -> Iterator[tuple[Span, str]]:
        """Yield the span and the text of each comment, from `#` to the end of the line. If the file is not `usable`,
        yield nothing."""
        if not self.usable:
            return
        # A `#` inside a quoted text does not begin a comment.
        texts = sorted({part for place in self._places.values() for part in (place[:2], place[2:])})
        position = 0
        while match := _COMMENT_START.search(self.text, position):
            start = match.start()
            before = bisect_right(texts, (start, len(self.text))) - 1
            if before >= 0 and start < texts[before][1]:
                position = texts[before][1]
            else:
                # Search the line end only for real comments, because a long line may have many texts with a `#`.
                line_end = LINE_END.search(self.text, start)
                position = line_end.start() if line_end else len(self.text)
                yield self._lines.span(start, position), self.text[start:position]

    def _place(self, path: Path) -> Place | None:
        while path and path not in self._places:
            path = path[:-1]
        return self._places.get(path)


def read(file: pathlib.Path | str) -> Source:
    """Return the parsed file. A file over 8 MiB is not parsed: the result has a finding and no data. Raises only
    `Unreadable`."""
    name, file = printable(str(file), 200), pathlib.Path(file)
    try:
        mode = file.stat().st_mode
        if stat.S_ISDIR(mode):
            raise Unreadable(f"{name} is a directory: name a file in it")
        if not stat.S_ISREG(mode):  # opening a named pipe waits until another process writes into it
            raise Unreadable(f"{name} is not a regular file: save the topology as a file, and name this file")
        with file.open("rb") as handle:
            content = handle.read(MAX_BYTES + 1)
    except FileNotFoundError:
        raise Unreadable(
            f"{name} does not exist: write it with bin/hvn init, or name another file (the sample is "
            "examples/sample/topology.yaml)"
        ) from None
    except PermissionError:
        raise Unreadable(f"no permission to read {name}: change its permissions, or name another file") from None
    except (OSError, ValueError) as error:  # ValueError: the name has a NUL
        reason = printable(getattr(error, "strerror", None) or str(error))
        raise Unreadable(f"{name} cannot be read ({reason}): name another file") from None
    return _decode(content, str(file))


def read_stdin() -> Source:
    """Return the parsed standard input, as the file `<stdin>`. Raises `Unreadable` if standard input cannot be read."""
    try:
        return _decode(sys.stdin.buffer.read(MAX_BYTES + 1), "<stdin>")
    except (OSError, AttributeError) as error:  # AttributeError: standard input is closed
        raise Unreadable(f"standard input cannot be read ({getattr(error, 'strerror', None) or 'closed'})") from None


def _decode(content: bytes, file: str) -> Source:
    # With `surrogateescape`, bytes that are not UTF-8 become U+DC80 to U+DCFF, which the character check reports.
    text = content.decode("utf-8", "surrogateescape")
    return _parse(text, file, too_large=len(content) > MAX_BYTES)


def parse(text: str, file: str) -> Source:
    """Return the parsed text of at most 8 Mi characters. Every error is a finding; the function raises no exception."""
    return _parse(text, file, too_large=len(text) > MAX_BYTES)


def _parse(original: str, file: str, *, too_large: bool) -> Source:
    text = original.removeprefix("\ufeff")
    # Replace surrogates, because Python cannot write them to a terminal or a file.
    lines = Lines.of(re.sub("[\ud800-\udfff]", "\ufffd", text))
    report = _Report(file, lines)
    hidden = {match.start() for match in islice(_HIDDEN.finditer(text), MAX_FINDINGS)}
    reader = Reader(lines, hidden, report.add)
    usable = False
    if _is_text(original, report, too_large=too_large):
        legible = _REFUSED.sub(lambda match: match[0] if match[0] == "\r" else "\ufffd", text)
        usable = reader.read(legible.translate(_NO_LINE_ENDS))
        for number, offset in enumerate(sorted(hidden)[:MAX_HIDDEN], 1):
            more = ", and more such characters follow" if number == MAX_HIDDEN < len(hidden) else ""
            message = Message(
                "the file contains {character}{more}", character=f"U+{ord(text[offset]):04X}", more=Words(more)
            )
            report.add(_at(CONTROL, offset, offset + 1, message, CONTROL.fix))
    data, places = (reader.data, reader.places) if usable else ({}, {})
    return Source(file, lines.text, data, report.findings(), usable, places, lines)


def _at(rule: Rule, start: int, end: int, message: Message, fix: str, why: str = "") -> OffsetFinding:
    return OffsetFinding(Finding(rule=rule, message=message, fix=fix, why=why), start, end)


def _is_text(original: str, report: "_Report", *, too_large: bool) -> bool:
    """Report the refused characters of the file. Return False if the file is too large, UTF-16 or UTF-32, or has too
    many refused characters."""
    if too_large:
        end = min(len(original), MAX_BYTES)
        message = Message("the file is larger than {limit} MiB", limit=MAX_BYTES // 1024**2)
        report.add(_at(TOO_LARGE, end - 1, end, message, TOO_LARGE.fix))
        return False
    for name, mark in _OTHER_MARKS:
        if original.startswith(mark):
            message = Message("the file is {encoding}", encoding=name)
            report.add(_at(ENCODING, 0, 1, message, "save the file as UTF-8", _WHY_UTF_8))
            return False
    refused = list(islice(_refused(original), MAX_REFUSED + 1))
    if len(refused) > MAX_REFUSED:
        message = Message(
            "{message}, and more follow: the file is not UTF-8 text", message=_message(refused[0].finding)
        )
        report.add(refused[0]._replace(finding=replace(refused[0].finding, message=message)))
        return False
    for one in refused:
        report.add(one)
    return True


def _message(finding: Finding) -> Message:
    return finding.message if isinstance(finding.message, Message) else Message(finding.message)


def _refused(original: str) -> Iterator[OffsetFinding]:
    """Yield a finding for each refused character. Offsets do not include a byte order mark at the beginning."""
    mark = original.startswith("\ufeff")
    if mark:
        message = Message("the file begins with a byte order mark (U+FEFF)")
        yield _at(ENCODING, 0, 0, message, "save the file as UTF-8 without byte order mark", _WHY_NO_MARK)
    offset, bytes_before = 0, 0
    for match in _REFUSED.finditer(original, int(mark)):
        start, code = match.start(), ord(match[0])
        fix, why = "delete the character", ""
        if 0xDC80 <= code <= 0xDCFF:
            # `replace` encodes each byte that is not UTF-8 as `?`, so the number of bytes stays the same.
            bytes_before += len(original[offset:start].encode("utf-8", "replace"))
            offset = start
            byte = f"0x{code - 0xDC00:02X}"
            message = Message("byte {byte} at offset {offset} is not UTF-8", byte=byte, offset=bytes_before)
            fix, why = "save the file as UTF-8", _WHY_NO_BYTES
        elif match[0] == "\r":
            message = Message("the line ends with CR (U+000D) alone")
            fix, why = (
                "save the file with LF or CRLF line ends; do not delete the CR, because that would join two lines",
                _WHY_NO_CR,
            )
        else:
            message = Message("the file contains {character}", character=f"U+{code:04X}")
        yield _at(ENCODING, start - mark, start - mark + 1, message, fix, why)


class _Report:
    """Collect the findings about one file, at most MAX_FINDINGS."""

    def __init__(self, file: str, lines: Lines) -> None:
        self._file = file
        self._lines = lines
        self._findings: list[Finding] = []
        self._left_out = 0

    def add(self, offset_finding: OffsetFinding) -> None:
        if len(self._findings) == MAX_FINDINGS:
            self._left_out += 1
            return
        span = self._lines.span(offset_finding.start, offset_finding.end)
        self._findings.append(replace(offset_finding.finding, file=self._file, span=span))

    def findings(self) -> tuple[Finding, ...]:
        """Return the findings in the order of the file. If findings were dropped, the last finding states their
        number."""
        # An unclosed quote or bracket also covers the lines that follow. Findings at the place of a syntax error, and
        # HVN011 findings after the first syntax error, would therefore mislead: drop them.
        broken = {_start(finding) for finding in self._findings if finding.rule is SYNTAX}
        kept = [
            finding
            for finding in self._findings
            if finding.rule is SYNTAX
            or not (
                _start(finding) in broken or (finding.rule is CONTROL and _start(finding) > min(broken, default=_END))
            )
        ]
        kept.sort(key=lambda finding: (*_start(finding), finding.rule.id))
        if self._left_out:
            message = Message("{message} (and {count} more findings)", message=_message(kept[-1]), count=self._left_out)
            kept[-1] = replace(kept[-1], message=message)
        return tuple(kept)


_END = (sys.maxsize, 0)
"""A place after all findings."""


def _start(finding: Finding) -> tuple[int, int]:
    return (finding.span.line, finding.span.column) if finding.span else (0, 0)
