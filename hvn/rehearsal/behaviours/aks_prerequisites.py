"""A new AKS cluster needs the route table or NAT gateway of its outbound type, and its identity needs roles.

Before the creation of the cluster, the route table must be associated with the subnet. The table needs a route for
0.0.0.0/0 to an appliance or a gateway. The identity must have permission to write the private DNS zone and to join the
subnet.

learn.microsoft.com/azure/aks: egress-outboundtype, egress-udr, aks-service-permissions,
private-clusters (custom private DNS zone);
the messages: hashicorp/terraform-provider-azurerm#8609, Azure/terraform-azurerm-caf-enterprise-scale#900.
"""

from collections.abc import Iterable

from hvn.rehearsal.azure_subnets import ROUTES, attached
from hvn.rehearsal.behaviours import Change, Refusal
from hvn.rehearsal.cloud import same

# Network Contributor has Microsoft.Network/*, which includes private DNS zones.
ZONE_ROLES = ("Private DNS Zone Contributor", "Network Contributor", "Contributor", "Owner")
NETWORK_ROLES = ("Network Contributor", "Contributor", "Owner")


def create(change: Change) -> None:
    """Refuse a cluster if the route table or NAT gateway of its subnet, or a role of its identity, is missing."""
    cluster = change.after
    subnet = str(cluster["default_node_pool"][0]["vnet_subnet_id"])
    outbound = cluster["network_profile"][0]["outbound_type"] if cluster["network_profile"] else ""
    if outbound == "userDefinedRouting":
        table = _route_table(change, subnet)
        _may(change, table, NETWORK_ROLES, _unauthorized(f"read {table}"))
    elif outbound == "userAssignedNATGateway":
        _nat_gateway(change, subnet)
    zone = str(cluster.get("private_dns_zone_id") or "")
    if zone.startswith("/"):
        _may(change, zone, ZONE_ROLES, missing_zone_rights(zone))
    vnet = subnet.rpartition("/subnets/")[0]
    _may(change, vnet, NETWORK_ROLES, _unauthorized(f"join {vnet}"))


def _route_table(change: Change, subnet: str) -> str:
    """Return the id of the subnet's route table, which must have a default route to an appliance or a gateway."""
    there = next((one for one in change.cloud.find("azurerm_subnet") if same(one["id"], subnet)), {"id": subnet})
    attached_table = attached(change.cloud, there, ROUTES)
    if attached_table is None:
        raise _refused("ExistingRouteTableNotAssociatedWithSubnet", f"no route table is associated with {subnet}")
    routes = [
        route
        for table in change.cloud.find("azurerm_route_table")
        if same(table["id"], attached_table[0])
        for route in table["route"] or ()
    ]
    default = [route for route in routes if route["address_prefix"] == "0.0.0.0/0"]
    if not any(route["next_hop_type"] in {"VirtualAppliance", "VirtualNetworkGateway"} for route in default):
        raise _refused(
            "RouteTableInvalidNextHop",
            "the next hop of 0.0.0.0/0 must be a VirtualAppliance or a VirtualNetworkGateway",
        )
    change.need(attached_table[1])
    return attached_table[0]


def _nat_gateway(change: Change, subnet: str) -> None:
    """Refuse a subnet without a NAT gateway. Source of the message: jenkins-infra/azure#719."""
    type_ = "azurerm_subnet_nat_gateway_association"
    associations = [one for one in change.cloud.find(type_) if same(one["subnet_id"], subnet)]
    if not associations:
        raise _refused(
            "SubnetNotAssociatedWithNATGateway",
            f"Subnet '{subnet}' must have a NAT gateway associated for outbound connection.",
        )
    change.need((type_, str(associations[0]["id"])))


def missing_zone_rights(zone: str) -> Refusal:
    """Return the error of AKS for a cluster identity that may not write the private DNS zone."""
    return _refused(
        "CustomPrivateDNSZoneMissingPermissionError",
        "Service principal or user-assigned identity must be given permission to read and write to custom private dns "
        f"zone {zone}",
    )


def _unauthorized(what: str) -> Refusal:
    return _refused("LinkedAuthorizationFailed", f"the cluster's identity may not {what}")


def _may(change: Change, scope: str, roles: Iterable[str], refusal: Refusal) -> None:
    wanted = (change.after["identity"] or [{}])[0].get("identity_ids") or ()
    principals = {
        identity["principal_id"]
        for identity in change.cloud.find("azurerm_user_assigned_identity")
        if any(same(identity["id"], id_) for id_ in wanted)
    }
    granted = [
        assignment
        for assignment in change.cloud.find("azurerm_role_assignment")
        if assignment["principal_id"] in principals
        and assignment["role_definition_name"] in roles
        and f"{scope}/".casefold().startswith(f"{assignment['scope']}/".casefold())
    ]
    change.need(*(("azurerm_role_assignment", str(assignment["id"])) for assignment in granted))
    if not granted:
        raise refusal


def _refused(code: str, message: str) -> Refusal:
    return Refusal(f"creating Kubernetes Cluster: unexpected status 400 (400 Bad Request) with error: {code}", message)


CREATE = {"azurerm_kubernetes_cluster": create}
