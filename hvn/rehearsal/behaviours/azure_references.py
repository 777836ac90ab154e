"""Azure refuses a resource that refers to a missing resource, and a resource in a missing resource group.

Azure Resource Manager: ResourceNotFound, ResourceGroupNotFound
(learn.microsoft.com/azure/azure-resource-manager/troubleshooting/error-not-found).
"""

import re
from collections.abc import Iterator
from typing import Any

from hvn.rehearsal.azure_subnets import resource_of
from hvn.rehearsal.behaviours import Change, Refusal

ROLES = "/providers/Microsoft.Authorization/"
# The id of a resource group, or of a resource in a resource group.
RESOURCE = re.compile(r"/subscriptions/[^/]+/resourceGroups/[^/]+(/providers/.+)?", re.IGNORECASE)


def create(change: Change) -> None:
    """Refuse a resource that refers to a missing resource or resource group."""
    own = str(change.after.get("id"))
    group = own[: own.find("/providers/")] if "/resourceGroups/" in own and "/providers/" in own else ""
    for wanted in [*_references(change.planned, own), *([group] if group else [])]:
        there = change.cloud.named(wanted)
        if there:
            change.need(resource_of(change.cloud, there))
        else:
            code = "ResourceNotFound" if "/providers/" in wanted else "ResourceGroupNotFound"
            raise Refusal(
                f"creating {change.kind}: unexpected status 404 (404 Not Found) with error: {code}",
                f"{wanted} was not found",
            )


def _references(value: Any, own: str) -> Iterator[str]:
    if isinstance(value, dict):
        for member in value.values():
            yield from _references(member, own)
    elif isinstance(value, list):
        for item in value:
            yield from _references(item, own)
    elif isinstance(value, str) and _is_elsewhere(value, own):
        yield value


def _is_elsewhere(text: str, own: str) -> bool:
    """Return whether a text is the id of a resource that does not contain the resource with the id `own`."""
    # The id of a role definition also begins with a scope, but the `id` that azurerm stores for the role has a
    # different form.
    is_id = bool(RESOURCE.fullmatch(text)) and ROLES not in text
    return is_id and not own.casefold().startswith(text.casefold())


CREATE = {"azurerm_*": create}
