"""A new spoke put into the text of a topology file that has been checked: it is one mapping without anchors or tags."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple, cast

import yaml

from hvn.yamlfile import source
from hvn.yamlfile.reader import LOADER
from hvn.yamlfile.syntax import offset
from hvn.yamlfile.writing import block, flow

STEP = 2  # blanks a level is indented by, where the file itself says nothing else


class Insertion(NamedTuple):
    """Put `added` at `offset` characters from the start; `removed` is what stands there and goes."""

    offset: int
    added: str
    removed: str = ""

    def apply(self, text: str) -> str:
        """The text with the insertion."""
        return text[: self.offset] + self.added + text[self.offset + len(self.removed) :]


def insert(read: source.Source, name: str, spoke: Mapping[str, Any]) -> source.Source | None:
    """The file with the spoke behind the others; None if it has a form that no place was found in.

    Its data is compared: all else is what it was.
    """
    for each in _insertions(read.text, name, spoke):
        made = source.parse(each.apply(read.text), read.file)
        if made.usable and _only_added(read.data, made.data, name):
            return made
    return None


def _only_added(before: source.Value, after: source.Value, name: str) -> bool:
    assert isinstance(before, Mapping)  # noqa: S101 - both were read as topologies
    assert isinstance(after, Mapping)  # noqa: S101
    others = dict(cast("Mapping[str, source.Value]", after.get("spokes") or {}))
    there = others.pop(name, None) is not None
    return there and {**after, "spokes": others} == {**before, "spokes": before.get("spokes") or {}}


def _insertions(text: str, name: str, spoke: Mapping[str, Any]) -> Iterator[Insertion]:
    """Ways to put it in, the likelier one first."""
    root = cast("yaml.MappingNode", yaml.compose(text, Loader=LOADER))
    margin = root.value[0][0].start_mark.column
    spokes: yaml.MappingNode | None = next((value for key, value in root.value if key.value == "spokes"), None)
    if spokes is None and root.flow_style:
        yield from _before_bracket(root, f"spokes: {flow({name: spoke})}")
    elif spokes is None:
        yield _below(text, len(text), "", block({"spokes": {name: spoke}}, margin, STEP))
    elif not spokes.flow_style:
        indent = spokes.value[0][0].start_mark.column
        end = _end_of_block(text, spokes, indent)
        yield _below(text, end, _blank_between(text, spokes), block({name: spoke}, indent, indent - margin or STEP))
    elif spokes.value or root.flow_style:
        yield from _before_bracket(spokes, flow({name: spoke})[1:-1])
    else:
        # The brackets go: with them the spokes of all times would have to be written on this one line.
        start, end = offset(spokes.start_mark), offset(spokes.end_mark)
        start = len(text[:start].rstrip(" "))
        line_end = _line_end(text, end)
        below = _below(text, line_end, "", block({name: spoke}, margin + STEP, STEP))
        yield Insertion(start, text[end:line_end] + below.added, text[start:line_end])


def _before_bracket(node: yaml.MappingNode, added: str) -> Iterator[Insertion]:
    """As the last item of a mapping in brackets, which may end with a comma of its own."""
    at = offset(node.end_mark) - 1
    if node.value:
        yield Insertion(at, f", {added}")
    yield Insertion(at, added)


def _below(text: str, at: int, between: str, lines: Iterator[str]) -> Insertion:
    """Lines of their own at the beginning of a line, or behind a last line that has no end."""
    newline = "\r\n" if "\r\n" in text else "\n"
    added = between + "".join(f"{line}{newline}" for line in lines)
    if at and text[at - 1] != "\n":
        return Insertion(at, newline + added.removesuffix(newline))
    return Insertion(at, added)


def _end_of_block(text: str, node: yaml.MappingNode, indent: int) -> int:
    """Where the line after the last one of a block begins, with the comments that are indented as its content."""
    end = _line_end(text, _last(node))
    while comment := re.compile(r"( *)#[^\n]*(\n|$)").match(text, end):
        if len(comment[1]) <= indent:
            break
        end = comment.end()
    return end


def _last(node: yaml.Node) -> int:
    """The offset behind the last character of a node: a block's own mark stands behind the blanks that follow it."""
    while isinstance(node, yaml.CollectionNode) and not node.flow_style and node.value:
        last = node.value[-1]
        node = last[1] if isinstance(last, tuple) else last
    return offset(node.end_mark)


def _line_end(text: str, at: int) -> int:
    """Behind the end of the line."""
    found = text.find("\n", at)
    return len(text) if found < 0 else found + 1


def _blank_between(text: str, spokes: yaml.MappingNode) -> str:
    """A blank line, if the last two spokes have one between them."""
    if len(spokes.value) < 2:
        return ""
    newline = "\r\n" if "\r\n" in text else "\n"
    between = text[_last(spokes.value[-2][1]) : offset(spokes.value[-1][0].start_mark)]
    return newline if re.search(r"\n[ ]*\r?\n", between) else ""
