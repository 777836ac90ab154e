"""Find new rights in Azure and Entra: role assignments, role definitions, service principals, federated credentials."""

from collections.abc import Iterator, Mapping
from typing import Any

from hvn.review.grants.opening import Opening, blocks, new_values, texts
from hvn.review.grants.wildcards import fits

ASSIGNMENT, DEFINITION = "azurerm_role_assignment", "azurerm_role_definition"
PRINCIPAL, CREDENTIAL = "azuread_service_principal", "azurerm_federated_identity_credential"
TYPES = (ASSIGNMENT, DEFINITION, PRINCIPAL, CREDENTIAL)
ACTIONS = ("actions", "data_actions")
# A change of one of these arguments of a role assignment grants a different right.
ASSIGNED = ("role_definition_name", "role_definition_id", "scope", "principal_id", "condition")
IDENTITY = ("client_id", "application_id")
FEDERATED = ("issuer", "subject", "audience", "parent_id", "user_assigned_identity_id")


def openings(type_: str, before: Mapping[str, Any] | None, after: Mapping[str, Any] | None) -> Iterator[Opening]:
    """Yield rights that the change adds."""
    if after is None:
        return
    if type_ == DEFINITION:
        yield from _definition(before, after)
        return
    arguments = {ASSIGNMENT: ASSIGNED, PRINCIPAL: IDENTITY, CREDENTIAL: FEDERATED}[type_]
    subject = _subject(type_, after)
    if before is None:
        yield Opening(subject, "new")
        return
    for argument in arguments:
        old, new = texts(before.get(argument)), texts(after.get(argument))
        # In a replaced resource, an argument that is known after apply is null in `after`. A null is not a new right.
        if new != old and (new or argument == "condition"):
            yield Opening(subject, argument, ", ".join(sorted(new)) or "none")


def _subject(type_: str, values: Mapping[str, Any]) -> str:
    if type_ == ASSIGNMENT:
        role = values.get("role_definition_name") or values.get("role_definition_id") or "a role known after apply"
        return f"role assignment of {role} on {values.get('scope')}"
    if type_ == PRINCIPAL:
        return f"service principal of application {values.get('client_id') or 'known after apply'}"
    return f"federated credential {values.get('name')} for {values.get('subject')}"


def _definition(before: Mapping[str, Any] | None, after: Mapping[str, Any]) -> Iterator[Opening]:
    # The name may be known only after apply, the scope is always known.
    name = f"role definition on {after.get('scope')}"
    old = list(blocks((before or {}).get("permissions")))
    for block in blocks(after.get("permissions")):
        for argument in ACTIONS:
            yield from _more(name, argument, old, block)
    scopes = texts((before or {}).get("assignable_scopes"))
    yield from (
        Opening(name, "assignable scope", scope) for scope in new_values(scopes, texts(after.get("assignable_scopes")))
    )


def _more(name: str, argument: str, old: list[Mapping[str, Any]], block: Mapping[str, Any]) -> Iterator[Opening]:
    """Yield the actions of a block that no old block allows, and the exceptions that the block no longer has.

    An exception limits the actions of its own block only:
    https://learn.microsoft.com/azure/role-based-access-control/role-definitions
    """
    without = texts(block.get(f"not_{argument}"))
    for action in sorted(texts(block.get(argument))):
        known = [one for one in old if any(_matches(wide, action) for wide in texts(one.get(argument)))]
        exceptions: list[set[str]] = [
            {one for one in texts(was.get(f"not_{argument}")) if not any(_matches(wide, one) for wide in without)}
            for was in known
        ]
        if not known:
            yield Opening(name, argument, action)
        elif all(exceptions):
            fewest = min(exceptions, key=len)
            for exception in sorted(fewest):
                yield Opening(name, f"removed not_{argument}", exception)


def _matches(wide: str, action: str) -> bool:
    """Return whether an action is in a pattern. `*` matches any text. The comparison ignores letter case."""
    return fits(wide.casefold().split("*"), action.casefold())
