"""The rights that `peering-hub` and `peering-<spoke>` need, by Terraform type."""

from hvn.kinds.rights import DATA_HCP_HVN, DEFINE_ROLES, IN_HCP, VIEWER, VNET_READER, Grant, Needs, Rights

RIGHTS = Rights(
    {
        "azuread_service_principal": Needs(
            (Grant("Entra", "`Application.Read.All`", "the tenant", "I", "azuread"),),
            # `Application.ReadWrite.OwnedBy` is not enough: the application is in HashiCorp's tenant.
            (
                Grant(
                    "Entra",
                    "`Application.ReadWrite.All`, or for a person the role Application Administrator",
                    "the tenant",
                    "I",
                    "azure-cli-28009",
                ),
            ),
        ),
        # The workspace creates this role itself, so a condition cannot name the role in advance.
        "azurerm_role_assignment.own_role": Needs((VNET_READER,), (DEFINE_ROLES,)),
        "azurerm_role_definition": Needs((VNET_READER,), (DEFINE_ROLES,)),
        "hcp_azure_peering_connection": IN_HCP,
        "hcp_dns_forwarding": IN_HCP,
        "hcp_dns_forwarding_rule": IN_HCP,
        "hcp_hvn_route": IN_HCP,
        "data.hcp_azure_peering_connection": Needs((VIEWER,)),
        "data.hcp_hvn": DATA_HCP_HVN,
    }
)
