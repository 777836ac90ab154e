"""Reads and checks a topology file: its YAML, its shape, the rules, the key files. Reports all findings at once."""

import gc
import pathlib
from collections.abc import Iterator, Mapping, Set
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from hvn.check import acceptance, key_files, rules
from hvn.check.shape import UNKNOWN_KEY, shape
from hvn.diagnostics.finding import Finding, Level, Path, dotted
from hvn.topology import jwks
from hvn.topology.model import Topology
from hvn.yamlfile import source

if TYPE_CHECKING:
    from hvn.kinds.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Checked:
    """A topology without errors, and the committed public keys by spoke."""

    topology: Topology
    keys: Mapping[str, jwks.Jwks]

    def workspaces(self) -> "tuple[Workspace, ...]":
        """Return all workspaces in deployment order."""
        # Imported here: the import takes a tenth of the time of `hvn check`, which does not need it.
        from hvn.kinds.derivation import workspaces

        return workspaces(self.topology, self.keys)


@dataclass(frozen=True, slots=True)
class Loaded:
    """A file with its findings, and the checked topology if no finding is an error."""

    source: source.Source
    findings: tuple[Finding, ...]
    checked: Checked | None
    rules_ran: bool
    """False if the rules did not run: the file is not usable, or HVN, hub or pools have errors of shape."""
    accepted: tuple[acceptance.Accepted, ...] = ()
    """The warnings that comments in the file accept."""


class Invalid(Exception):
    """The topology has errors. No workspaces can be computed."""

    def __init__(self, findings: tuple[Finding, ...]) -> None:
        super().__init__(f"{len(findings)} findings")
        self.findings = findings


def load(file: pathlib.Path | str, keys: pathlib.Path | None = None) -> Loaded:
    """Read and check a topology file, with the keys beside it or in another folder.

    Raises only `source.Unreadable`, if the file cannot be read.
    """
    with _without_collections():
        return check(source.read(file), keys or pathlib.Path(file).parent / "jwks")


def require(file: pathlib.Path | str) -> Checked:
    """Return the topology of a file. Raises `Invalid` if it has errors, or `source.Unreadable`."""
    loaded = load(file)
    if loaded.checked is None:
        raise Invalid(loaded.findings)
    return loaded.checked


@contextmanager
def _without_collections() -> Iterator[None]:
    """Pause Python's garbage collection: on a large file it takes a fifth of the time and finds nothing."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def check(read: source.Source, key_folder: pathlib.Path) -> Loaded:
    """Check a topology file: its shape, its key files, and the rules. Return all findings in the order of the file."""
    findings = set(read.findings)
    if not read.usable:
        return Loaded(read, tuple(read.findings), None, rules_ran=False)
    topology, shape_findings = shape(read.data)
    # A value that the reader refused is not reported a second time for its type.
    refused = {finding.path for finding in read.findings}
    findings |= {_located(read, finding) for finding in shape_findings if finding.path not in refused}
    files = key_files.KeyFiles({}, (), ())
    readable = topology or _readable_part(read.data, shape_findings)
    if readable:
        files = key_files.read(readable, key_folder)
        findings |= {_located(read, finding) for finding in (*rules.findings(readable), *files.in_topology)}
        findings |= {*files.findings}
    if topology:  # the readable part may have a substitute for the region, and may lack spokes
        findings |= {
            *key_files.foreign(topology, files.keys, key_folder),
            *key_files.left_over(topology, key_folder),
        }
    applied = list(acceptance.apply(read, findings, complete=topology is not None))
    left = [one for one in applied if isinstance(one, Finding)]
    accepted = [one for one in applied if isinstance(one, acceptance.Accepted)]
    ordered = sorted(left, key=lambda finding: _order(read, finding))
    failed = any(finding.severity is Level.ERROR for finding in ordered)
    checked = Checked(topology, files.keys) if topology and not failed else None
    return Loaded(
        read,
        tuple(ordered),
        checked,
        rules_ran=readable is not None,
        accepted=tuple(sorted(accepted, key=lambda one: _order(read, one.finding))),
    )


def _order(read: source.Source, finding: Finding) -> tuple[object, ...]:
    """Return the sort key of a finding: its place. Findings about other files come last."""
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


def _located(read: source.Source, finding: Finding) -> Finding:
    """Return the finding with its place in the file."""
    at_key = finding.at_key and finding.path
    span = read.key_span(finding.path) if at_key else read.span(finding.path)
    return finding.at(read.file, span, lambda path: read.span(path).line)


# Valid values for sections that are missing or have errors, so that the rules can check the rest.
_SUBSTITUTES: Mapping[str, Any] = {
    "version": 1,
    "name": "platform",
    "azure": {"tenant_id": str(UUID(int=0)), "subscription_id": str(UUID(int=0)), "region": "japaneast"},
    "state": {"backend": "local"},
    "vault": {"cluster_id": "vault"},
}


def _readable_part(data: Any, findings: tuple[Finding, ...]) -> Topology | None:
    """Return the topology without unknown keys, and without rules, spokes and networks that have errors of shape.

    Some sections with errors are replaced by substitutes. One wrong key then does not hide the findings about the rest.
    Return None if HVN, hub or pools have errors: most rules need their ranges.
    """
    removed: set[Path] = set()
    substitutes = {key: value for key, value in _SUBSTITUTES.items() if key not in data}
    for finding in findings:
        section = finding.path[0] if finding.path else None
        if finding.rule is UNKNOWN_KEY:
            removed.add(finding.path)
        elif section in _SUBSTITUTES:
            substitutes[str(section)] = _SUBSTITUTES[str(section)]
        elif rule := _firewall_rule(finding.path):
            removed.add(rule)
        elif section in ("spokes", "on_premises") and len(finding.path) > 1:
            removed.add(finding.path[:2])
    if any(len(path) == 2 and path[0] in ("spokes", "on_premises") for path in removed):
        # Rules may name the removed spokes and networks.
        spokes = data.get("spokes")
        removed |= {("spokes", name, "firewall_rules") for name in (spokes if isinstance(spokes, Mapping) else ())}
        removed.add(("hub", "firewall_rules"))
    return shape({**_without(data, removed, ()), **substitutes})[0]


def _firewall_rule(path: Path) -> Path:
    """Return the path of the firewall rule that a path leads into; empty for another path."""
    for length in (2, 3):
        if path[length - 1 : length] == ("firewall_rules",) and path[0] == ("hub", "spokes")[length - 2]:
            return path[: length + 1]
    return ()


def _without(data: Any, removed: Set[Path], path: Path) -> Any:
    """Return the data at `path` without the values at the removed paths."""
    if isinstance(data, tuple):
        return tuple(_without(item, removed, (*path, index)) for index, item in enumerate(data))
    if isinstance(data, dict):
        kept = ((key, value, (*path, key)) for key, value in data.items())
        return {key: _without(value, removed, at) for key, value, at in kept if at not in removed}
    return data
