"""Azure makes nothing that refers to a thing which is not there, and nothing in a resource group that is not there.

Azure Resource Manager: ResourceNotFound, ResourceGroupNotFound
(learn.microsoft.com/azure/azure-resource-manager/troubleshooting/error-not-found).
"""

import re
from collections.abc import Iterator
from typing import Any

from hvn.rehearsal.behaviours import Change, Refusal

ROLES = "/providers/Microsoft.Authorization/"
# Of a thing in a resource group, and of the group itself.
RESOURCE = re.compile(r"/subscriptions/[^/]+/resourceGroups/[^/]+(/providers/.+)?", re.IGNORECASE)


def create(change: Change) -> None:
    """Refuse references into the void."""
    own = str(change.after.get("id"))
    group = own[: own.find("/providers/")] if "/resourceGroups/" in own and "/providers/" in own else ""
    for wanted in [*_references(change.planned, own), *([group] if group else [])]:
        there = change.cloud.named(wanted)
        if there:
            change.need(there)
        else:
            code = "ResourceNotFound" if "/providers/" in wanted else "ResourceGroupNotFound"
            raise Refusal(
                f"creating {change.kind}: unexpected status 404 (404 Not Found) with error: {code}",
                f"{wanted} was not found",
            )


def _references(value: Any, own: str) -> Iterator[str]:
    if isinstance(value, dict):
        for each in value.values():
            yield from _references(each, own)
    elif isinstance(value, list):
        for each in value:
            yield from _references(each, own)
    elif isinstance(value, str) and _is_elsewhere(value, own):
        yield value


def _is_elsewhere(text: str, own: str) -> bool:
    """Whether a text is the id of something that this resource does not lie in."""
    # A role's id has its scope in front and is not what azurerm knows the definition by.
    is_id = bool(RESOURCE.fullmatch(text)) and ROLES not in text
    return is_id and not own.casefold().startswith(text.casefold())


CREATE = {"azurerm_*": create}
