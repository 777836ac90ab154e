"""Find contradictions in a resource of a plan. Terraform never writes a contradiction: somebody changed the file, or
the file is damaged.

https://developer.hashicorp.com/terraform/internals/json-format#change-representation
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from hvn.diagnostics.message import Message
from hvn.diagnostics.printable import printable
from hvn.rehearsal.schema import PROVIDERS
from hvn.review.differences import same

_DATA = re.compile(r"(?:^|\.)data\.")


def contradictions(resource: Mapping[str, Any]) -> Iterator[Message]:
    """Yield the contradictions between the actions of a resource and its values. The resource must have a `change`."""
    change, address = resource["change"], printable(str(resource.get("address")), 200)
    actions = change.get("actions")
    mode = resource.get("mode")
    as_data = actions in (["read"], ["no-op"]) and bool(_DATA.search(address))
    if (mode == "data" and not as_data) or (mode == "managed" and actions == ["read"]):
        yield Message("{address} has an action that its mode does not allow", address=address)
    if actions == ["no-op"] and "before" in change and not same(change["before"], change.get("after")):
        yield Message("the plan shows no action on {address}, but different values after the apply", address=address)
    if actions == ["create"] and change.get("before") is not None:
        yield Message("the plan creates {address}, but shows prior values for it", address=address)
    if actions == ["update"] and change.get("replace_paths"):
        yield Message("the plan updates {address}, but has arguments that force its replacement", address=address)
    if change.get("after_unknown") is True and isinstance(change.get("after"), dict):
        yield Message("the plan shows every value of {address} as known after apply", address=address)
    if (provider := _foreign_provider(resource)) is not None:
        yield Message(
            "{address} has the provider {provider}, which this project does not use",
            address=address,
            provider=printable(provider, 200),
        )


def _foreign_provider(resource: Mapping[str, Any]) -> str | None:
    """Return the provider of a resource if its namespace or name differs from the project's provider, otherwise None.

    The function ignores the host, because Terraform and OpenTofu have different registries.
    """
    provider, own = resource.get("provider_name"), str(resource.get("type")).partition("_")[0]
    if provider is None or own not in PROVIDERS:
        return None
    return None if str(provider).split("/")[-2:] == ["hashicorp", own] else str(provider)
