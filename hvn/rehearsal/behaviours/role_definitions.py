"""Azure refuses a custom role with the name of another role, an assignment outside the role's scopes, and the deletion
of an assigned role.

Azure: RoleDefinitionWithSameNameExists (hashicorp/terraform-provider-azurerm#10728), RoleDefinitionHasAssignments
(learn.microsoft.com/azure/role-based-access-control/troubleshooting, custom roles).
"""

from hvn.rehearsal.behaviours import Change, Refusal
from hvn.rehearsal.cloud import made_up, same


def create(change: Change) -> None:
    """Refuse a second custom role with the same name."""
    if change.cloud.find("azurerm_role_definition", name=change.after["name"]):
        raise Refusal(
            "unexpected status 409 (409 Conflict) with error: RoleDefinitionWithSameNameExists",
            f"A custom role with the name {change.after['name']} already exists in this directory",
        )


BUILT_IN = {
    "Contributor": "b24988ac-6180-42a0-ab88-20f7382dd24c",
    "Network Contributor": "4d97b98b-1d4f-4787-a291-c67834d212e7",
    "Owner": "8e3af657-a8ff-443c-a75c-2fe8c4bcb635",
    "Private DNS Zone Contributor": "b12aa53e-6015-4669-85d0-8554342d6b8a",
    "Reader": "acdd72a7-3385-48ef-bd42-f606fba81ae7",
}


def assign(change: Change) -> None:
    """Refuse the assignment of a custom role outside its assignable scopes. Set the id or the name of the assigned
    role."""
    name = change.after.get("role_definition_name")
    if name:
        role_id = BUILT_IN.get(name) or made_up("role", name)
        change.after["role_definition_id"] = f"/providers/Microsoft.Authorization/roleDefinitions/{role_id}"
    wanted = f"{change.after['scope']}/".casefold()
    for role in change.cloud.find("azurerm_role_definition"):
        if same(role["role_definition_resource_id"], change.after.get("role_definition_id")):
            scopes = role["assignable_scopes"] or [role["scope"]]
            if not any(wanted.startswith(f"{assignable}/".casefold()) for assignable in scopes):
                raise Refusal(
                    "unexpected status 400 (400 Bad Request) assigning a role outside of its assignable scopes",
                    f"Role {role['name']} is not assignable at {change.after['scope']}",
                )
            change.after["role_definition_name"] = role["name"]


def delete(change: Change) -> None:
    """Refuse to delete a custom role that is assigned."""
    role = change.before["role_definition_resource_id"]
    for assignment in change.cloud.find("azurerm_role_assignment"):
        if same(assignment["role_definition_id"], role):
            raise Refusal(
                "unexpected status 400 (400 Bad Request) with error: RoleDefinitionHasAssignments",
                f"There are existing role assignments referencing role {change.before['name']}: {assignment['id']}",
            )


CREATE = {"azurerm_role_assignment": assign, "azurerm_role_definition": create}
DELETE = {"azurerm_role_definition": delete}
