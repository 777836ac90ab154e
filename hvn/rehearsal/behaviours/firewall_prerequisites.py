"""A firewall needs subnets of /26 or larger, and static public IPs of SKU Standard.

azurerm checks the public IP's allocation at apply (public_ip_resource.go). It checks the subnet's name at validate
(firewall_subnet_name.go), so the table of azurerm_firewall has this check. Azure checks the subnet's size at apply:
learn.microsoft.com/azure/firewall/firewall-faq (why does Azure Firewall need a /26 subnet size).
"""

import ipaddress

from hvn.rehearsal.behaviours import Change, Refusal
from hvn.rehearsal.cloud import same

SMALLEST = 26


def address(change: Change) -> None:
    """Refuse a public IP of SKU Standard that is not static."""
    if change.after["sku"] == "Standard" and change.after["allocation_method"] != "Static":
        raise Refusal("static IP allocation must be used when creating Standard SKU public IP addresses")


def firewall(change: Change) -> None:
    """Refuse a firewall in a small subnet, or with a Basic public IP."""
    for configuration in (*change.after["ip_configuration"], *(change.after["management_ip_configuration"] or ())):
        for subnet in change.cloud.find("azurerm_subnet"):
            if same(subnet["id"], configuration["subnet_id"]):
                _fits(change, subnet["name"], subnet["address_prefixes"][0])
        for public_ip in change.cloud.find("azurerm_public_ip"):
            if same(public_ip["id"], configuration["public_ip_address_id"]) and public_ip["sku"] != "Standard":
                raise _refused(change, f"its public IP address {public_ip['name']} must be of SKU Standard")


def _fits(change: Change, subnet: str, prefix: str) -> None:
    if ipaddress.ip_network(prefix).prefixlen > SMALLEST:
        raise _refused(change, f"{subnet} must be a /{SMALLEST} or larger, and is {prefix}")


def _refused(change: Change, why: str) -> Refusal:
    return Refusal(
        f"creating/updating Azure Firewall {change.after['name']}: unexpected status 400 (400 Bad Request)",
        f"In the rehearsal's words: {why}",
    )


CREATE = {"azurerm_firewall": firewall, "azurerm_public_ip": address}
