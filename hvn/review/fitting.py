"""Fits a comment into a number of bytes: detail goes before verdicts, and what was cut is said."""

from collections.abc import Sequence
from dataclasses import dataclass

GITHUB = 65_536
"""GitHub takes so many characters in a comment; so many bytes are never more. api.github.com answers 422 otherwise."""
RESERVE = 400
"""For the sentence about what was cut."""


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the comment; what weighs less is cut first, from its last line on."""

    title: str
    lines: tuple[str, ...]
    weight: int
    folded: bool = False

    def render(self, most: int | None = None) -> str:
        """As Markdown, with `most` lines at most."""
        lines = self.lines if most is None else self.lines[:most]
        left = len(self.lines) - len(lines)
        shown = "\n".join((*lines, *([f"- … and {left} more, cut for length"] if left else [])))
        if self.folded:
            return f"<details><summary>{self.title}</summary>\n\n{shown}\n\n</details>"
        return f"### {self.title}\n\n{shown}"


def fit(head: str, sections: Sequence[Section], tail: str, limit: int) -> str:
    """All of it, if it fits; else without the last lines of what weighs least, down to nothing of it."""
    full = "\n\n".join((head, *(each.render() for each in sections), tail)) + "\n"
    if _size(full) <= limit:
        return full
    room = limit - _size(head) - _size(tail) - RESERVE - 8
    shown: dict[str, str] = {}
    cut = []
    for each in sorted(sections, key=lambda one: -one.weight):
        most = _most(each, room)
        if most < len(each.lines):
            cut.append(each.title)
        if most:
            shown[each.title] = each.render(most if most < len(each.lines) else None)
            room -= _size(shown[each.title]) + 2
    said = f"**Cut for length**: {', '.join(cut[:8])}. The whole is in the job's own output."
    kept = [shown[each.title] for each in sections if each.title in shown]
    return "\n\n".join((head, said, *kept, tail)) + "\n"


def _most(section: Section, room: int) -> int:
    """How many lines of a section fit."""
    most, used = 0, _size(section.title) + 120
    for line in section.lines:
        used += _size(line) + 1
        if used > room:
            break
        most += 1
    return most


def _size(text: str) -> int:
    return len(text.encode("utf-8", "replace"))
