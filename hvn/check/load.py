"""From the file to a checked topology: read, shape, rules, keys; all that is wrong at once, each at its line."""

import pathlib
from collections.abc import Mapping, Set
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
    """A topology without errors, and the public keys that are committed beside it, by spoke."""

    topology: Topology
    keys: Mapping[str, jwks.Jwks]

    def workspaces(self) -> "tuple[Workspace, ...]":
        """All its workspaces in the order of their deployment."""
        # Imported here: a tenth of what `hvn check` takes, which needs none of it.
        from hvn.kinds.derivation import workspaces

        return workspaces(self.topology, self.keys)


@dataclass(frozen=True, slots=True)
class Loaded:
    """A file that was read: what was found, and the topology if nothing of it is an error."""

    source: source.Source
    findings: tuple[Finding, ...]
    checked: Checked | None
    rules_ran: bool
    """False if the shape has so many errors that the rules could not run."""


class Invalid(Exception):
    """The topology has errors, so nothing can be derived from it."""

    def __init__(self, findings: tuple[Finding, ...]) -> None:
        super().__init__(f"{len(findings)} findings")
        self.findings = findings


def load(file: pathlib.Path | str) -> Loaded:
    """Read and check a topology file. Raises `source.Unreadable` if there is no such file, and nothing else."""
    return check(source.read(file), pathlib.Path(file).parent / "jwks")


def require(file: pathlib.Path | str) -> Checked:
    """The topology of a file without errors. Raises `Invalid` or `source.Unreadable`."""
    loaded = load(file)
    if loaded.checked is None:
        raise Invalid(loaded.findings)
    return loaded.checked


def check(read: source.Source, key_folder: pathlib.Path) -> Loaded:
    """Check a file that was read: its shape, then the rules on as much of it as has a shape, then the keys."""
    findings = set(read.findings)
    if not read.usable:
        return Loaded(read, tuple(read.findings), None, rules_ran=False)
    topology, shape_findings = shape(read.data)
    # A value that the reader has refused has no type to report.
    refused = {finding.path for finding in read.findings}
    findings |= {_located(read, finding) for finding in shape_findings if finding.path not in refused}
    files = key_files.KeyFiles({}, (), ())
    readable = topology or _readable_part(read.data, shape_findings)
    if readable:
        files = key_files.read(readable, key_folder)
        findings |= {_located(read, finding) for finding in (*rules.findings(readable), *files.in_topology)}
        findings |= {*files.findings}
    if topology:  # without placeholders for region and tenant, and with all of its spokes
        findings |= {
            *key_files.foreign(topology, files.keys, key_folder),
            *key_files.left_over(topology, key_folder),
        }
    ordered = sorted(acceptance.apply(read, findings, complete=topology is not None), key=lambda f: _order(read, f))
    failed = any(finding.severity is Level.ERROR for finding in ordered)
    checked = Checked(topology, files.keys) if topology and not failed else None
    return Loaded(read, tuple(ordered), checked, rules_ran=readable is not None)


def _order(read: source.Source, finding: Finding) -> tuple[object, ...]:
    """Sort by place; findings of other files come last."""
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


# Where these sections have no shape, the rules go on with one that breaks none of them.
STAND_INS: Mapping[str, Any] = {
    "version": 1,
    "name": "platform",
    "azure": {"tenant_id": str(UUID(int=0)), "subscription_id": str(UUID(int=0)), "region": "japaneast"},
    "state": {"backend": "local"},
    "vault": {"cluster_id": "vault"},
}


def _readable_part(data: Any, findings: tuple[Finding, ...]) -> Topology | None:
    """The topology without unknown keys, without the spokes whose shape is wrong, with stand-ins for some sections.

    So one wrong key does not hide what the rules say of the rest. None if HVN, hub or pools have no shape: every rule
    that matters asks for their ranges.
    """
    gone: set[Path] = set()
    stand_ins = {key: value for key, value in STAND_INS.items() if key not in data}
    for finding in findings:
        section = finding.path[0] if finding.path else None
        if finding.rule is UNKNOWN_KEY:
            gone.add(finding.path)
        elif section in STAND_INS:
            stand_ins[str(section)] = STAND_INS[str(section)]
        elif section == "spokes" and len(finding.path) > 1:
            gone.add(finding.path[:2])
    return shape({**_without(data, gone, ()), **stand_ins})[0]


def _without(data: Any, gone: Set[Path], path: Path) -> Any:
    """The data at `path` without what is at one of the paths that are gone, in one pass over all of it."""
    if isinstance(data, tuple):
        return tuple(_without(each, gone, (*path, index)) for index, each in enumerate(data))
    if isinstance(data, dict):
        kept = ((key, value, (*path, key)) for key, value in data.items())
        return {key: _without(value, gone, at) for key, value, at in kept if at not in gone}
    return data
