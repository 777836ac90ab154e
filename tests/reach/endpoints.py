"""Private endpoints in the independent model of the synthesized Terraform."""

from collections.abc import Mapping, Sequence
from ipaddress import IPv4Address, IPv4Network
from typing import Any

from tests.reach.terraform import Cloud, Where


class CloudWithEndpoints(Cloud):
    """The network, with the policies of its subnets for private endpoints."""

    def __init__(self, stacks: Mapping[str, Mapping[str, Any]], outside: Sequence[IPv4Network] = ()) -> None:
        self.policies = {
            Where(vnet["name"], subnet["name"]): str(subnet["private_endpoint_network_policies"])
            for stack in stacks.values()
            for vnet in stack.get("resource", {}).get("azurerm_virtual_network", {}).values()
            for subnet in vnet["subnet"]
        }
        self._of_endpoint = ""
        super().__init__(stacks, outside)
        self.api_servers = {
            Where(*str(one["default_node_pool"]["vnet_subnet_id"]).split("/")[-3::2])
            for stack in stacks
            for one in self._all(stack, "azurerm_kubernetes_cluster")
            if one["private_cluster_enabled"]
        }

    def endpoint(self, source: IPv4Address, to: IPv4Address, port: int) -> set[bool]:
        """Return the possible results of a connection to a private endpoint, with the protocol of the last connection.
        Its replies pass the firewall only with SNAT, so both results are possible for a request through the
        firewall. Private endpoints answer no ICMP."""
        if self.protocol == "Icmp":
            return {False}
        return {result for _ in self.decisions() for result in self._endpoint(source, to, port)}

    def _endpoint(self, source: IPv4Address, to: IPv4Address, port: int) -> set[bool]:
        policies = self._of_endpoint = self.policies[self.where(to)]
        request = self._send(source, to, port, answer_by_firewall=None)
        self._of_endpoint = ""
        filtered = policies in ("Enabled", "NetworkSecurityGroupEnabled")
        allowed = self._may(source, "Outbound", source, to, port)
        allowed = allowed and not (filtered and not self._may(to, "Inbound", source, to, port))
        if request is None or not allowed:
            return {False}
        return {True, False} if request else {True}

    def _choose(self, here: Where, to: IPv4Address) -> tuple[str | None, bool]:
        """Return the next hop. With the policies, a user-defined route that is not wider than the range of the VNet
        invalidates the /32 route of a private endpoint."""
        network = self.where(to).network
        if self._of_endpoint and here.network not in self.hvns.values() and self._near(here, network):
            length = next(cidr.prefixlen for cidr in self.ranges[network] if to in cidr)
            routes = [IPv4Network(route["address_prefix"]) for route in self.tables.get(here, [])]
            invalidates = self._of_endpoint in ("Enabled", "RouteTableEnabled")
            if not invalidates or not any(to in route and route.prefixlen >= length for route in routes):
                return network, False
        return super()._choose(here, to)
