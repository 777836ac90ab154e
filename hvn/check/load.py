"""Checks the YAML, the shape, the rules and the key files of a topology file, and reports all findings at once."""

import pathlib
from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from hvn.check import acceptance, indentation, key_files, partial, rules
from hvn.check.ambiguous import fitted
from hvn.check.invalid import NeedsInvalid
from hvn.check.shape import Shape, shape
from hvn.check.typos import Corrected
from hvn.diagnostics.finding import Finding, Level, Path, dotted
from hvn.printed import Printed
from hvn.topology import jwks
from hvn.topology.model import Topology
from hvn.yamlfile import source

if TYPE_CHECKING:
    from hvn.check.extra_files import Extras
    from hvn.kinds.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Checked:
    """A topology without errors, the committed public keys by spoke, and the user's own Terraform."""

    topology: Topology
    keys: Mapping[str, jwks.Jwks]
    extra: "Extras" = field(default_factory=dict)
    commands: Printed | None = None
    """The commands for blocked workspaces: a command that prints them sets the topology file."""
    _derived: "list[tuple[Workspace, ...]]" = field(default_factory=list, init=False, repr=False, compare=False)
    """The result of `workspaces`, after its first call."""

    def with_made_up_keys(self) -> "Checked":
        """Return the topology with made-up keys in place of missing keys, for a rehearsal: no workspace is blocked."""
        return replace(self, keys=key_files.with_made_up(self.topology, self.keys))

    def workspaces(self) -> "tuple[Workspace, ...]":
        """Return all workspaces in deployment order."""
        if not self._derived:
            self._derived.append(self._workspaces())
        return self._derived[0]

    def _workspaces(self) -> "tuple[Workspace, ...]":
        # Import the module here, because `hvn check` does not need it, and the import takes a tenth of the command's
        # time.
        from hvn.kinds.derivation import workspaces

        derived = workspaces(self.topology, self.keys)
        if self.commands:
            text = self.commands.text
            derived = tuple(replace(one, blocked=text(one.blocked)) if one.blocked else one for one in derived)
        if not self.extra:
            return derived
        from hvn.check.extra_files import added

        return added(derived, self.extra)


@dataclass(frozen=True, slots=True)
class Loaded:
    """A file with its findings, and the checked topology if no finding is an error."""

    source: source.Source
    findings: tuple[Finding, ...]
    checked: Checked | None
    skipped: int
    """The number of rules that did not run, because they need an invalid value."""
    topology: Topology | None = None
    """The topology, if its shape is valid. Rules may still report errors."""
    accepted: tuple[acceptance.Accepted, ...] = ()
    """The warnings that comments in the file accept."""


class Invalid(Exception):
    """The topology has errors, so it has no workspaces."""

    def __init__(self, findings: tuple[Finding, ...]) -> None:
        super().__init__(f"{len(findings)} findings")
        self.findings = findings


def load(file: pathlib.Path | str, keys: pathlib.Path | None = None) -> Loaded:
    """Read and check a topology file, with the keys beside it or in another folder. Return the result with all
    findings.

    Raises only `source.Unreadable`, if the file cannot be read.
    """
    beside = pathlib.Path(file).parent
    return check(source.read(file), keys or beside / "jwks", beside / "extra")


def require(file: pathlib.Path | str) -> Checked:
    """Return the topology of a file. Raises `Invalid` if the topology has errors, or `source.Unreadable`."""
    loaded = load(file)
    if loaded.checked is None:
        raise Invalid(loaded.findings)
    return loaded.checked


def check(read: source.Source, key_folder: pathlib.Path, extra_folder: pathlib.Path | None = None) -> Loaded:
    """Check a topology file: its shape, its key files, the user's own Terraform, and the rules. Return all findings in
    the order of the file."""
    loaded = _check(read, key_folder, extra_folder)
    if loaded.checked or not (corrected := indentation.corrected(read)):
        return loaded
    better = _check(corrected.read, key_folder)
    kept = [one for one in read.findings if one.rule is source.ENCODING]
    findings = [*kept, *corrected.findings, *map(corrected.placed, better.findings)]
    if read.usable and _errors(better.findings) >= _errors(loaded.findings):
        return loaded
    return replace(
        better, source=read, findings=tuple(sorted(findings, key=lambda one: order(read, one))), checked=None
    )


def _errors(findings: Iterable[Finding]) -> int:
    return sum(one.severity is Level.ERROR for one in findings)


def _check(read: source.Source, key_folder: pathlib.Path, extra_folder: pathlib.Path | None = None) -> Loaded:
    findings = set(map(fitted, read.findings))
    if not read.usable:
        return Loaded(read, tuple(map(fitted, read.findings)), None, skipped=len(rules.modules()))
    shaped = shape(read.data)
    # If the reader refused a value, do not report the type of the value as well.
    refused = {finding.path for finding in read.findings}
    findings |= {located(read, one) for one in shaped.findings if one.path not in refused and not _merged(one, refused)}
    topology, files, skipped = shaped.topology, key_files.KeyFiles({}, (), ()), 0
    if topology:
        files = key_files.read(topology, key_folder)
        found = (*rules.findings(topology), *files.in_topology)
        findings |= {located(read, finding) for finding in found if not _merged(finding, refused)}
        findings |= {
            *files.findings,
            *key_files.foreign(topology, files.keys, key_folder),
            *key_files.left_over(topology, key_folder),
        }
    elif shaped.corrected:
        possible, skipped = _possible(shaped, shaped.corrected, key_folder)
        findings |= {finding if finding.file else located(read, finding) for finding in possible}
    # An error can hide a warning.
    complete = topology is not None and all(finding.severity is not Level.ERROR for finding in findings)
    applied = list(acceptance.apply(read, findings, complete=complete))
    left = [one for one in applied if isinstance(one, Finding)]
    accepted = [one for one in applied if isinstance(one, acceptance.Accepted)]
    ordered = sorted(left, key=lambda finding: order(read, finding))
    failed = any(finding.severity is Level.ERROR for finding in ordered)
    checked = Checked(topology, files.keys) if topology and not failed else None
    if checked and extra_folder and extra_folder.is_dir():
        checked, unusable = _with_extra(checked, extra_folder)
        ordered += unusable
    return Loaded(
        read,
        tuple(ordered),
        checked,
        skipped=skipped,
        topology=topology,
        accepted=tuple(sorted(accepted, key=lambda one: order(read, one.finding))),
    )


def _merged(finding: Finding, refused: Set[Path]) -> bool:
    """Return whether the finding is about a mapping in which the reader refused a merge key: the mapping's keys are
    unknown."""
    return (*finding.path, "<<") in refused


def _with_extra(checked: Checked, folder: pathlib.Path) -> tuple[Checked | None, tuple[Finding, ...]]:
    """Return the topology with the user's own Terraform and no findings, or None and the findings about its files."""
    # Import the module here, because few topologies have these files, and the module imports all kinds of workspaces.
    from hvn.check import extra_files

    extra = extra_files.read(folder)
    findings = (*extra.findings, *extra_files.misplaced(extra.files, checked.workspaces(), folder))
    return (None if findings else replace(checked, extra=extra.files)), findings


def order(read: source.Source, finding: Finding) -> tuple[object, ...]:
    """Return the sort key of a finding: its place in the file, then its rule. Findings about other files come last."""
    span = finding.span
    place = (span.line, span.column) if span else (0, 0)
    return (
        finding.file != read.file,
        finding.file,
        *place,
        finding.rule.id,
        dotted(finding.path),
        str(finding.message),
    )


def located(read: source.Source, finding: Finding) -> Finding:
    """Return the finding with its place in the file."""
    at_key = finding.at_key and finding.path
    span = read.key_span(finding.path) if at_key else read.span(finding.path)
    return finding.at(read.file, span, lambda path: read.span(path).line)


def _possible(shaped: Shape, corrected: Corrected, key_folder: pathlib.Path) -> tuple[Iterable[Finding], int]:
    """Return the findings of the rules about a file with errors of shape, and the number of skipped rules."""
    whole = partial.with_invalid(corrected.data, corrected.meant)
    rest = partial.without_items(corrected.data, shaped.invalid, corrected.meant)
    reported, skipped = rules.possible_findings(whole, rest)
    try:
        files = key_files.read(rest, key_folder) if rest else key_files.KeyFiles({}, (), ())
        reported += (*files.in_topology, *files.findings)
    except (NeedsInvalid, TypeError):
        skipped += 1
    return [replace(finding, path=corrected.written(finding.path)) for finding in reported], skipped
