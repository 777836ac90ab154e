"""What the checks report: one frozen value for each thing a person has to look at.

The field names and their order are a contract: `hvn check --format json` prints them as they stand here.
"""

from dataclasses import dataclass
from enum import StrEnum

Path = tuple[str | int, ...]
"""Where a value stands in the file, e.g. `("spokes", "payments", "cidr")`; list items by number from 0."""


class Level(StrEnum):
    """How bad a finding is. Only an error makes a command exit 1."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of the file. Lines and columns count from 1, columns in characters; the end is exclusive."""

    line: int
    column: int
    end_line: int
    end_column: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """What is the same in every finding of one kind.

    `id` is `HVN` and three digits, grouped by subject (docs/reference/rules.md), and never used again for
    another meaning. `see` is the page that states the fact: a URL, or a page of this project where the rule is its own.
    """

    id: str
    name: str
    level: Level = Level.ERROR
    why: str
    see: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One report at one place of one file."""

    file: str
    line: int
    column: int
    end_line: int
    end_column: int
    level: Level
    id: str
    name: str
    path: str
    message: str
    why: str
    fix: str
    see: str


@dataclass(frozen=True, slots=True)
class Breach:
    """What a check says of one place: what is wrong there, and what to do. Its rule and its line are added later."""

    path: Path
    message: str
    fix: str
    other: Path | None = None
    """A second place that the message speaks of: `{line}` in the message stands for its line."""
    at_key: bool = False
    """True: what is wrong is the name at the end of the path, not its value."""


def finding(rule: Rule, *, file: str, span: Span, path: Path, message: str, fix: str) -> Finding:
    """Join what the rule says in general with what is wrong at this place."""
    return Finding(
        file=file,
        line=span.line,
        column=span.column,
        end_line=span.end_line,
        end_column=span.end_column,
        level=rule.level,
        id=rule.id,
        name=rule.name,
        path=dotted(path),
        message=message,
        why=rule.why,
        fix=fix,
        see=rule.see,
    )


def dotted(path: Path) -> str:
    """`spokes.payments.cidr`, list items as `cidrs[0]`."""
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else str(part)
    return text
