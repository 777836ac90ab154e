"""azurerm refuses to delete a resource group that contains resources.

The feature `prevent_deletion_if_contains_resources` of azurerm is on by default (resource_group_resource.go).
"""

from hvn.rehearsal.behaviours import Change, Refusal


def delete(change: Change) -> None:
    """Refuse to delete a resource group that contains resources."""
    inside = change.cloud.below(str(change.before["id"]))
    if inside:
        raise Refusal(
            f'deleting Resource Group "{change.before["name"]}": the Resource Group still contains Resources.',
            "\n".join(f"* `{id_}`" for id_ in inside),
        )


DELETE = {"azurerm_resource_group": delete}
