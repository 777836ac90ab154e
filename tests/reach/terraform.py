"""Model the synthesized Terraform independently: the model sends single packets from address to address through the
synthesized networks.

The model shares no code with hvn/reach and reads no topology. The JSON does not contain existing VNets, so every VNet
of the topology must be new. `outside` are the ranges behind the gateway. The model treats GatewaySubnet as the gateway.

A VNet that only a peering names is remote. The peering's trigger contains the ranges of the remote VNet. The routes of
AzureFirewallSubnet contain the ranges behind the remote firewall. The model assumes that the remote VNet has the other
half of the peering, and routes to the hub's firewall.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, ip_address, ip_network
from typing import Any

FIREWALL_SUBNET = "AzureFirewallSubnet"
MANAGEMENT_SUBNET = "AzureFirewallManagementSubnet"
GATEWAY_SUBNET = "GatewaySubnet"
ROUTE_SERVER_SUBNET = "RouteServerSubnet"
VAULT_LISTENS_ON = (8200, 5696)


@dataclass(frozen=True)
class Where:
    """A network (a VNet's name, or an HVN) and, in a VNet, a subnet's name."""

    network: str
    subnet: str = ""


class Cloud:
    """The network that the resources of all workspaces describe."""

    def __init__(self, stacks: Mapping[str, Mapping[str, Any]], outside: Sequence[IPv4Network] = ()) -> None:
        self.stacks = stacks
        self.outside = outside
        self.gateway: Where | None = None
        self.through_gateway: set[str] = set()
        self.propagated: set[Where] = set()
        self.ranges: dict[str, list[IPv4Network]] = {}
        self.subnets: dict[Where, IPv4Network] = {}
        self.tables: dict[Where, list[Mapping[str, Any]]] = {}
        self.groups: dict[Where, list[Mapping[str, Any]]] = {}
        self.forwarded: dict[tuple[str, str], bool] = {}
        self.hvns: dict[str, str] = {}
        self.hvn_routes: list[tuple[str, IPv4Network, str, str | None]] = []
        self.rules: list[Mapping[str, Any]] = []
        self.protocol = "Tcp"
        self.has_base_policy = False
        self.base_policy_allows: bool | None = None
        self.owner: dict[str, str] = {}
        self.remote: dict[str, list[str]] = {}
        self.behind: dict[str, list[IPv4Network]] = {}
        self._triggers: dict[str, str] = {}
        self._by_table: dict[tuple[str, str], list[Mapping[str, Any]]] = {}
        for id_ in stacks:
            for name, each in stacks[id_].get("resource", {}).get("hcp_hvn", {}).items():
                self.hvns[each["hvn_id"]] = "HVN" if name == "hvn" else name
                self.ranges[self.hvns[each["hvn_id"]]] = [IPv4Network(each["cidr_block"])]
        # Two workspaces may have tables or NSGs of the same name. Other workspaces use only the hub's tables and NSGs.
        self._named, self._nsgs = (
            {one["name"]: one for one in (self._all("hub", kind) if "hub" in stacks else ())}
            for kind in ("azurerm_route_table", "azurerm_network_security_group")
        )
        for id_ in stacks:
            self._read(id_)
        self._read_remote()
        self.gateway = next((where for where in self.subnets if where.subnet == GATEWAY_SUBNET), None)
        for id_ in stacks:
            for route in self._all(id_, "azurerm_route"):
                self._by_table["hub", route["route_table_name"]].append(route)

    def _read_remote(self) -> None:
        # An existing VNet that only the HVN is peered with has no trigger, and its ranges are unknown.
        for peer, name in [ends for ends in self.forwarded if ends[1] in self._triggers.keys() - self.ranges.keys()]:
            self.remote.setdefault(name, []).append(peer)
            self.ranges[name] = [IPv4Network(cidr) for cidr in self._triggers[name].split(",")]
            self.forwarded.setdefault((name, peer), True)
        for name, peers in self.remote.items():
            tables = [self.tables.get(Where(peer, FIREWALL_SUBNET), ()) for peer in peers]
            hops = [route for table in tables for route in table if self._leads(route, name)]
            self.behind[name] = [IPv4Network(route["address_prefix"]) for route in hops]

    def _leads(self, route: Mapping[str, Any], network: str) -> bool:
        hop = route["next_hop_in_ip_address"]
        return bool(hop) and any(IPv4Address(hop) in cidr for cidr in self.ranges[network])

    def _all(self, stack: str, kind: str) -> Iterator[Mapping[str, Any]]:
        yield from self.stacks[stack].get("resource", {}).get(kind, {}).values()

    def _follow(self, stack: str, reference: str) -> Mapping[str, Any]:
        """Return the resource that `${type.name.attribute}` refers to."""
        match = re.fullmatch(r"\$\{([^.]+)\.([^.]+)\.[a-z_]+\}", reference)
        assert match, reference
        found: Mapping[str, Any] = self.stacks[stack]["resource"][match[1]][match[2]]
        return found

    def _vnet(self, stack: str, reference: str) -> str:
        name = self._follow(stack, reference)["name"] if reference.startswith("$") else reference.rpartition("/")[2]
        return str(name)

    def _read(self, stack: str) -> None:
        for each in self._all(stack, "azurerm_virtual_network"):
            self.ranges[each["name"]] = [IPv4Network(cidr) for cidr in each["address_space"]]
            self.owner[each["name"]] = stack
            for subnet in each["subnet"]:
                where = Where(each["name"], subnet["name"])
                self.subnets[where] = IPv4Network(subnet["address_prefixes"][0])
                nsg = str(subnet["security_group"])
                # The NSG is in this workspace or in another workspace; the JSON has no rules of an existing NSG.
                if group := self._follow(stack, nsg) if nsg.startswith("$") else self._nsgs.get(nsg.rpartition("/")[2]):
                    self.groups[where] = group["security_rule"]
                if not subnet["route_table_id"] and where.subnet != FIREWALL_SUBNET:
                    self.propagated.add(where)
                id_ = str(subnet["route_table_id"])
                named = self._named.get(id_.rpartition("/")[2])  # a table of a different workspace
                if table := self._follow(stack, id_) if id_.startswith("$") else named:
                    # Omit routes to service tags, because the model treats their addresses as public.
                    ranges = [route for route in table.get("route", ()) if route["address_prefix"][0].isdigit()]
                    owner = stack if id_.startswith("$") else "hub"
                    self.tables[where] = self._by_table.setdefault((owner, table["name"]), ranges)
                    if table.get("bgp_route_propagation_enabled"):
                        self.propagated.add(where)
        for each in self._all(stack, "azurerm_virtual_network_peering"):
            ends = (
                self._vnet(stack, each["virtual_network_name"]),
                self._vnet(stack, each["remote_virtual_network_id"]),
            )
            self.forwarded[ends] = each["allow_forwarded_traffic"]
            self._triggers[ends[1]] = each["triggers"]["remote_address_space"]
            if each["use_remote_gateways"]:
                self.through_gateway.add(ends[0])
        for each in self._all(stack, "hcp_azure_peering_connection"):
            hvn = self._hvn(stack, each["hvn_link"])
            self.forwarded[each["peer_vnet_name"], hvn] = False
            self.forwarded[hvn, each["peer_vnet_name"]] = each["allow_forwarded_traffic"]
        for each in self._all(stack, "hcp_hvn_route"):
            vnet = self._follow(stack, each["target_link"])["peer_vnet_name"]
            hop = each.get("azure_config", {}).get("next_hop_ip_address")
            hvn = self._hvn(stack, each["hvn_link"])
            self.hvn_routes.append((hvn, IPv4Network(each["destination_cidr"]), vnet, hop))
        for each in self._all(stack, "azurerm_firewall_policy"):
            self.has_base_policy |= bool(each.get("base_policy_id"))
        for each in self._all(stack, "azurerm_firewall_policy_rule_collection_group"):
            for collection in each.get("network_rule_collection", ()):
                self.rules += collection["rule"]

    def _hvn(self, stack: str, link: str) -> str:
        match = re.fullmatch(r"\$\{data\.hcp_hvn\.(\w+)\.self_link\}", link)
        id_ = self.stacks[stack]["data"]["hcp_hvn"][match[1]]["hvn_id"] if match else link.rpartition("/")[2]
        return self.hvns[id_]

    def possible(self, source: IPv4Address, destination: IPv4Address, port: int, protocol: str = "Tcp") -> set[bool]:
        """Return the possible results of `connects`. A base policy may allow or deny all traffic of the firewall."""
        return {self.connects(source, destination, port, protocol) for _ in self.decisions()}

    def decisions(self) -> Iterator[None]:
        """Apply the possible decisions of the base policy, one after the other."""
        for decision in (True, False) if self.has_base_policy else (None,):
            self.base_policy_allows = decision
            yield

    def connects(self, source: IPv4Address, destination: IPv4Address, port: int, protocol: str = "Tcp") -> bool:
        """Return whether the request and the answer of a connection arrive: both must go through the firewall, or
        neither. A UDP datagram needs no answer, and ICMP ignores the port.
        """
        self.protocol = protocol
        request = self._send(source, destination, port, answer_by_firewall=None)
        ends = (source, destination)
        allowed = self._may(source, "Outbound", *ends, port) and self._may(destination, "Inbound", *ends, port)
        if request is None or not allowed or not self._is_open(destination, port):
            return False
        return protocol == "Udp" or self._send(destination, source, port, answer_by_firewall=request) == request

    def appliance(self, source: IPv4Address, to: IPv4Address) -> str:
        """Return the address of the appliance that is the first next hop; empty for another next hop, and for the
        firewall."""
        here = self.where(source)
        here = self.gateway if here.network == "outside" and self.gateway else here
        system = [cidr for network, cidrs in self.ranges.items() if self._near(here, network) for cidr in cidrs]
        system += self.outside if self._learns(here) and here != self.gateway else ()
        longest = max((cidr.prefixlen for cidr in system if to in cidr), default=-1)
        prefixes = {IPv4Network(route["address_prefix"]): route for route in self.tables.get(here, ())}
        fit = [cidr for cidr in prefixes if to in cidr and cidr.prefixlen >= longest]
        hop = prefixes[max(fit, key=lambda cidr: cidr.prefixlen)]["next_hop_in_ip_address"] if fit else ""
        return "" if not hop or self.where(IPv4Address(hop)).subnet == FIREWALL_SUBNET else str(hop)

    def where(self, address: IPv4Address) -> Where:
        for where, cidr in self.subnets.items():
            if address in cidr:
                return where
        if any(address in cidr for cidr in self.outside):
            return Where("outside")
        for name in self.remote:
            if any(address in cidr for cidr in (*self.ranges[name], *self.behind[name])):
                return Where(name)
        (hvn,) = (name for name in self.hvns.values() if address in self.ranges[name][0])
        return Where(hvn)

    def _is_open(self, destination: IPv4Address, port: int) -> bool:
        where = self.where(destination)
        return where.network not in self.hvns.values() or (self.protocol == "Tcp" and port in VAULT_LISTENS_ON)

    def _may(self, here: IPv4Address, direction: str, source: IPv4Address, to: IPv4Address, port: int) -> bool:
        """Return whether the security group of the subnet of `here` allows a connection in this direction."""
        where = self.where(here)
        tag = [cidr for network, cidrs in self.ranges.items() if self._near(where, network) for cidr in cidrs]
        tag += [IPv4Network(route["address_prefix"]) for route in self.tables.get(where, [])]
        if self._has_gateway(where):
            tag += self.outside
        for rule in sorted(self.groups.get(where, []), key=lambda rule: int(rule["priority"])):
            if (
                rule["direction"] == direction
                and rule["protocol"] in ("*", self.protocol)
                and _matches(rule, "source_address_prefix", source, tag)
                and _matches(rule, "destination_address_prefix", to, tag)
                and self._has(_values(rule, "destination_port_range"), port)
            ):
                return bool(rule["access"] == "Allow")
        # AllowVnetInBound, AllowVnetOutBound. The other default rules allow no private addresses.
        return where not in self.groups or all(any(end in cidr for cidr in tag) for end in (source, to))

    def _near(self, where: Where, network: str) -> bool:
        return network == where.network or (where.network, network) in self.forwarded

    def _send(self, source: IPv4Address, to: IPv4Address, port: int, *, answer_by_firewall: bool | None) -> bool | None:
        """Return whether the packet went through the firewall; None if the packet is lost."""
        here, by_firewall = self.where(source), False
        if here.network == "outside":
            if self.gateway is None:
                return None
            here = self.gateway
        for _ in range(8):
            next_network, hop = self._choose(here, to)
            if next_network is None:
                return None
            if next_network == here.network == self.where(to).network and not hop:
                return by_firewall
            if hop:
                by_firewall = True
                if self._is_behind(source, here.network) and not self.forwarded[next_network, here.network]:
                    return None
                if (
                    here.network not in (next_network, *self.hvns.values())
                    and (here.network, next_network) not in self.forwarded
                ):
                    return None
                if not (answer_by_firewall if answer_by_firewall is not None else self._let_through(source, to, port)):
                    return None
                here = Where(next_network, FIREWALL_SUBNET)
                continue
            if next_network == "outside":
                return by_firewall
            began_here = any(source in cidr for cidr in self.ranges[here.network])
            if next_network != here.network and not (began_here or self.forwarded[next_network, here.network]):
                return None
            if not any(to in cidr for cidr in (*self.ranges[next_network], *self.behind.get(next_network, ()))):
                return None
            return by_firewall
        raise AssertionError("a loop")

    def _is_behind(self, address: IPv4Address, network: str) -> bool:
        return any(address in cidr for cidr in self.behind.get(network, ()))

    def _choose(self, here: Where, to: IPv4Address) -> tuple[str | None, bool]:
        """Return the next network, and whether the firewall in that network is the next hop."""
        if here.network in self.hvns.values():
            own = [route[1:] for route in self.hvn_routes if route[0] == here.network]
            options = [(cidr.prefixlen, 1, vnet, bool(hop)) for cidr, vnet, hop in own if to in cidr]
        else:
            options = [
                (cidr.prefixlen, 0, network, False)
                for network, cidrs in self.ranges.items()
                for cidr in cidrs
                if to in cidr and (network == here.network or (here.network, network) in self.forwarded)
            ]
            if self.gateway and here != self.gateway and self._learns(here):
                options += [(cidr.prefixlen, 0, "outside", False) for cidr in self.outside if to in cidr]
            for route in self.tables.get(here, []):
                if to in IPv4Network(route["address_prefix"]):
                    options.append((IPv4Network(route["address_prefix"]).prefixlen, 1, *self._next(here, to, route)))
        if not options and here.network in self.remote:
            hubs = [peer for peer in self.remote[here.network] if Where(peer, FIREWALL_SUBNET) in self.subnets]
            return (hubs[0], True) if hubs else (None, False)
        if not options:
            return None, False
        _, _, network, hop = max(options)
        return network or None, hop

    def _next(self, here: Where, to: IPv4Address, route: Mapping[str, Any]) -> tuple[str, bool]:
        """Return the next network of a user-defined route, and whether the next hop is the firewall. The network is
        empty if Azure drops the packet.
        """
        if route["next_hop_type"] == "VirtualAppliance":
            firewall = self.where(ip_address(route["next_hop_in_ip_address"]))  # type: ignore[arg-type]
            if firewall.network in self.remote:
                return firewall.network, False
            return (firewall.network, True) if firewall.subnet == FIREWALL_SUBNET else ("", False)
        inside = any(to in cidr for cidr in self.ranges[here.network])
        if route["next_hop_type"] == "VnetLocal":
            return (here.network, False) if inside else ("", False)
        if route["next_hop_type"] == "VirtualNetworkGateway" and self.where(to).network == "outside":
            return ("outside", False) if self._has_gateway(here) else ("", False)
        return "", False

    def _has_gateway(self, here: Where) -> bool:
        near = {*self.through_gateway, *([self.gateway.network] if self.gateway else [])}
        return here.network in near

    def _learns(self, here: Where) -> bool:
        """Return whether a subnet has the gateway's routes: its route table propagates the routes, or the subnet has no
        route table."""
        return self._has_gateway(here) and (here in self.propagated or here not in self.tables)

    def _let_through(self, source: IPv4Address, to: IPv4Address, port: int) -> bool:
        if self.base_policy_allows is not None:
            return self.base_policy_allows
        return any(
            {self.protocol.upper(), "Any"} & {*rule["protocols"]}
            and self._has(rule["destination_ports"], port)
            and any(source in IPv4Network(cidr) for cidr in rule["source_addresses"])
            and any(to in IPv4Network(cidr) for cidr in rule.get("destination_addresses") or [] if "/" in cidr)
            for rule in self.rules
        )

    def _has(self, texts: Sequence[str], port: int) -> bool:
        return "*" in texts if self.protocol == "Icmp" else any(_has_port(text, port) for text in texts)


def _has_port(text: str, port: int) -> bool:
    first, _, last = text.partition("-")
    return text == "*" or int(first) <= port <= int(last or first)


def _values(rule: Mapping[str, Any], name: str) -> list[str]:
    one = rule.get(name)
    return [one] if one else list(rule.get(f"{name}es" if name.endswith("prefix") else f"{name}s") or [])


def _matches(rule: Mapping[str, Any], name: str, address: IPv4Address, tag: list[IPv4Network]) -> bool:
    for text in _values(rule, name):
        if text == "*" or (text == "VirtualNetwork" and any(address in cidr for cidr in tag)):
            return True
        if text[0].isdigit() and address in ip_network(text):
            return True
    return False
