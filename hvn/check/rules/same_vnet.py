"""HVN305 same-vnet: the file names one VNet twice."""

from collections.abc import Iterator

from hvn.diagnostics.finding import Finding, Message, Path, Rule
from hvn.diagnostics.message import Field, LineOf, Text
from hvn.topology import locations
from hvn.topology.model import ExistingHub, NewHub, PeeringWithVnet, Topology
from hvn.topology.naming import parse
from hvn.topology.ranges import is_remote, spoke_peerings
from hvn.topology.shared_vnets import vnets

RULE = Rule(
    id="HVN305",
    name="same-vnet",
    reports="The file names one VNet twice: as hub, spoke or remote VNet.",
    why="two workspaces would write the same subnets and peerings",
    fix="use another VNet, or remove one of the entries",
    example="""\
spokes:
  search:
    vault_route: none
    existing:
      vnet_id: /subscriptions/22222222-2222-4222-8222-222222222222/resourceGroups/rg-network/providers/\
Microsoft.Network/virtualNetworks/vnet-search
      cidrs: [10.66.0.0/16]
  reports:
    vault_route: none
    existing:
      vnet_id: /subscriptions/22222222-2222-4222-8222-222222222222/resourceGroups/rg-network/providers/\
Microsoft.Network/virtualNetworks/vnet-search
      cidrs: [10.67.0.0/16]
""",
    see="docs/how-to/existing-network.md",
)


def check(topology: Topology) -> Iterator[Finding]:
    """Yield a finding for each id of an existing VNet that equals an earlier id, without regard to case."""
    named: list[tuple[Path, str]] = []
    if isinstance(topology.hub, ExistingHub):
        named.append((("hub", "existing", "vnet_id"), topology.hub.existing.vnet_id))
    for name, spoke in topology.spokes.items():
        if spoke.existing:
            named.append((("spokes", name, "existing", "vnet_id"), spoke.existing.vnet_id))
    remote = [(path, one) for path, one in spoke_peerings(topology) if isinstance(one, PeeringWithVnet)]
    created = list(_created(topology)) if topology.hub_peerings or remote else []
    for key, peering in topology.hub_peerings.items():
        named.append((("hub", "peerings", key, "vnet_id"), peering.vnet_id))
    # HVN201 and HVN202 report equal names of VNets that this topology creates.
    seen = {vnet_id.casefold(): path for path, vnet_id in created}
    for path, vnet_id in named:
        first = seen.setdefault(vnet_id.casefold(), path)
        if first != path:
            yield Finding(
                rule=RULE,
                path=path,
                message=Message(
                    "{other} (line {line}) has the same VNet {vnet}",
                    vnet=parse(vnet_id).name,
                    other=Field(first),
                    line=LineOf(first),
                ),
                fix=Message(
                    "use another VNet, or remove {section}", section=Field(path[:-1] if is_remote(path) else path[:2])
                ),
            )
    own = {vnet_id: path for vnet_id, path in seen.items() if not is_remote(path)}
    of_spoke: dict[tuple[str, str], Path] = {}
    for path, own_peering in remote:
        vnet_id = own_peering.vnet_id.casefold()
        first = own.get(vnet_id) or of_spoke.setdefault((str(path[1]), vnet_id), path)
        if first != path:
            yield _peered(path, first, own_peering)


def _peered(path: Path, first: Path, peering: PeeringWithVnet) -> Finding:
    """Return the finding about a peering of a spoke with a VNet of the file, or with the VNet of its other peering."""
    fix = Message("remove {peering}", peering=Field(path))
    if first[0] == "spokes" and first[1] != path[1]:
        fix = Message("write {spoke} instead of vnet_id, cidrs and reverse", spoke=Text(f"spoke: {first[1]}"))
    vnet = parse(peering.vnet_id).name
    return Finding(
        rule=RULE,
        path=(*path, "vnet_id"),
        message=Message(
            "{other} (line {line}) has the same VNet {vnet}", vnet=vnet, other=Field(first), line=LineOf(first)
        ),
        fix=fix,
    )


def _created(topology: Topology) -> Iterator[tuple[Path, str]]:
    """Yield the VNets of the spokes and of the hub that this topology creates."""
    for name, spoke in vnets(topology).items():
        if spoke.existing is None:
            yield ("spokes", name), locations.spoke_vnet(topology, name, spoke).id
    if isinstance(topology.hub, NewHub):
        yield ("hub",), locations.hub_vnet(topology).id
