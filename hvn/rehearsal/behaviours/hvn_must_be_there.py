"""HCP makes nothing in an HVN that is not there.

terraform-provider-hcp: resource_azure_peering_connection.go, resource_hvn_route.go, resource_vault_cluster.go
(each looks the HVN up first).
"""

from hvn.rehearsal.behaviours import Change, Refusal


def by_link(change: Change) -> None:
    """Refuse a peering or a route of an unknown HVN."""
    link = change.after["hvn_link"]
    found = change.cloud.find("hcp_hvn", self_link=link)
    change.need(*(("hcp_hvn", str(each["id"])) for each in found))
    if not found:
        raise Refusal(f"unable to find the HVN ({link.rpartition('/')[2]}) for the {change.kind}")


def by_id(change: Change) -> None:
    """Refuse a cluster in an unknown HVN."""
    found = change.cloud.find("hcp_hvn", hvn_id=change.after["hvn_id"])
    change.need(*(("hcp_hvn", str(each["id"])) for each in found))
    if not found:
        raise Refusal(f"unable to find existing HVN ({change.after['hvn_id']})")
    change.after["region"] = found[0].get("region")


CREATE = {"hcp_azure_peering_connection": by_link, "hcp_hvn_route": by_link, "hcp_vault_cluster": by_id}
