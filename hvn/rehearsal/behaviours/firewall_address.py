"""Azure assigns a firewall the fifth address of its subnet.

learn.microsoft.com/azure/virtual-network/virtual-networks-faq (Azure reserves the first four addresses). Azure does not
guarantee this address. If the topology names another address, the rehearsal uses the topology's address (existing.py).
"""

import ipaddress

from hvn.rehearsal.behaviours import Change
from hvn.rehearsal.cloud import same

FIREWALL_ADDRESS = "hvn:firewall-address"


def create(change: Change) -> None:
    """Set the private address of each `ip_configuration` that names a subnet."""
    configured = change.cloud.get(FIREWALL_ADDRESS, str(change.after["name"]))
    for configuration in change.after["ip_configuration"]:
        for subnet in change.cloud.find("azurerm_subnet"):
            if same(subnet["id"], configuration["subnet_id"]):
                first = str(ipaddress.ip_network(subnet["address_prefixes"][0])[4])
                configuration["private_ip_address"] = configured["address"] if configured else first


CREATE = {"azurerm_firewall": create}
