"""An HVN with a cluster or a peering in it is not deleted.

HCP's own words for it are not public. That it asks is in its API: hashicorp/hcp-sdk-go, cloud-network 2020-09-07,
ListDependencies ("lists the dependent services on the given HVN"); the words before them are the provider's:
terraform-provider-hcp resource_hvn.go (resourceHvnDelete). That a peering holds it too is the stricter guess: a
comment of the provider says that peerings may go with their HVN (resource_aws_network_peering.go).
"""

from hvn.rehearsal.behaviours import Change, Refusal


def delete(change: Change) -> None:
    """Refuse while anything is in it."""
    hvn = change.before
    inside = change.cloud.find("hcp_vault_cluster", hvn_id=hvn["hvn_id"])
    inside += change.cloud.find("hcp_azure_peering_connection", hvn_link=hvn["self_link"])
    if inside:
        raise Refusal(
            f"unable to delete HVN ({hvn['hvn_id']})",
            "\n".join(["The rehearsal knows what is in it:", *(f"* {each['id']}" for each in inside)]),
        )


DELETE = {"hcp_hvn": delete}
