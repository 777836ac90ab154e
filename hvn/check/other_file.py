"""HVN040 other-file: two topology files contradict each other, for example the files of two regions."""

from collections.abc import Iterator
from ipaddress import IPv4Network

from hvn.check.load import Loaded
from hvn.check.other_names import equal_names
from hvn.check.other_peerings import differences
from hvn.diagnostics.finding import Finding, Message, Path, Rule
from hvn.diagnostics.message import Field
from hvn.kinds.common import backend
from hvn.topology import locations
from hvn.topology.model import BackupHvn, ExistingHub, Hvn, Topology
from hvn.topology.ranges import is_remote, top_ranges

RULE = Rule(
    id="HVN040",
    name="other-file",
    reports="Two files (`hvn check --with FILE`) have overlapping ranges, equal names or contradictory "
    "peerings, or manage the same HVN, Vault cluster, resource group or VNet.",
    why="two files may share an HVN, a Vault cluster or an existing hub, but not ranges, names or created resources",
    fix="change the value in one file, or set `existing: true` in one file for a shared HVN or Vault cluster",
    example="bin/hvn check config/west.yaml --with config/east.yaml",
    see="docs/reference/topology.md",
)
COMPARED = ("hvn", "hub", "address_pools")


def findings(loaded: Loaded, other: Loaded) -> tuple[Finding, ...]:
    """Return the contradictions of two files, each at its place in the first file. Returns no findings if either file
    has errors."""
    if loaded.checked is None or other.checked is None:
        return ()
    located = []
    for finding in _contradictions(loaded.checked.topology, other.checked.topology):
        span = loaded.source.span(finding.path)
        located.append(finding.at(loaded.source.file, span, lambda path: loaded.source.span(path).line))
    return tuple(located)


def _contradictions(one: Topology, other: Topology) -> Iterator[Finding]:
    yield from _overlaps(one, other)
    yield from _hcp(one, other)
    if one.name == other.name and (
        _subscriptions(one) & _subscriptions(other)
        or one.hvn.id == other.hvn.id
        or backend(one, "hub") == backend(other, "hub")
    ):
        yield _finding(("name",), Message("the other file also has the name {name}", name=one.name))
    yield from (_finding(path, message) for path, message in equal_names(one, other))
    yield from (_finding(path, message) for path, message in differences(one, other))
    vnets = {spoke.existing.vnet_id.casefold() for spoke in other.spokes.values() if spoke.existing}
    for spoke_name, spoke in one.spokes.items():
        if spoke.existing and spoke.existing.vnet_id.casefold() in vnets:
            message = Message("the other file also has this VNet as a spoke")
            yield _finding(("spokes", spoke_name, "existing", "vnet_id"), message)


def _overlaps(one: Topology, other: Topology) -> Iterator[Finding]:
    """Yield the overlaps of HVN, hub and pools. `on_premises` of one file may contain a network of the other file."""
    theirs = list(_ranges(other))
    for path, cidr in _ranges(one):
        for at, second in theirs:
            if cidr.overlaps(second) and not _same(one, other, path, at):
                message = Message(
                    "{cidr} overlaps {other} {second} of the other file", cidr=cidr, other=Field(at), second=second
                )
                yield _finding(path, message)


def _ranges(topology: Topology) -> Iterator[tuple[Path, IPv4Network]]:
    return (item for item in top_ranges(topology) if item[0][0] in COMPARED and not is_remote(item[0]))


def _same(one: Topology, other: Topology, path: Path, at: Path) -> bool:
    """Return whether two ranges belong to the same HVN, or to the same hub, which only one file may create."""
    section, second = path[0], at[0]
    if {section, second} == {"hvn"}:
        hvn, twin = _hvn(one, path), _hvn(other, at)
        return hvn.id == twin.id and hvn.cidr == twin.cidr
    hubs = isinstance(one.hub, ExistingHub) or isinstance(other.hub, ExistingHub)
    if {section, second} != {"hub"} or not hubs:
        return False
    return locations.hub_vnet(one).id.casefold() == locations.hub_vnet(other).id.casefold()


def _hvn(topology: Topology, path: Path) -> Hvn | BackupHvn:
    """Return the HVN or the backup HVN that contains a path of the file."""
    backup = topology.hvn.backup
    return backup if backup and path[1] == "backup" else topology.hvn


def _hcp(one: Topology, other: Topology) -> Iterator[Finding]:
    theirs = set() if other.hvn.existing else {hvn.id for hvn in (other.hvn, other.hvn.backup) if hvn}
    for path, hvn in ((("hvn", "id"), one.hvn), (("hvn", "backup", "id"), one.hvn.backup)):
        if hvn and hvn.id in theirs and not one.hvn.existing:
            yield _finding(path, Message("the other file also creates the HVN {id}", id=hvn.id))
    if one.hvn.id != other.hvn.id:
        return
    if one.vault.cluster_id == other.vault.cluster_id:
        if not (one.vault.existing or other.vault.existing):
            message = Message("the other file also creates the Vault cluster {id}", id=one.vault.cluster_id)
            yield _finding(("vault", "cluster_id"), message)
        if one.vault.namespace == other.vault.namespace:
            message = Message("the other file also uses the namespace {name} of this cluster", name=one.vault.namespace)
            explicit = "namespace" in one.vault.model_fields_set
            yield _finding(("vault", "namespace" if explicit else "cluster_id"), message)


def _subscriptions(topology: Topology) -> set[str]:
    spokes = topology.spokes.items()
    groups = [locations.spoke_group(topology, name, spoke) for name, spoke in spokes]
    groups += [locations.hub_vnet(topology).group] if locations.has_hub(topology) else []
    return {group.subscription_id for group in groups}


def _finding(path: Path, message: Message) -> Finding:
    return Finding(rule=RULE, path=path, message=message)
