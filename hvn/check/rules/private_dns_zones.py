"""HVN414 private-dns-zones: Azure cannot create a private DNS zone, or cannot link a VNet to the zone."""

from collections.abc import Iterator, Sequence

from hvn.diagnostics.finding import Finding, Message, Path, Rule
from hvn.diagnostics.message import Field
from hvn.topology import locations, naming
from hvn.topology.model import NewHub, Spoke, Topology

RULE = Rule(
    id="HVN414",
    name="private-dns-zones",
    reports="A private DNS zone is not in the file, has a reserved name, or the name of another zone of the VNet.",
    why="Azure refuses links of one VNet to two zones with the same name, and refuses reserved zone names",
    fix="use the id of an existing zone, or a name of hub.private_dns_zones",
    example="""\
spokes:
  orders: {private_dns_zones: [privatelink.example.com]}
""",
    see="https://learn.microsoft.com/azure/dns/private-dns-privatednszone",
)

RESERVED = {
    "azclient.ms",
    "azure.com",
    "cloudapp.net",
    "core.windows.net",
    "microsoft.com",
    "msidentity.com",
    "trafficmanager.net",
    "windows.net",
}

EXISTING = Message("use the id of an existing zone")
ONE = Message("remove one of the two zones")


def check(topology: Topology) -> Iterator[Finding]:
    """Yield a finding for each zone of the hub or of a spoke that Azure cannot create or link."""
    hub = topology.hub
    of_hub = hub.private_dns_zones if isinstance(hub, NewHub) else ()
    yield from _reserved(("hub",), of_hub)
    yield from _repeated(topology, ("hub",), of_hub)
    if isinstance(hub, NewHub):
        yield from _unlinked(("hub",), hub)
    if not locations.has_hub(topology):
        yield from _created_twice(topology)
    created = {zone.casefold() for zone in of_hub if not zone.startswith("/")}
    for name, spoke in topology.spokes.items():
        owner = ("spokes", name)
        if locations.has_hub(topology):
            for index, zone in enumerate(spoke.private_dns_zones):
                if not zone.startswith("/") and zone.casefold() not in created:
                    yield _not_created((*owner, "private_dns_zones", index), zone, new_hub=isinstance(hub, NewHub))
        else:
            yield from _reserved(owner, spoke.private_dns_zones)
        yield from _repeated(topology, owner, spoke.private_dns_zones)
        yield from _unlinked(owner, spoke)


def _not_created(path: Path, zone: str, *, new_hub: bool) -> Finding:
    if new_hub:
        return _finding(path, Message("{zone} is not in {field}", zone=zone, field=Field(("hub", "private_dns_zones"))))
    return _finding(path, Message("this project creates no zone {zone}", zone=zone), EXISTING)


def _reserved(owner: Path, zones: Sequence[str]) -> Iterator[Finding]:
    for index, zone in enumerate(zones):
        if zone.casefold() in RESERVED:
            path = (*owner, "private_dns_zones", index)
            yield _finding(path, Message("Azure reserves the name {zone}", zone=zone))


def _created_twice(topology: Topology) -> Iterator[Finding]:
    """Yield a finding for each new zone of a spoke that an earlier spoke creates in the same resource group."""
    owners: dict[tuple[str, str, str], str] = {}
    for name, spoke in topology.spokes.items():
        group = locations.spoke_group(topology, name, spoke)
        for index, zone in enumerate(spoke.private_dns_zones):
            key = (group.subscription_id, group.name.casefold(), zone.casefold())
            if not zone.startswith("/") and owners.setdefault(key, name) != name:
                other = Field(("spokes", owners[key]))
                message = Message("{other} also creates the zone {zone}", other=other, zone=zone)
                yield _finding(("spokes", name, "private_dns_zones", index), message, EXISTING)


def _unlinked(owner: Path, vnet: NewHub | Spoke) -> Iterator[Finding]:
    """Yield a finding if the VNet has no link to the zone in which Azure registers its machines."""
    zone = vnet.registration_zone
    if zone and zone not in vnet.private_dns_zones:
        zones = Field((*owner, "private_dns_zones"))
        message = Message("{zone} is not in {zones}", zone=zone, zones=zones)
        yield _finding((*owner, "registration_zone"), message, Message("add the zone to {zones}", zones=zones))


def _repeated(topology: Topology, owner: Path, zones: Sequence[str]) -> Iterator[Finding]:
    """Yield a finding for each zone with the name of an earlier zone of the VNet, or of the zone of AKS."""
    zone_of_aks = locations.dns_zone(topology)
    seen = {zone_of_aks.name.casefold()} if zone_of_aks else set()
    for index, zone in enumerate(zones):
        name = naming.parse(zone).name if zone.startswith("/") else zone
        if name.casefold() in seen:
            message = Message("this project also links the VNet to another zone with the name {name}", name=name)
            yield _finding((*owner, "private_dns_zones", index), message, ONE)
        seen.add(name.casefold())


def _finding(path: Path, message: Message, fix: Message | str = "") -> Finding:
    return Finding(rule=RULE, path=path, message=message, fix=fix)
