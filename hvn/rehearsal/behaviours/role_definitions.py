"""A custom role has a name that is unique in the tenant, is assigned within its scopes, and not deleted while it is.

Azure: RoleDefinitionWithSameNameExists (hashicorp/terraform-provider-azurerm#10728), RoleDefinitionHasAssignments
(learn.microsoft.com/azure/role-based-access-control/troubleshooting, custom roles).
"""

from hvn.rehearsal.behaviours import Change, Refusal
from hvn.rehearsal.cloud import same


def create(change: Change) -> None:
    """Refuse a second role of the same name."""
    if change.cloud.find("azurerm_role_definition", name=change.after["name"]):
        raise Refusal(
            "unexpected status 409 (409 Conflict) with error: RoleDefinitionWithSameNameExists",
            f"A custom role with the name {change.after['name']} already exists in this directory",
        )


def assign(change: Change) -> None:
    """Refuse a custom role outside of its assignable scopes."""
    wanted = f"{change.after['scope']}/".casefold()
    for role in change.cloud.find("azurerm_role_definition"):
        if same(role["role_definition_resource_id"], change.after.get("role_definition_id")):
            scopes = role["assignable_scopes"] or [role["scope"]]
            if not any(wanted.startswith(f"{each}/".casefold()) for each in scopes):
                raise Refusal(
                    "unexpected status 400 (400 Bad Request) assigning a role outside of its assignable scopes",
                    f"Role {role['name']} is not assignable at {change.after['scope']}",
                )


def delete(change: Change) -> None:
    """Refuse while it is assigned to somebody."""
    role = change.before["role_definition_resource_id"]
    for each in change.cloud.find("azurerm_role_assignment"):
        if same(each["role_definition_id"], role):
            raise Refusal(
                "unexpected status 400 (400 Bad Request) with error: RoleDefinitionHasAssignments",
                f"There are existing role assignments referencing role {change.before['name']}: {each['id']}",
            )


CREATE = {"azurerm_role_assignment": assign, "azurerm_role_definition": create}
DELETE = {"azurerm_role_definition": delete}
