"""HVN202 name-collision: two resources would have the same name."""

from collections import defaultdict
from collections.abc import Iterator

from hvn.diagnostics.finding import Finding, Message, Path, Rule
from hvn.diagnostics.message import Field, Words
from hvn.topology.created_names import CreatedName, created_names, place
from hvn.topology.fields.resource_names import LIMITS
from hvn.topology.model import ExistingHub, Topology
from hvn.topology.naming import (
    CI_MOUNTS,
    HUB,
    NSG,
    ResourceGroup,
    backup_id,
    parse,
    peering_id,
    range_route_id,
    runner_route_id,
    site_route_id,
    transit_route_id,
)
from hvn.topology.ranges import vault_sites

RULE = Rule(
    id="HVN202",
    name="name-collision",
    reports="Two resources would have the same name, or an existing resource is in a resource group with the name of "
    "a new group.",
    why="the cloud refuses the second resource at apply, or the second resource overwrites the first resource",
    fix="rename the spoke, or change the pattern in `naming` or the name in `names`",
    example="""\
spokes:
  payments-nodes: {cidr: 10.66.0.0/16, vault_route: none}
""",
    see="https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules",
)

EXISTS = Message("resource group names are unique in a subscription: the workspace cannot create an existing group")

# Kind and name of the owner of an HCP id, for example ("spoke", "payments").
Owner = tuple[str, str]
LONGEST = 30
"""Longest spoke name that leaves room for two more characters."""
SHOWN = 3
"""The maximum number of owners that a finding about a pattern names."""


def check(topology: Topology) -> Iterator[Finding]:
    """Yield a finding for each name that two resources have, and for each existing resource in a new resource group.

    For a pattern that gives several resources the same name, the rule yields one finding. Azure compares names without
    regard to case.
    """
    created = list(created_names(topology))
    yield from _existing_groups(topology, created)
    yield from _same_names(topology, created)
    yield from _hvn_ids(topology)


def _same_names(topology: Topology, created: list[CreatedName]) -> Iterator[Finding]:
    same: dict[tuple[str, ...], list[CreatedName]] = defaultdict(list)
    for name in sorted(created, key=lambda name: name.existing):
        # Spokes can share an existing resource group or an existing JWT mount. AKS refuses an existing resource group
        # for nodes, and a new mount has the keys of one cluster.
        if not name.existing or [one.kind for one in same[name.identity]] in (["node_resource_group"], ["jwt_mount"]):
            same[name.identity].append(name)
    for mount in created:
        if mount.kind == "jwt_mount" and mount.name in CI_MOUNTS.values():
            yield _mount_of_ci(place(topology, mount), mount)
    by_pattern: dict[Path, list[CreatedName]] = defaultdict(list)
    for first, *others in filter(None, same.values()):
        for other in others:
            if (other.owner, other.part) == (first.owner, first.part) and other.kind == NSG:
                continue  # HVN161 reports an NSG with the key of a subnet.
            path = place(topology, other)
            if path[0] == "naming":
                by_pattern[path] += [other] if by_pattern[path] else [first, other]
            else:
                yield _collision(path, other, first)
    for path, names in by_pattern.items():
        owners = [_owner(name) for name in names[:SHOWN]]
        more = Words(f" and {len(names) - SHOWN} more" if len(names) > SHOWN else "")
        yield Finding(
            rule=RULE,
            path=path,
            message=Message(
                "the pattern gives {owners}{more} the same {kind} {name}",
                owners=owners,
                more=more,
                kind=_kind(names[-1]),
                name=names[-1].name,
            ),
            fix=Message("add {placeholder} to the pattern", placeholder=_placeholder(names)),
        )


def _placeholder(names: list[CreatedName]) -> str:
    """Return the placeholder that makes these names different. Only patterns of subnets and NSGs contain `{subnet}`."""
    if names[0].kind not in {"vault_role", "subnet", NSG} or len({name.owner for name in names}) == len(names):
        return "{spoke}"
    return "{app}" if names[0].kind == "vault_role" else "{subnet}"


def _collision(path: Path, name: CreatedName, other: CreatedName) -> Finding:
    by_exception = "names" in path
    return Finding(
        rule=RULE,
        path=path,
        message=Message(
            "{owner} and {other} have the same {kind} {text}",
            owner=_owner(name),
            other=_owner(other),
            kind=_kind(name),
            text=name.name,
        ),
        fix=_fix(name, other) if by_exception or name.kind == "vault_role" else _rename(name.owner),
    )


def _fix(name: CreatedName, other: CreatedName) -> Message:
    if (name.kind, other.kind) == ("resource_group", "resource_group"):
        owner = Field(("spokes", name.owner))
        return Message("use another name, or set existing_resource_group: true in {owner} to share it", owner=owner)
    if name.kind == "vault_role":
        pattern = Field(("naming", "vault_role"))
        return Message("set {pattern} to {example}, or use another name", pattern=pattern, example="{spoke}-{app}")
    if name.kind == "jwt_mount" and name.existing:
        owner = Field(("spokes", other.owner, "cluster", "vault_login"))
        return Message(
            "use another path, or set {value} in {owner}, if the mount exists", value="keys: existing", owner=owner
        )
    return Message("use another name")


def _mount_of_ci(path: Path, name: CreatedName) -> Finding:
    return Finding(
        rule=RULE,
        path=path,
        message=Message("{owner} and a login of CI have the same {kind} {text}", **_facts(name)),
        why=Message("the workspace `vault` creates the mounts of CI, and a mount accepts tokens of only one issuer"),
        fix=Message("use another path"),
    )


def _facts(name: CreatedName) -> dict[str, Message | Words | str]:
    return {"owner": _owner(name), "kind": _kind(name), "text": name.name}


def _kind(name: CreatedName) -> Words:
    """Return the kind of a name without the article: `VNet name`."""
    kind = "resource_group" if name.kind == "node_resource_group" else name.kind
    return Words(LIMITS[kind].kind.partition(" ")[2])


def _owner(name: CreatedName) -> Message:
    if name.owner == HUB:
        return Message("{part} of the hub", part=name.part) if name.part else Message("the hub")
    if name.kind == "node_resource_group":
        return Message("the nodes of spoke {name}", name=name.owner)
    if name.part:
        return Message("{part} of spoke {name}", part=name.part, name=name.owner)
    return Message("spoke {name}", name=name.owner)


def _hvn_ids(topology: Topology) -> Iterator[Finding]:
    """Yield a finding for each id of an HVN peering or an HVN route that two owners have."""
    taken: dict[tuple[str, str], Owner] = {}
    peering = topology.vault_peering
    if peering:
        taken["HVN peering", peering.existing_peering or peering_id(topology.name, "hub")] = ("the hub", "")
        taken["HVN route", runner_route_id(topology.name)] = ("the runners", "")
        for pool in peering.transit_pools:
            taken["HVN route", transit_route_id(topology.name, pool)] = ("the transit pool", pool)
        for site, cidrs in vault_sites(topology):
            for cidr in cidrs:
                taken["HVN route", site_route_id(topology.name, site, str(cidr))] = ("the on-premises network", site)
    if peering and topology.hvn.backup:
        routes = {text: owner for (kind, text), owner in taken.items() if kind == "HVN route"}
        taken |= {("HVN route", backup_id(text)): owner for text, owner in routes.items()}
        taken["HVN peering", backup_id(peering_id(topology.name, HUB))] = ("the hub", "")
    for spoke in sorted(topology.spokes.keys() - {HUB}):  # HVN201 reports a spoke with the hub's name
        owner = ("spoke", spoke)
        for kind, text in _ids(topology, spoke):
            other = taken.setdefault((kind, text.casefold()), owner)
            if other != owner:
                yield Finding(
                    rule=RULE,
                    path=("spokes", spoke),
                    message=Message(
                        "spoke {owner} and {other} have the same {kind} id {text}",
                        kind=Words(kind),
                        text=text,
                        owner=spoke,
                        other=_written(other),
                    ),
                    fix=_rename(spoke),
                )


def _ids(topology: Topology, name: str) -> Iterator[tuple[str, str]]:
    spoke = topology.spokes[name]
    if spoke.vault_route != "direct":
        return
    peering = peering_id(topology.name, name)
    routes = [peering if cidr == spoke.cidr else range_route_id(topology.name, name, str(cidr)) for cidr in spoke.cidrs]
    yield "HVN peering", spoke.existing_peering or peering
    yield from (("HVN route", route) for route in routes)
    if topology.hvn.backup:
        yield "HVN peering", backup_id(peering)
        yield from (("HVN route", backup_id(route)) for route in routes)


def _existing_groups(topology: Topology, names: list[CreatedName]) -> Iterator[Finding]:
    created = {name.identity: name for name in names if name.identity[0] == "resource_group" and not name.existing}
    existing: list[tuple[Path, ResourceGroup]] = []
    if isinstance(topology.hub, ExistingHub):
        facts = topology.hub.existing
        existing.append((("hub", "existing", "vnet_id"), parse(facts.vnet_id).group))
        existing.append((("hub", "existing", "private_dns_zone_id"), parse(facts.private_dns_zone_id).group))
    for spoke, value in topology.spokes.items():
        if value.existing:
            existing.append((("spokes", spoke, "existing", "vnet_id"), parse(value.existing.vnet_id).group))
    for path, group in existing:
        name = created.get(("resource_group", group.subscription_id, group.name.casefold()))
        if name:
            where = place(topology, name)
            yield Finding(
                rule=RULE,
                path=path,
                message=Message(
                    "the resource group {group} exists, but this project also creates it for {owner}",
                    group=group.name,
                    owner=_owner(name),
                ),
                why=EXISTS,
                fix=_other_group(topology, name, where),
            )


def _other_group(topology: Topology, name: CreatedName, where: Path) -> Message:
    if "names" in where or where[0] == "naming":
        return Message("use another name")
    if name.owner == HUB:
        return Message("change the topology's name, {name}", name=topology.name)
    return Message("{rename}, or change the topology's name", rename=_rename(name.owner))


def _written(owner: Owner) -> Message:
    kind, name = owner
    return Message("{kind} {name}", kind=Words(kind), name=name) if name else Message("{kind}", kind=Words(kind))


def _rename(spoke: str) -> Message:
    if len(spoke) > LONGEST:
        return Message("rename spoke {name}", name=spoke)
    return Message("rename spoke {name}, for example to {new}", name=spoke, new=f"{spoke}-2")
