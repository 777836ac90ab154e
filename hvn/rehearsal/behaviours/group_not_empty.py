"""A resource group with something in it is not deleted.

azurerm's feature prevent_deletion_if_contains_resources is on unless said otherwise: resource_group_resource.go.
"""

from hvn.rehearsal.behaviours import Change, Refusal


def delete(change: Change) -> None:
    """Refuse while anything is in it."""
    inside = change.cloud.below(str(change.before["id"]))
    if inside:
        raise Refusal(
            f'deleting Resource Group "{change.before["name"]}": the Resource Group still contains Resources.',
            "\n".join(f"* `{each}`" for each in inside),
        )


DELETE = {"azurerm_resource_group": delete}
