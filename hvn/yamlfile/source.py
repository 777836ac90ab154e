"""The topology file as plain data, with the line and column of everything in it.

Nothing here knows what a topology is. First the characters are checked here, then `hvn.yamlfile.reader` reads the YAML.
"""

import pathlib
import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Final

from hvn.diagnostics.finding import Finding, Path, Rule, Span, finding
from hvn.diagnostics.printable import printable
from hvn.yamlfile.lines import Lines
from hvn.yamlfile.reader import TOO_LARGE, Place, Reader, Value
from hvn.yamlfile.scalars import CONTROL, Problem
from hvn.yamlfile.syntax import SYNTAX

__all__ = ["Source", "Unreadable", "Value", "parse", "read"]

MAX_BYTES: Final = 8 * 1024 * 1024
MAX_FINDINGS: Final = 1000
MAX_REFUSED: Final = 100  # characters: with more of them it is no text

ENCODING = Rule(
    id="HVN003",
    name="yaml-encoding",
    why="YAML readers refuse such a file, or some see a line break where others, and people, see none",
    see="https://yaml.org/spec/1.2.2/#51-character-set",
)

# What YAML does not allow, and U+0085 and the lone U+000D, which are line breaks to some readers only.
_REFUSED = re.compile("[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufeff\ufffe\uffff]|\r(?!\n)")
# As they come out where UTF-8 is read. Those of UTF-32 first: one of them begins like one of UTF-16.
_OTHER_MARKS = (
    ("UTF-32", ("\udcff\udcfe\0\0", "\0\0\udcfe\udcff")),
    ("UTF-16", ("\udcff\udcfe", "\udcfe\udcff")),
)
# What may not even stand in a comment: it ends the comment for some readers, or moves what people see.
_HIDDEN = re.compile("[\u2028\u2029\u202a-\u202e\u2066-\u2069]")
_COMMENT = re.compile(r"(?:(?<=[ \t])|^)#[^\r\n]*", re.MULTILINE)
# These end a line for libyaml. The parser gets a word joiner instead: refused as well, but it ends no line.
_NO_LINE_ENDS = str.maketrans("\u2028\u2029", "\u2060\u2060")


class Unreadable(Exception):
    """The file cannot be read at all. The message is one line: what, why, what to do."""


@dataclass(frozen=True, slots=True)
class Source:
    """A file that was read: its data, what is wrong with it as YAML, and where everything stands.

    `data` holds dict, tuple, str, int, bool and None only; an empty dict where the file is not `usable`, that is
    not one YAML mapping. Refused values are in it, so that the rest can be checked: an ambiguous one as the text
    that is written, one with invisible characters as `printable` shows it, an alias as None. Of a key that is
    written twice it holds the first value; what stands under an empty key or a merge key is left out.
    """

    file: str
    text: str
    data: Value
    findings: tuple[Finding, ...]
    usable: bool
    _places: Mapping[Path, Place] = field(repr=False, compare=False)
    _lines: Lines = field(repr=False, compare=False)

    def span(self, path: Path) -> Span:
        """Where the value at `path` stands; of a mapping, a list or an empty value, where its key stands.

        A path that is not in the file gives its nearest ancestor, `()` the first line.
        """
        place = self._place(path)
        return self._lines.span(place.start, place.end) if place else self._lines.first()

    def key_span(self, path: Path) -> Span:
        """Where the key of `path` stands; of a list item, which has none, where the item stands."""
        place = self._place(path)
        return self._lines.span(place.key_start, place.key_end) if place else self._lines.first()

    def comments(self) -> Iterator[tuple[Span, str]]:
        """Each comment from its `#` to the end of its line; none where the file is not `usable`."""
        if not self.usable:
            return
        # What looks like a comment may be part of a text in quotes.
        texts = sorted({each for place in self._places.values() for each in (place[:2], place[2:])})
        position = 0
        while match := _COMMENT.search(self.text, position):
            start, position = match.span()
            before = bisect_right(texts, (start, len(self.text))) - 1
            if before >= 0 and start < texts[before][1]:
                position = texts[before][1]
            else:
                yield self._lines.span(start, position), match[0]

    def _place(self, path: Path) -> Place | None:
        while path and path not in self._places:
            path = path[:-1]
        return self._places.get(path)


def read(file: pathlib.Path | str) -> Source:
    """Read a file, no more than 8 MiB of it. Raises `Unreadable`, nothing else."""
    shown = printable(str(file), 200)
    try:
        with pathlib.Path(file).open("rb") as handle:
            content = handle.read(MAX_BYTES + 1)
    except FileNotFoundError:
        raise Unreadable(f"{shown} does not exist: name the topology file with --topology FILE") from None
    except IsADirectoryError:
        raise Unreadable(f"{shown} is a directory: name the file in it with --topology FILE") from None
    except PermissionError:
        raise Unreadable(f"you may not read {shown}: change its permissions, or name another file") from None
    except (OSError, ValueError) as error:  # ValueError: a NUL in the name
        reason = printable(getattr(error, "strerror", None) or str(error))
        raise Unreadable(f"{shown} cannot be read ({reason}): name another file with --topology FILE") from None
    # Bytes that are not UTF-8 come out as U+DC80 to U+DCFF, and are reported with other characters of that kind.
    text = content.decode("utf-8", "surrogateescape")
    return _parse(text, str(file), too_large=len(content) > MAX_BYTES)


def parse(text: str, file: str) -> Source:
    """Read a text of at most 8 Mi characters. Never raises: what is wrong is in the findings."""
    return _parse(text, file, too_large=len(text) > MAX_BYTES)


def _parse(given: str, file: str, *, too_large: bool) -> Source:
    text = given.removeprefix("\ufeff")
    lines = Lines.of(re.sub("[\ud800-\udfff]", "\ufffd", text))  # without surrogates it can be written anywhere
    report = _Report(file, lines)
    hidden = {match.start() for match in islice(_HIDDEN.finditer(text), MAX_FINDINGS)}
    reader = Reader(lines, hidden, report.add)
    usable = False
    if _is_text(given, report, too_large=too_large):
        legible = _REFUSED.sub(lambda match: match[0] if match[0] == "\r" else "\ufffd", text)
        usable = reader.read(legible.translate(_NO_LINE_ENDS))
        for offset in sorted(hidden):
            name = f"U+{ord(text[offset]):04X}"
            report.add(Problem(CONTROL, offset, offset + 1, f"the file holds {name}", "delete it"), ())
    data, places = (reader.data, reader.places) if usable else ({}, {})
    return Source(file, lines.text, data, report.findings(), usable, places, lines)


def _is_text(given: str, report: "_Report", *, too_large: bool) -> bool:
    """Report characters that are no text; False if there is no point in reading on."""
    if too_large:
        end = min(len(given), MAX_BYTES)
        report.add(Problem(TOO_LARGE, end - 1, end, "the file is larger than 8 MiB", "is it the right file?"), ())
        return False
    for name, mark in _OTHER_MARKS:
        if given.startswith(mark):
            report.add(Problem(ENCODING, 0, 1, f"the file is {name}", "save it as UTF-8"), ())
            return False
    for number, problem in enumerate(_no_text(given)):
        if number == MAX_REFUSED:
            message = f"{problem.message}, and there is more: this is not a text in UTF-8"
            report.add(problem._replace(message=message), ())
            return False
        report.add(problem, ())
    return True


def _no_text(given: str) -> Iterator[Problem]:
    """Characters that may stand nowhere in a YAML file. Their places leave a byte order mark out."""
    mark = given.startswith("\ufeff")
    if mark:
        fix = "save the file as UTF-8 without byte order mark"
        yield Problem(ENCODING, 0, 0, "the file begins with a byte order mark (U+FEFF)", fix)
    offset, bytes_before = 0, 0
    for match in _REFUSED.finditer(given, int(mark)):
        start, code = match.start(), ord(match[0])
        if 0xDC80 <= code <= 0xDCFF:
            bytes_before += len(given[offset:start].encode("utf-8", "replace"))  # `?`, one byte, for each such byte
            offset = start
            message, fix = f"byte 0x{code - 0xDC00:02X} at offset {bytes_before} is not UTF-8", "save the file as UTF-8"
        else:
            message, fix = f"the file holds U+{code:04X}", "delete it"
        yield Problem(ENCODING, start - mark, start - mark + 1, message, fix)


class _Report:
    """Collects what is found in one file, up to a number that people can still read."""

    def __init__(self, file: str, lines: Lines) -> None:
        self.file = file
        self.lines = lines
        self.found: list[Finding] = []
        self.left_out = 0

    def add(self, problem: Problem, path: Path) -> None:
        if len(self.found) == MAX_FINDINGS:
            self.left_out += 1
            return
        rule, start, end, message, fix = problem
        span = self.lines.span(start, end)
        self.found.append(finding(rule, file=self.file, span=span, path=path, message=message, fix=fix))

    def findings(self) -> tuple[Finding, ...]:
        """In the order of the file; the last one says how many more there are."""
        # A quote that is not closed swallows the next lines: what else was said about that text is no help.
        broken = {_start(each) for each in self.found if each.rule is SYNTAX}
        found = [each for each in self.found if each.rule is SYNTAX or _start(each) not in broken]
        found.sort(key=lambda each: (*_start(each), each.rule.id))
        if self.left_out:
            found[-1] = replace(found[-1], message=f"{found[-1].message} (and {self.left_out} more findings)")
        return tuple(found)


def _start(finding: Finding) -> tuple[int, int]:
    return (finding.span.line, finding.span.column) if finding.span else (0, 0)
