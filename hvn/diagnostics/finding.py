"""The types of rules and findings, which every command uses.

docs/reference/commands.md describes the JSON of these types.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum

from hvn.diagnostics.message import Message, Path, dotted

__all__ = ["Finding", "Level", "Message", "Path", "Rule", "Span", "dotted"]


class Level(StrEnum):
    """The severity of a finding. Only findings of the level error make a command exit 1."""

    ERROR = "error"
    WARNING = "warning"
    NOT_CHECKED = "not checked"
    """The check could not run, for example without a tool (`doctor`). A check that could not run never counts as a
    pass."""
    PASS = "pass"  # noqa: S105 - a level
    """The check ran and found no problem (`doctor`)."""


@dataclass(frozen=True, slots=True)
class Span:
    """A range of text in a file. Lines and columns count from 1, columns in characters; the end is exclusive."""

    line: int
    column: int
    end_line: int
    end_column: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A rule: its id, its name, and the texts that all its findings share. `hvn rule ID` prints a rule;
    docs/reference/rules.md lists all rules.

    `id` is `HVN` and three digits, grouped by subject (hvn/rulebook.py). No other rule gets the id of a removed rule.
    `see` states the source: a URL, or a page of this project.
    """

    id: str
    name: str
    level: Level = Level.ERROR
    reports: str = ""
    """The input or change that the rule reports, as one sentence."""
    why: str
    """The consequence of the reported input, or the vendor's limit."""
    fix: str = ""
    """The general fix of the rule's findings."""
    example: str = ""
    """An example that the rule reports: part of a topology, an edit, or a command."""
    see: str
    needs_all_items: bool = False
    """True if the rule reports that no spoke uses a setting: the check skips the rule if it omitted spokes with invalid
    values."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A problem, a pass or a skipped check that a rule reports at one place.

    A rule sets `path`; the reader of the topology file adds `file` and `span` with `at`. A finding about a plan or a
    deployed workspace has `workspace` instead of `path`. `impact` lists losses and outages, `manual_steps` lists steps
    for a person.
    """

    rule: Rule
    message: Message | str
    fix: Message | str = ""
    why: Message | str = ""
    """The reason for this finding. If `why` is empty, the rule's reason applies."""
    see: str = ""
    """The source of this finding. If `see` is empty, the rule's source applies."""
    level: Level | None = None
    """The level of this finding, if the level differs from the rule's."""
    file: str = ""
    span: Span | None = None
    path: Path = ()
    at_key: bool = False
    """True if the last key of the path is wrong, not the key's value."""
    workspace: str = ""
    impact: tuple[Message | str, ...] = ()
    manual_steps: tuple[Message | str, ...] = ()

    @property
    def severity(self) -> Level:
        """Return the finding's own level, otherwise the level of its rule."""
        return self.level or self.rule.level

    def at(self, file: str, span: Span, line_of: Callable[[Path], int]) -> "Finding":
        """Return the finding with file and span, and with line numbers in place of `LineOf`."""

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
