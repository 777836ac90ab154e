"""HCP refuses a peering, a route or a Vault cluster of a missing HVN. A Vault cluster is in the HVN's region.

terraform-provider-hcp: resource_azure_peering_connection.go, resource_hvn_route.go, resource_vault_cluster.go (all
three resources look up the HVN first).
"""

from hvn.rehearsal.behaviours import Change, Refusal


def by_link(change: Change) -> None:
    """Refuse a peering or a route of a missing HVN."""
    link = change.after["hvn_link"]
    hvns = change.cloud.find("hcp_hvn", self_link=link)
    change.need(*(("hcp_hvn", str(hvn["id"])) for hvn in hvns))
    if not hvns:
        raise Refusal(f"unable to find the HVN ({link.rpartition('/')[2]}) for the {change.kind}")


def by_id(change: Change) -> None:
    """Refuse a Vault cluster in a missing HVN."""
    hvns = change.cloud.find("hcp_hvn", hvn_id=change.after["hvn_id"])
    change.need(*(("hcp_hvn", str(hvn["id"])) for hvn in hvns))
    if not hvns:
        raise Refusal(f"unable to find existing HVN ({change.after['hvn_id']})")
    change.after["region"] = hvns[0].get("region")


CREATE = {"hcp_azure_peering_connection": by_link, "hcp_hvn_route": by_link, "hcp_vault_cluster": by_id}
