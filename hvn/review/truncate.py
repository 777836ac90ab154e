"""Fits a comment into a number of bytes: detail goes before verdicts, and what was cut is known."""

from collections.abc import Sequence
from dataclasses import dataclass

GITHUB = 65_536
"""GitHub takes so many characters in a comment; so many bytes are never more. api.github.com answers 422 otherwise."""


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the comment; what weighs less is cut first, from its last line on.

    `of` are the workspaces that the lines are verdicts on, one each; empty if the lines are detail.
    """

    title: str
    lines: tuple[str, ...]
    weight: int
    folded: bool = False
    of: tuple[str, ...] = ()

    def render(self, most: int | None = None) -> str:
        """As Markdown, with `most` lines at most."""
        lines = self.lines if most is None else self.lines[:most]
        left = len(self.lines) - len(lines)
        shown = "\n".join((*lines, *([f"- … and {left} more, cut for length"] if left else [])))
        if self.folded:
            return f"<details><summary>{self.title}</summary>\n\n{shown}\n\n</details>"
        return f"### {self.title}\n\n{shown}"


@dataclass(frozen=True, slots=True)
class Fitted:
    """What fits, as Markdown; the titles of what was cut; and of which workspaces a verdict was."""

    shown: tuple[str, ...]
    cut: tuple[str, ...]
    unseen: frozenset[str]


def fit(sections: Sequence[Section], room: int) -> Fitted:
    """Without the last lines of what weighs least, down to nothing of it: `room` bytes at most, blank lines too."""
    shown: dict[str, str] = {}
    cut: list[str] = []
    unseen: set[str] = set()
    for each in sorted(sections, key=lambda one: -one.weight):
        most = _most(each, room)
        if most < len(each.lines):
            cut.append(each.title)
            unseen |= {*each.of[most:]}
        if most:
            shown[each.title] = each.render(most if most < len(each.lines) else None)
            room -= size(shown[each.title]) + 2
    return Fitted(tuple(shown[each.title] for each in sections if each.title in shown), tuple(cut), frozenset(unseen))


def _most(section: Section, room: int) -> int:
    """How many lines of a section fit."""
    most, used = 0, size(section.title) + 120
    for line in section.lines:
        used += size(line) + 1
        if used > room:
            break
        most += 1
    return most


def size(text: str) -> int:
    """Bytes of a text, as GitHub takes it."""
    return len(text.encode("utf-8", "replace"))
