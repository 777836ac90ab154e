"""The types of rules and of their findings, the same for every command.

The JSON that commands print is made of these types: docs/reference/commands.md.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum

from hvn.diagnostics.message import Message, Path, dotted

__all__ = ["Finding", "Level", "Message", "Path", "Rule", "Span", "dotted"]


class Level(StrEnum):
    """The severity of a finding. Only an error makes a command exit 1."""

    ERROR = "error"
    WARNING = "warning"
    NOT_CHECKED = "not checked"
    """The check could not run because something was missing (`doctor`). This never counts as a pass."""
    PASS = "pass"  # noqa: S105 - a level
    """The check ran and found no problem (`doctor`)."""


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of the file. Lines and columns count from 1, columns in characters; the end is exclusive."""

    line: int
    column: int
    end_line: int
    end_column: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """The texts that all findings of one rule share. `hvn rule ID` prints a rule, docs/reference/rules.md lists all.

    `id` is `HVN` and three digits, grouped by subject (hvn/rulebook.py). An id is never used again for another
    meaning. `see` states the source: a URL, or a page of this project.
    """

    id: str
    name: str
    level: Level = Level.ERROR
    reports: str = ""
    """The input or change that the rule reports, as one sentence."""
    why: str
    """The consequence or the limit that the rule is about."""
    fix: str = ""
    """The general fix of the rule's findings."""
    example: str = ""
    """A piece of a topology, an edit or a command that the rule reports."""
    see: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One report of one rule.

    A rule sets `path`; the reader of the file adds `file` and `span` (`at`). A finding about a plan or a deployed
    workspace names the `workspace` instead. `impact` lists losses and outages, `manual_steps` the steps for a person.
    """

    rule: Rule
    message: Message | str
    fix: Message | str = ""
    why: Message | str = ""
    """The reason at this place. If it is empty, the rule's reason applies."""
    level: Level | None = None
    """The level of this finding, if it differs from the rule's level."""
    file: str = ""
    span: Span | None = None
    path: Path = ()
    at_key: bool = False
    """True if the last key of the path is wrong, not its value."""
    workspace: str = ""
    impact: tuple[Message | str, ...] = ()
    manual_steps: tuple[Message | str, ...] = ()

    @property
    def severity(self) -> Level:
        """The finding's own level, otherwise the level of its rule."""
        return self.level or self.rule.level

    def at(self, file: str, span: Span, line_of: Callable[[Path], int]) -> "Finding":
        """Return the finding with its place, and with line numbers in its texts."""

        def resolved(text: Message | str) -> Message | str:
            return text.resolved(line_of) if isinstance(text, Message) else text

        return replace(
            self,
            file=file,
            span=span,
            message=resolved(self.message),
            fix=resolved(self.fix),
            why=resolved(self.why),
        )
