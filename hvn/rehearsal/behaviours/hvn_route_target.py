"""An HVN route needs an ACTIVE peering. The route's range must not overlap the HVN, and must not be within another
route's range.

developer.hashicorp.com/hcp/docs/hcp/network/hvn-azure/routes; terraform-provider-hcp, guide peering-azure
("the route depends on the data source, rather than the resource").
"""

import ipaddress

from hvn.rehearsal.behaviours import Change, Refusal


def create(change: Change) -> None:
    """Refuse an HVN route without an ACTIVE peering, or with a range that overlaps the HVN or is within another
    route's range."""
    route = change.after
    targets = change.cloud.find("hcp_azure_peering_connection", self_link=route["target_link"])
    if not targets or targets[0]["state"] != "ACTIVE":
        state = targets[0]["state"] if targets else "missing"
        raise _refused(change, f"the target peering is {state}")
    hvns = change.cloud.find("hcp_hvn", self_link=route["hvn_link"])
    wanted = ipaddress.IPv4Network(route["destination_cidr"])
    if hvns and hvns[0].get("cidr_block") and wanted.overlaps(ipaddress.ip_network(hvns[0]["cidr_block"])):
        raise _refused(change, f"{wanted} overlaps the HVN's {hvns[0]['cidr_block']}")
    for other in change.cloud.find("hcp_hvn_route", hvn_link=route["hvn_link"]):
        there = ipaddress.IPv4Network(other["destination_cidr"])
        if wanted.subnet_of(there):
            raise _refused(change, f"{wanted} is not wider than {there} of route {other['hvn_route_id']}")


def _refused(change: Change, why: str) -> Refusal:
    return Refusal(f"unable to create HVN route ({change.after['hvn_route_id']})", why)


CREATE = {"hcp_hvn_route": create}
