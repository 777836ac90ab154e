"""HVN161 subnet-nsg: a subnet names an NSG that it cannot have, or has rules beside the NSG."""

from collections.abc import Iterator

from hvn.check.created_ids import ORDER, by_key, created
from hvn.check.other_subscription import other_subscription
from hvn.diagnostics.finding import Finding, Message, Path, Rule
from hvn.diagnostics.message import Field
from hvn.diagnostics.suggest import closest
from hvn.topology import locations
from hvn.topology.model import NewHub, Spoke, Topology
from hvn.topology.ranges import groups_of_file, spoke_at, subnets_of_file

RULE = Rule(
    id="HVN161",
    name="subnet-nsg",
    reports="A subnet's `nsg` is not a key of `network_security_groups`, is in another subscription, is an "
    "NSG of this file by id, or is beside `rules`.",
    why="Azure accepts only an NSG of the VNet's subscription and region, and a subnet has one NSG",
    fix="write a key of `network_security_groups` or an NSG of the VNet's subscription, without `rules`",
    example="""\
spokes:
  analytics:
    subnets:
      jobs: {cidr: 10.96.0.0/24, nsg: rg-network/nsg-jobs, rules: {web: {priority: 200}}}
""",
    see="https://learn.microsoft.com/azure/virtual-network/manage-network-security-group",
)
SAME = Message("both NSGs would have the same name")
RULES = Message("a subnet has one NSG, so the rules would have no effect")


def check(topology: Topology) -> Iterator[Finding]:
    """Yield a finding for each subnet with an unknown NSG, with an NSG of another subscription, or with rules beside an
    NSG. Also yield a finding for each NSG with the key of a subnet's own NSG."""
    yield from _owned(topology)
    named = any(subnet.nsg and "/" in subnet.nsg for _, subnet in subnets_of_file(topology))
    places = created(topology, "network_security_groups") if named else {}
    for path, subnet in subnets_of_file(topology):
        if subnet.nsg is None:
            continue
        if subnet.rules:
            yield Finding(
                rule=RULE,
                path=(*path, "rules"),
                at_key=True,
                message=Message("the subnet has the NSG {nsg}", nsg=subnet.nsg),
                why=RULES,
                fix=Message("remove rules, or remove nsg"),
            )
        vnet = locations.vnet_at(topology, path)
        existing, keys = locations.existing_nsg(subnet.nsg, vnet), _keys(topology, path)
        own = places.get(existing.id.casefold()) if existing else None
        if own and by_key(path, own) and not (path[0] == "hub" and own[-2:-1] == ("network_security_groups",)):
            yield _by_id(path, own)
        elif existing:
            yield from other_subscription(RULE, (*path, "nsg"), existing, vnet)
        elif subnet.nsg not in keys:
            near = closest(subnet.nsg, keys)
            add = Message("add {key} to network_security_groups", key=subnet.nsg)
            yield Finding(
                rule=RULE,
                path=(*path, "nsg"),
                message=Message("network_security_groups does not have the key {key}", key=subnet.nsg),
                fix=Message("did you mean {near}? Otherwise {add}", near=near, add=add) if near else add,
            )


def _by_id(path: Path, own: Path) -> Finding:
    """Return the finding about an NSG of this project that a subnet names by id."""
    key = Message("write nsg: {key}", key=own[-1])
    other = Message("add an NSG to network_security_groups of {owner}, and write its key", owner=Field(path[:-2]))
    shared = own[-2:-1] == ("network_security_groups",)
    return Finding(
        rule=RULE,
        path=(*path, "nsg"),
        message=Message("the id is the id of the NSG of {own}", own=Field(own)),
        why=ORDER,
        fix=key if shared and own[:-2] == path[:-2] else other,
    )


def _owned(topology: Topology) -> Iterator[Finding]:
    """Yield a finding for each NSG with the key of a subnet that has its own NSG, because `names` has one name for
    both."""
    own = {path for path, subnet in subnets_of_file(topology) if subnet.nsg is None}
    for path, _ in groups_of_file(topology):
        key = str(path[-1])
        if (*path[:-2], "subnets", key) in own:
            yield Finding(
                rule=RULE,
                path=path,
                at_key=True,
                message=Message("the subnet {key} has its own NSG, with the same key", key=key),
                why=SAME,
                fix=Message("rename the NSG, or add nsg: {key} to the subnet", key=key),
            )


def _keys(topology: Topology, path: Path) -> list[str]:
    """Return the keys of the NSGs of the spoke or the hub that contains a subnet."""
    owner = spoke_at(topology, path) or topology.hub
    return sorted(owner.network_security_groups) if isinstance(owner, NewHub | Spoke) else []
