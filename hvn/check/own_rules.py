"""The user's own rules: the Python files in `rules/` beside the topology file (docs/how-to/extend.md).

A file has `RULE` and `check(topology)`, like the modules of `hvn/check/rules`. Only `hvn check` and `hvn rule` run the
rules beside the file; `hvn review` runs the rules of the base commit. No other command runs the user's rules. A pull
request therefore cannot add code to a job with credentials, or hide a finding of the review.
"""

import pathlib
import re
import sys
import traceback
from collections.abc import Callable, Iterable, Iterator
from contextlib import redirect_stdout
from dataclasses import dataclass, replace
from types import ModuleType

from hvn.check import acceptance, load
from hvn.diagnostics.finding import Finding, Level, Message, Rule, Span
from hvn.diagnostics.message import Text, plain_text
from hvn.files import read as read_file
from hvn.topology.model import Topology

FOLDER = "rules"
ID = re.compile(r"OWN[0-9]{3}")
LEVELS = (Level.ERROR, Level.WARNING)
MOST = 1024 * 1024
"""The maximum number of bytes of a rule file."""

BROKEN = Rule(
    id="HVN041",
    name="own-rule",
    reports="A file in `rules/` is not a rule, or its `check` fails.",
    why="the rule cannot report findings",
    fix="define `RULE` with an id from OWN001 to OWN999 and the level ERROR or WARNING, and a function "
    "`check(topology)` that yields findings",
    example="config/rules/cost_center.py has no RULE",
    see="docs/how-to/extend.md",
)


@dataclass(frozen=True, slots=True)
class OwnRule:
    """A rule of the user, and its file."""

    file: str
    rule: Rule
    check: Callable[[Topology], Iterable[object]]


@dataclass(frozen=True, slots=True)
class OwnRules:
    """The rules of one folder, and a finding for each file that is not a rule."""

    rules: tuple[OwnRule, ...] = ()
    findings: tuple[Finding, ...] = ()


class _Unfit(Exception):
    """A file does not define a rule. The message states the reason."""


def beside(topology: pathlib.Path) -> OwnRules:
    """Import and return the rules in the folder beside a topology file."""
    files = sorted((topology.parent / FOLDER).glob("*.py"))
    sources: list[tuple[str, bytes]] = []
    findings: list[Finding] = []
    for file in files:
        try:
            sources.append((str(file), read_file(file, MOST)))
        except OSError as error:
            findings.append(_finding(str(file), 1, f"cannot be read: {error.strerror}"))
    own = imported(sources)
    return OwnRules(own.rules, (*findings, *own.findings))


def imported(sources: Iterable[tuple[str, bytes]]) -> OwnRules:
    """Import rules from pairs of file name and content, in this order, and return them."""
    rules: list[OwnRule] = []
    findings: list[Finding] = []
    for file, source in sources:
        try:
            with redirect_stdout(sys.stderr):
                own = _rule(file, _module(file, source))
            if other := next((one for one in rules if one.rule.id == own.rule.id), None):
                raise _Unfit(f"{other.file} also has the id {own.rule.id}")  # noqa: TRY301
            rules.append(own)
        except (Exception, SystemExit) as error:  # noqa: BLE001 - a foreign file can raise anything
            findings.append(_broken(file, error))
    return OwnRules(tuple(rules), tuple(findings))


def _module(file: str, source: bytes) -> ModuleType:
    """Return the module of a file. Python's own import would write a folder `__pycache__` beside the file."""
    module = ModuleType(f"own_rules.{pathlib.PurePath(file).stem}")
    module.__file__ = file
    sys.modules[module.__name__] = module  # dataclasses look up their module
    exec(compile(source, file, "exec"), module.__dict__)  # noqa: S102 - the user's own code
    return module


def _rule(file: str, module: ModuleType) -> OwnRule:
    rule, check = getattr(module, "RULE", None), getattr(module, "check", None)
    if not isinstance(rule, Rule):
        raise _Unfit("RULE is missing, or is not an instance of Rule")
    if not ID.fullmatch(rule.id):
        raise _Unfit(f"the id {rule.id} is not in OWN001 to OWN999")
    if rule.level not in LEVELS:
        raise _Unfit("the level is neither Level.ERROR nor Level.WARNING")
    if not callable(check):
        raise _Unfit("the function check(topology) is missing")
    return OwnRule(file, rule, check)


def add(loaded: load.Loaded, own: OwnRules) -> load.Loaded:
    """Return the checked file with the findings of these rules. Their errors do not remove the topology from the
    result.

    If the file has a wrong value, the rules do not run and count as skipped.
    """
    if not own.rules and not own.findings:
        return loaded
    reported: list[Finding] = []
    findings = list(own.findings)
    for one in own.rules if loaded.topology else ():
        try:
            with redirect_stdout(sys.stderr):
                reported += [load.located(loaded.source, finding) for finding in _findings(one, loaded.topology)]
        except (Exception, SystemExit) as error:  # noqa: BLE001 - a foreign rule can raise anything
            findings.append(_broken(one.file, error))
    complete = loaded.topology is not None and not findings
    for item in acceptance.apply(loaded.source, dict.fromkeys(reported), complete=complete, prefix="OWN"):
        if isinstance(item, Finding):
            findings.append(item)
        else:
            loaded = replace(loaded, accepted=(*loaded.accepted, item))
    ordered = sorted((*loaded.findings, *findings), key=lambda finding: load.order(loaded.source, finding))
    skipped = loaded.skipped + (0 if loaded.topology else len(own.rules))
    return replace(loaded, findings=tuple(ordered), skipped=skipped)


def _findings(own: OwnRule, topology: Topology | None) -> Iterator[Finding]:
    """Yield the rule's findings. A plain text becomes the value of a message, because it may contain text of the
    topology file."""
    assert topology  # noqa: S101 - the caller skips invalid files
    for finding in own.check(topology):
        if not isinstance(finding, Finding) or finding.rule != own.rule or finding.severity not in LEVELS:
            raise _Unfit("check(topology) yields a value that is not Finding(rule=RULE, …)")
        if not finding.message or not isinstance(finding.path, tuple):
            raise _Unfit("check(topology) yields a finding without a message, or with a path that is not a tuple")
        texts = [_value(text) for text in (finding.message, finding.why, finding.fix)]
        for text in texts:
            plain_text(text)  # raises an error if a template names a missing value
        message, why, fix = texts
        yield replace(finding, file="", span=None, message=message, why=why, fix=fix, impact=(), manual_steps=())


def _value(text: Message | str) -> Message | str:
    return text if isinstance(text, Message) or not text else Message("{text}", text=Text(text))


def _broken(file: str, error: BaseException) -> Finding:
    """Return a finding with the error and the line of the rule file that caused it."""
    if isinstance(error, _Unfit):
        return _finding(file, 1, str(error))
    lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == file]
    line = error.lineno if isinstance(error, SyntaxError) else (lines or [1])[-1]
    text = error.msg if isinstance(error, SyntaxError) else str(error)
    return _finding(file, line or 1, f"{type(error).__name__}: {text}")


def _finding(file: str, line: int, problem: str) -> Finding:
    message = Message("this project cannot use the rule: {problem}", problem=Text(problem))
    return Finding(rule=BROKEN, file=file, span=Span(line, 1, line, 1), message=message, fix=BROKEN.fix)
