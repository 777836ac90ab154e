"""HCP refuses to delete an HVN with a Vault cluster or a peering.

HCP's error text is not public. HCP's API lists the dependencies of an HVN (hashicorp/hcp-sdk-go, cloud-network
2020-09-07, ListDependencies: "lists the dependent services on the given HVN"). The first line of the error is the
provider's: terraform-provider-hcp resource_hvn.go (resourceHvnDelete). The rehearsal assumes that a peering also blocks
the deletion; a comment in the provider suggests that HCP deletes peerings with their HVN
(resource_aws_network_peering.go).
"""

from hvn.rehearsal.behaviours import Change, Refusal


def delete(change: Change) -> None:
    """Refuse to delete an HVN with a Vault cluster or a peering."""
    hvn = change.before
    inside = change.cloud.find("hcp_vault_cluster", hvn_id=hvn["hvn_id"])
    peerings = change.cloud.find("hcp_azure_peering_connection", hvn_link=hvn["self_link"])
    # A peering that is managed outside this project has no application id; its owner deletes it first.
    inside += [peering for peering in peerings if peering.get("application_id")]
    if inside:
        raise Refusal(
            f"unable to delete HVN ({hvn['hvn_id']})",
            "\n".join(["It is in use by:", *(f"* {resource['id']}" for resource in inside)]),
        )


DELETE = {"hcp_hvn": delete}
