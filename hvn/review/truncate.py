"""Fit a comment into a number of bytes. The module cuts details before verdicts, and reports the cut verdicts."""

from collections.abc import Sequence
from dataclasses import dataclass

GITHUB = 65_536
"""GitHub's maximum number of characters in a comment. This project uses it as a maximum number of bytes. api.github.com
answers 422 to a longer comment.
"""


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the comment. The section with the lowest weight is cut first, from its end.

    `of` has the workspaces of each line, if the lines are verdicts. `of` is empty if the lines are details.
    """

    title: str
    lines: tuple[str, ...]
    weight: int
    folded: bool = False
    of: tuple[tuple[str, ...], ...] = ()

    def render(self, most: int | None = None) -> str:
        """Return the section as Markdown, with at most `most` lines."""
        lines = self.lines if most is None else self.lines[:most]
        rest = len(self.lines) - len(lines)
        shown = "\n".join((*lines, *([f"- … and {rest} more, cut for length"] if rest else [])))
        if self.folded:
            return f"<details><summary>{self.title}</summary>\n\n{shown}\n\n</details>"
        return f"### {self.title}\n\n{shown}"


@dataclass(frozen=True, slots=True)
class Fitted:
    """The sections that fit, as Markdown; the titles of cut sections; the workspaces with a cut verdict."""

    shown: tuple[str, ...]
    cut: tuple[str, ...]
    unseen: frozenset[str]


def fit(sections: Sequence[Section], room: int) -> Fitted:
    """Return the sections in at most `room` bytes, separators included. The lightest sections are cut first."""
    shown: dict[str, str] = {}
    cut: list[str] = []
    unseen: set[str] = set()
    for section in sorted(sections, key=lambda section: -section.weight):
        most = _most(section, room)
        if most < len(section.lines):
            cut.append(section.title)
            unseen |= {workspace for workspaces in section.of[most:] for workspace in workspaces}
        if most:
            shown[section.title] = section.render(most if most < len(section.lines) else None)
            room -= size(shown[section.title]) + 2
    parts = tuple(shown[section.title] for section in sections if section.title in shown)
    return Fitted(parts, tuple(cut), frozenset(unseen))


def _most(section: Section, room: int) -> int:
    """Return the number of lines of a section that fit."""
    most, used = 0, size(section.title) + 120
    for line in section.lines:
        used += size(line) + 1
        if used > room:
            break
        most += 1
    return most


def size(text: str) -> int:
    """Return the size of a text in bytes, as GitHub stores it."""
    return len(text.encode("utf-8", "replace"))
