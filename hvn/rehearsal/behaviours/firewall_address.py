"""A firewall takes the first free address of its subnet, which is the fifth: Azure keeps four for itself.

learn.microsoft.com/azure/virtual-network/virtual-networks-faq (reserved addresses). Azure promises no address; where
the topology says that it was another one, it is that one (existing.py).
"""

import ipaddress

from hvn.rehearsal.behaviours import Change
from hvn.rehearsal.cloud import same

FIREWALL_ADDRESS = "hvn:firewall-address"


def create(change: Change) -> None:
    """Give each address configuration that has a subnet its private address."""
    said = change.cloud.get(FIREWALL_ADDRESS, str(change.after["name"]))
    for configuration in change.after["ip_configuration"]:
        for subnet in change.cloud.find("azurerm_subnet"):
            if same(subnet["id"], configuration["subnet_id"]):
                first = str(ipaddress.ip_network(subnet["address_prefixes"][0])[4])
                configuration["private_ip_address"] = said["address"] if said else first


CREATE = {"azurerm_firewall": create}
