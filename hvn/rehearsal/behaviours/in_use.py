"""Azure refuses to delete subnets, route tables, NAT gateways, NSGs, public IPs, firewall policies and identities in
use, and zones with links.

Azure: InUseSubnetCannotBeDeleted (hashicorp/terraform-provider-azurerm#4784), InUseRouteTableCannotBeDeleted,
InUseNetworkSecurityGroupCannotBeDeleted (pulumi/pulumi-azure-native#3051), PublicIPAddressCannotBeDeleted (#688),
CannotDeleteResource for a zone with links.
"""

from collections.abc import Callable, Iterator

from hvn.rehearsal.behaviours import Change, Refusal
from hvn.rehearsal.cloud import Object, same

Used = Callable[[Object, str], bool]


def _by_argument(name: str) -> Used:
    return lambda user, id_: same(user.get(name), id_)


def _in_block(block: str, name: str) -> Used:
    return lambda user, id_: any(same(item.get(name), id_) for item in user.get(block) or ())


# For each type: Azure's error code, and the types that can use such a resource, each with a function that detects the
# use.
USERS: dict[str, tuple[str, list[tuple[str, Used]]]] = {
    "azurerm_subnet": (
        "InUseSubnetCannotBeDeleted",
        [
            ("azurerm_kubernetes_cluster", _in_block("default_node_pool", "vnet_subnet_id")),
            ("azurerm_kubernetes_cluster_node_pool", _by_argument("vnet_subnet_id")),
            ("azurerm_firewall", _in_block("ip_configuration", "subnet_id")),
        ],
    ),
    "azurerm_route_table": (
        "InUseRouteTableCannotBeDeleted",
        [
            ("azurerm_subnet_route_table_association", _by_argument("route_table_id")),
            ("azurerm_subnet", _by_argument("route_table_id")),
        ],
    ),
    "azurerm_network_security_group": (
        "InUseNetworkSecurityGroupCannotBeDeleted",
        [
            ("azurerm_subnet_network_security_group_association", _by_argument("network_security_group_id")),
            ("azurerm_subnet", _by_argument("network_security_group_id")),
        ],
    ),
    "azurerm_public_ip": (
        "PublicIPAddressCannotBeDeleted",
        [
            ("azurerm_firewall", _in_block("ip_configuration", "public_ip_address_id")),
            ("azurerm_nat_gateway_public_ip_association", _by_argument("public_ip_address_id")),
        ],
    ),
    "azurerm_nat_gateway": (
        "InUseNatGatewayCannotBeDeleted",
        [("azurerm_subnet_nat_gateway_association", _by_argument("nat_gateway_id"))],
    ),
    "azurerm_firewall_policy": (
        "FirewallPolicyInUse",
        [("azurerm_firewall", _by_argument("firewall_policy_id"))],
    ),
    "azurerm_user_assigned_identity": (
        "IdentityInUse",
        [
            (
                "azurerm_kubernetes_cluster",
                lambda user, id_: any(
                    same(used, id_) for block in user.get("identity") or () for used in block["identity_ids"] or ()
                ),
            )
        ],
    ),
}


def refuse_used(change: Change) -> None:
    """Refuse to delete a resource that another resource uses."""
    user = next(users(change, change.kind), None)
    if user:
        raise _in_use(change, USERS[change.kind][0], user)


def users(change: Change, kind: str) -> Iterator[str]:
    """Yield the ids of the resources that use the changed resource. `kind` is the changed resource's type in
    `USERS`."""
    id_ = str(change.before["id"])
    for user_kind, uses in USERS[kind][1]:
        yield from (str(user["id"]) for user in change.cloud.find(user_kind) if uses(user, id_))


def delete_with_children(change: Change) -> None:
    """Refuse to delete a resource that contains other resources."""
    inside = change.cloud.below(str(change.before["id"]))
    if inside:
        raise _in_use(change, "CannotDeleteResource", inside[0])


def _in_use(change: Change, code: str, user: str) -> Refusal:
    return Refusal(
        f"deleting {change.kind} {change.before.get('name')}: unexpected status 409 (409 Conflict) with error: {code}",
        f"It is in use by {user} and cannot be deleted",
    )


DELETE = dict.fromkeys(USERS, refuse_used) | {"azurerm_private_dns_zone": delete_with_children}
