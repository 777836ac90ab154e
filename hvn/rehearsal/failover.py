"""Fail the Vault cluster over to the backup HVN, as HCP does when the region of the HVN fails, and fail it back.

The cluster keeps its data and its URL, which resolves to an address in the backup HVN. HCP does not change peerings and
routes: developer.hashicorp.com/hcp/docs/vault/what-is-hcp-vault/high-avail-disaster-recover. Therefore each subnet that
reaches the HVN must also reach the backup HVN. If firewall rules let Vault connect to a subnet, for example to a
database, Vault in the backup HVN must reach the subnet too. This module finds the paths in the resources of the cloud,
not in the topology. It ignores NSGs, the unknown rules of an existing firewall, and the unknown routes of existing
route tables. A subnet that reaches Vault only over an unknown route counts neither as reached nor as cut off.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network

from hvn.kinds.hub.inputs import HubInputs
from hvn.kinds.inputs import HvnRef
from hvn.kinds.network.inputs import NetworkInputs
from hvn.kinds.peering.inputs import PeeringInputs
from hvn.kinds.workspace import Workspace
from hvn.rehearsal.azure_subnets import ROUTES, attached, subnets, vnet_of
from hvn.rehearsal.behaviours.peering_permissions import vnet_of as peered_vnet
from hvn.rehearsal.behaviours.vault_after_failover import FAILED_OVER, VAULT
from hvn.rehearsal.cloud import Cloud, Object, same

PORT = 8200


@dataclass(frozen=True, slots=True)
class CutOff:
    """A subnet that reaches Vault in the HVN, but not in the backup HVN.

    If `from_vault` is true, Vault reaches the subnet from the HVN, but not from the backup HVN.
    """

    workspace: str
    subnet: str
    why: str
    from_vault: bool = False


@dataclass(frozen=True, slots=True)
class Failover:
    """The result of a failover: the range of the new address, and the lost connections.

    `reached` is the number of subnets that still reach Vault. `from_vault` is the number of subnets that Vault still
    reaches through the firewall.
    """

    hvn: str
    cidr: str
    reached: int
    cut_off: tuple[CutOff, ...]
    from_vault: int = 0


def fail_over(cloud: Cloud, workspaces: Sequence[Workspace]) -> Failover | None:
    """Move Vault's address into the backup HVN. Return None, and change nothing, without a backup HVN."""
    own, backup = _hvns(cloud, workspaces)
    if own is None or backup is None:
        return None
    reached, from_vault, cut_off, of_runners = 0, 0, [], ""
    for workspace, subnet, runners in _subnets(cloud, workspaces):
        lost = _from_vault(cloud, subnet, own, backup)
        from_vault += lost == ""
        if lost:
            cut_off.append(CutOff(workspace, str(subnet["name"]), lost, from_vault=True))
        if _blocked(cloud, subnet, own):
            continue
        why = _blocked(cloud, subnet, backup)
        reached += not why
        if why:
            cut_off.append(CutOff(workspace, str(subnet["name"]), why))
        of_runners = why if runners else of_runners
    cloud.put(FAILED_OVER, VAULT, {"cidr": backup["cidr_block"], "blocked": of_runners})
    return Failover(str(backup["hvn_id"]), str(backup["cidr_block"]), reached, tuple(cut_off), from_vault)


def fail_back(cloud: Cloud) -> None:
    """Move Vault's address back into the HVN."""
    cloud.remove(FAILED_OVER, VAULT)


def _hvns(cloud: Cloud, workspaces: Sequence[Workspace]) -> tuple[Object | None, Object | None]:
    """Return the HVN and the backup HVN with known ranges; None for a missing HVN."""
    for workspace in workspaces:
        if isinstance(inputs := workspace.inputs, PeeringInputs) and inputs.backup:
            return _hvn(cloud, inputs.hvn), _hvn(cloud, inputs.backup.hvn)
    return None, None


def _hvn(cloud: Cloud, reference: HvnRef) -> Object | None:
    return next((one for one in cloud.find("hcp_hvn", hvn_id=reference.hvn_id) if one.get("cidr_block")), None)


def _subnets(cloud: Cloud, workspaces: Sequence[Workspace]) -> Iterator[tuple[str, Object, bool]]:
    """Yield each subnet with its workspace, and whether Terraform runs in the subnet."""
    for workspace in workspaces:
        inputs = workspace.inputs
        if isinstance(inputs, HubInputs | NetworkInputs):
            runners = inputs.runner_subnet.name if isinstance(inputs, HubInputs) else None
            for subnet in subnets(cloud, inputs.vnet.id):
                yield workspace.id, subnet, subnet["name"] == runners


def _blocked(cloud: Cloud, subnet: Object, hvn: Object) -> str:
    """Return why a subnet does not reach an HVN, or an empty text."""
    source, target = IPv4Network(subnet["address_prefixes"][0]), IPv4Network(hvn["cidr_block"])
    why, firewall = _way(cloud, subnet, hvn)
    if why or not firewall or not cloud.find("azurerm_firewall"):  # the rules of an existing firewall are unknown
        return why
    allowed = any(_covers(rule, source, target, "TCP", str(PORT)) for rule in _rules(cloud))
    return "" if allowed else f"no firewall rule allows TCP {PORT} from {source} to {target}"


def _from_vault(cloud: Cloud, subnet: Object, own: Object, backup: Object) -> str | None:
    """Return the reason why Vault in the backup HVN does not reach a subnet, or an empty text. Return None if Vault in
    the HVN does not reach the subnet through the firewall."""
    before, after = (IPv4Network(hvn["cidr_block"]) for hvn in (own, backup))
    cidr = IPv4Network(subnet["address_prefixes"][0])
    why, firewall = _way(cloud, subnet, own)
    rules = list(_rules(cloud))
    connections = [
        (IPv4Network(address), protocol, port)
        for rule in rules
        if _inside(before, rule["source_addresses"])
        for address in rule["destination_addresses"] or ()
        if address[:1].isdigit() and IPv4Network(address).overlaps(cidr)
        for protocol in rule["protocols"]
        for port in rule["destination_ports"]
    ]
    if why or not firewall or not connections:
        return None
    why, _ = _way(cloud, subnet, backup)
    missing = (
        f"no firewall rule allows {protocol} {port} from {after} to {target}"
        for target, protocol, port in connections
        if not any(_covers(rule, after, target, protocol, port) for rule in rules)
    )
    return why or next(missing, "")


def _way(cloud: Cloud, subnet: Object, hvn: Object) -> tuple[str, bool]:
    """Return the reason why no route connects a subnet and an HVN, or an empty text. Also return whether the route uses
    the firewall."""
    source, target = IPv4Network(subnet["address_prefixes"][0]), IPv4Network(hvn["cidr_block"])
    routes = cloud.find("hcp_hvn_route", hvn_link=hvn["self_link"])
    fit = [route for route in routes if source.subnet_of(IPv4Network(route["destination_cidr"]))]
    if not fit:
        return f"the HVN {hvn['hvn_id']} has no route to {source}", False
    route = max(fit, key=lambda one: IPv4Network(one["destination_cidr"]).prefixlen)
    peering = next(iter(cloud.find("hcp_azure_peering_connection", self_link=route["target_link"])), None)
    if peering is None or peering["state"] != "ACTIVE":
        return f"the peering of the route {route['hvn_route_id']} is not ACTIVE", False
    appliance = next((str(config["next_hop_ip_address"]) for config in route.get("azure_config") or ()), "")
    user = _user_route(cloud, subnet, target)
    if not appliance:
        # HCP does not check the range of a route: a route of a spoke could use the peering of another VNet.
        if not same(peered_vnet(peering), vnet_of(str(subnet["id"]))):
            return f"the route {route['hvn_route_id']} leads to another VNet, {peering['peer_vnet_name']}", False
        taken = user and IPv4Network(user["address_prefix"]).prefixlen >= target.prefixlen
        why = (
            f"the user-defined route {user['name']} takes precedence over the peering's route" if user and taken else ""
        )
        return why, False
    if user is None or user["next_hop_in_ip_address"] != appliance:
        return f"no user-defined route to {target} has the next hop {appliance}", True
    return "", True


def _user_route(cloud: Cloud, subnet: Object, target: IPv4Network) -> Object | None:
    """Return the user-defined route of a subnet with the longest prefix around a range."""
    table = attached(cloud, subnet, ROUTES)
    tables = [one for one in cloud.find("azurerm_route_table") if table and same(one["id"], table[0])]
    known = [route for one in tables for route in one.get("route") or ()]
    routes = [route for route in known if route["address_prefix"][:1].isdigit()]
    fit = [route for route in routes if target.subnet_of(IPv4Network(route["address_prefix"]))]
    return max(fit, key=lambda route: IPv4Network(route["address_prefix"]).prefixlen, default=None)


def _rules(cloud: Cloud) -> Iterator[Object]:
    """Yield the network rules that allow traffic."""
    for group in cloud.find("azurerm_firewall_policy_rule_collection_group"):
        for collection in group["network_rule_collection"]:
            yield from collection["rule"] if collection["action"] == "Allow" else ()


def _covers(rule: Object, source: IPv4Network, target: IPv4Network, protocol: str, port: str) -> bool:
    """Return whether a rule allows the connection. Ports are compared as texts: 8000-8100 does not contain 8080."""
    return (
        not {protocol, "Any"}.isdisjoint(rule["protocols"])
        and not {port, "*"}.isdisjoint(rule["destination_ports"])
        and _inside(source, rule["source_addresses"])
        and _inside(target, rule["destination_addresses"])
    )


def _inside(cidr: IPv4Network, addresses: Sequence[str] | None) -> bool:
    ranges = [IPv4Network(one) for one in addresses or () if one[:1].isdigit()]
    return any(cidr.subnet_of(one) for one in ranges)
