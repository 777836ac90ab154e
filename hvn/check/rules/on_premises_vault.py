"""HVN415 on-premises-vault: an on-premises network cannot reach Vault through the hub."""

from collections.abc import Iterator

from hvn.diagnostics.finding import Finding, Level, Message, Rule
from hvn.diagnostics.message import Field
from hvn.diagnostics.suggest import closest
from hvn.topology import locations
from hvn.topology.addresses import is_private
from hvn.topology.model import NewHub, Topology

RULE = Rule(
    id="HVN415",
    name="on-premises-vault",
    reports="A network of hub.vault_peering.on_premises is unknown or public, or the gateway is missing or "
    "ExpressRoute (warning).",
    why="HCP routes only to RFC 1918 and RFC 6598; the firewall reaches on-premises networks through the hub's gateway",
    fix="add hub.gateway, and list networks of on_premises that have private ranges",
    example="""\
hub:
  vault_peering: {on_premises: [tokyo]}
""",
    see="https://developer.hashicorp.com/hcp/docs/hcp/network/hvn-azure/routes",
    needs_all_items=True,
)

HCP = Message("HCP refuses HVN routes to ranges outside RFC 1918 and RFC 6598")
EXPRESS_ROUTE = Message("an ExpressRoute gateway announces only the ranges of VNets that use it; the HVN does not")
NO_GATEWAY = Message("without a gateway, Azure Firewall sends the replies to the internet")


def check(topology: Topology) -> Iterator[Finding]:
    """Yield a finding for each unknown network, for each public range, and for a new hub without a gateway."""
    peering = topology.vault_peering
    path = ("hub", "vault_peering", "on_premises")
    for index, name in enumerate(peering.on_premises if peering else ()):
        if name not in topology.on_premises:
            near = closest(name, topology.on_premises)
            yield Finding(
                rule=RULE,
                path=(*path, index),
                message=Message("{field} has no network {name}", field=Field(("on_premises",)), name=name),
                fix=Message("did you mean {near}?", near=near)
                if near
                else Message("add {entry} to on_premises, or remove the name", entry=f"{name}: [RANGE]"),
            )
        for cidr in topology.on_premises.get(name, ()):
            if not is_private(cidr, shared=True):
                yield Finding(
                    rule=RULE,
                    path=(*path, index),
                    message=Message("{cidr} of {name} is a public range", cidr=cidr, name=name),
                    why=HCP,
                    fix=Message(
                        "remove {name}, or translate the network's addresses at the gateway (NAT) and write the "
                        "translated range",
                        name=name,
                    ),
                )
    new = isinstance(topology.hub, NewHub)
    if peering and peering.on_premises and new and not locations.has_gateway_subnet(topology):
        yield Finding(
            rule=RULE,
            path=path,
            message=Message("{field} is not set", field=Field(("hub", "gateway"))),
            why=NO_GATEWAY,
            fix=Message("add {entry} to hub", entry="gateway: {cidr: RANGE}"),
        )
    elif peering and peering.on_premises and _announces_vnets_only(topology):
        yield Finding(
            rule=RULE,
            level=Level.WARNING,
            path=path,
            message=Message("the gateway does not announce the HVN to the on-premises networks"),
            why=EXPRESS_ROUTE,
            fix=Message(
                "announce the HVN's range from an appliance through Route Server (hub.route_server), or accept the "
                "warning if summarizedGatewayPrefixes of the VNet contain the range"
            ),
        )


def _announces_vnets_only(topology: Topology) -> bool:
    hub = topology.hub
    return isinstance(hub, NewHub) and locations.gateway_type(topology) == "express_route" and not hub.route_server
