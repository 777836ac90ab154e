"""Insert a new item, such as a spoke, into the text of a valid topology file."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple, cast

import yaml

from hvn.yamlfile import source
from hvn.yamlfile.reader import LOADER
from hvn.yamlfile.syntax import offset
from hvn.yamlfile.writing import block, flow

STEP = 2  # the number of spaces of one indentation level, for a file without indented lines


class Insertion(NamedTuple):
    """An edit of a text: remove `removed` at an offset in characters, and add `added`."""

    offset: int
    added: str
    removed: str = ""

    def apply(self, text: str) -> str:
        """Return the edited text."""
        return text[: self.offset] + self.added + text[self.offset + len(self.removed) :]


def insert(read: source.Source, path: Sequence[str], value: Any) -> source.Source | None:
    """Return the file with a new item after the last item of its mapping, or None if every possible insertion would
    change other data. `path` is the path of the item, such as `spokes`, `shipping`. The mapping may be absent."""
    for insertion in _insertions(read.text, path, value):
        changed = source.parse(insertion.apply(read.text), read.file)
        if changed.usable and _only_added(read.data, changed.data, path):
            return changed
    return None


def _only_added(before: source.Value, after: source.Value, path: Sequence[str]) -> bool:
    if not (isinstance(before, Mapping) and isinstance(after, Mapping)):
        return False
    key, *below = path
    others = {name: value for name, value in before.items() if name != key}
    if others != {name: value for name, value in after.items() if name != key} or key not in after:
        return False
    return _only_added(before.get(key) or {}, after[key], below) if below else key not in before


def _insertions(text: str, path: Sequence[str], value: Any) -> Iterator[Insertion]:
    """Yield the possible insertions of an item, the most likely insertion first."""
    *above, section, name = path
    root = cast("yaml.MappingNode", yaml.compose(text, Loader=LOADER))
    parent = root
    for key in above:
        parent = cast("yaml.MappingNode", _value(parent, key))
    margin = parent.value[0][0].start_mark.column
    items = cast("yaml.MappingNode | None", _value(parent, section))
    if items is None and parent.flow_style:
        yield from _before_bracket(parent, f"{section}: {flow({name: value})}")
    elif items is None:
        end = _end_of_block(text, parent, margin) if above else len(text)
        yield _below(text, end, "", block({section: {name: value}}, margin, STEP))
    elif not items.flow_style:
        indent = items.value[0][0].start_mark.column
        end = _end_of_block(text, items, indent)
        yield _below(text, end, _blank_between(text, items), block({name: value}, indent, indent - margin or STEP))
    elif items.value or parent.flow_style:
        yield from _before_bracket(items, flow({name: value})[1:-1])
    else:
        # Remove the brackets of `spokes: {}`, because inside them all new items would be on one line.
        start, end = offset(items.start_mark), offset(items.end_mark)
        inside = text[start + 1 : end - 1].rstrip(" ")
        start = len(text[:start].rstrip(" "))
        line_end = _line_end(text, end)
        added = _below(text, line_end, "", block({name: value}, margin + STEP, STEP)).added
        kept = text[end:line_end]
        if "#" in inside:  # keep the comments inside the brackets, including the last line end
            kept = inside + kept.lstrip()
            added = added.lstrip("\r\n") if kept.endswith("\n") else added
        yield Insertion(start, kept + added, text[start:line_end])


def _value(mapping: yaml.MappingNode, key: str) -> yaml.Node | None:
    return next((value for one, value in mapping.value if one.value == key), None)


def _before_bracket(node: yaml.MappingNode, added: str) -> Iterator[Insertion]:
    """Yield the insertions of a new last item into a mapping in brackets, with and without a comma before the item."""
    at = offset(node.end_mark) - 1
    if node.value:
        yield Insertion(at, f", {added}")
    yield Insertion(at, added)


def _below(text: str, at: int, between: str, lines: Iterator[str]) -> Insertion:
    """Return the insertion of these lines at an offset: the beginning of a line, or the end of a text without a final
    line end."""
    newline = "\r\n" if "\r\n" in text else "\n"
    added = between + "".join(f"{line}{newline}" for line in lines)
    if at and text[at - 1] != "\n":
        return Insertion(at, newline + added.removesuffix(newline))
    return Insertion(at, added)


def _end_of_block(text: str, node: yaml.MappingNode, indent: int) -> int:
    """Return the offset of the first line after a block. Comments that are indented like the block's content belong to
    the block."""
    end = _line_end(text, _last(node))
    while comment := re.compile(r"( *)#[^\n]*(\n|$)").match(text, end):
        if len(comment[1]) <= indent:
            break
        end = comment.end()
    return end


def _last(node: yaml.Node) -> int:
    """Return the offset after the last character of a node. The function does not use PyYAML's end mark of a block,
    which is after the empty lines below the block."""
    while isinstance(node, yaml.CollectionNode) and not node.flow_style and node.value:
        last = node.value[-1]
        node = last[1] if isinstance(last, tuple) else last
    return offset(node.end_mark)


def _line_end(text: str, at: int) -> int:
    newline = text.find("\n", at)
    return len(text) if newline < 0 else newline + 1


def _blank_between(text: str, items: yaml.MappingNode) -> str:
    """Return an empty line if an empty line separates the last two items, otherwise an empty text."""
    if len(items.value) < 2:
        return ""
    newline = "\r\n" if "\r\n" in text else "\n"
    between = text[_last(items.value[-2][1]) : offset(items.value[-1][0].start_mark)]
    return newline if re.search(r"\n[ ]*\r?\n", between) else ""
