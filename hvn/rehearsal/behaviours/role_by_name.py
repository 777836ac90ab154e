"""An assignment by a role's name also knows the role's id, and the other way round.

azurerm: role_assignment_resource.go looks the one up by the other.
"""

from hvn.rehearsal.behaviours import Change
from hvn.rehearsal.cloud import made_up, same


def create(change: Change) -> None:
    """Fill in what was not given."""
    made = change.after
    if made.get("role_definition_name"):
        name = str(made["role_definition_name"])
        made["role_definition_id"] = f"/providers/Microsoft.Authorization/roleDefinitions/{made_up('role', name)}"
        return
    for each in change.cloud.find("azurerm_role_definition"):
        if same(each["role_definition_resource_id"], made["role_definition_id"]):
            made["role_definition_name"] = each["name"]


CREATE = {"azurerm_role_assignment": create}
