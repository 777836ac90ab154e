"""The paths of Vault policies, which may contain wildcards.

`+` matches one name; `*` at the end matches any text:
https://developer.hashicorp.com/vault/docs/concepts/policies#policy-syntax
"""

from collections.abc import Iterable

from hvn.topology.policies import below

POWERFUL = ("auth", "identity", "sys")
"""The first names of paths with logins, entities and settings of Vault."""


def matches(pattern: str, path: str) -> bool:
    """Return whether a pattern matches a path, or all paths of another pattern."""
    if path.endswith("*") and not pattern.endswith("*"):
        return False
    wanted, names = pattern.removesuffix("*").split("/"), path.removesuffix("*").split("/")
    if not pattern.endswith("*"):
        return len(wanted) == len(names) and _fit(wanted, names)
    *whole, last = wanted
    return len(names) >= len(wanted) and _fit(whole, names) and names[len(whole)].startswith(last)


def _fit(wanted: Iterable[str], names: Iterable[str]) -> bool:
    return all(one in ("+", name) for one, name in zip(wanted, names, strict=False))


def powerful(path: str, namespaces: Iterable[str]) -> str:
    """Return the part of Vault (`auth`, `identity` or `sys`) that may contain the path; otherwise an empty text.

    The part is in the login's namespace, or in one of the `namespaces` below it.
    """
    for part in POWERFUL:
        for place in (part, *(f"{below(name)}{part}" for name in namespaces)):
            if f"{path}/".startswith(f"{place}/") or _may_begin(path, place):
                return part
    return ""


def _may_begin(pattern: str, place: str) -> bool:
    """Return whether a pattern with wildcards may match a path below `place`."""
    names, wanted = pattern.split("/"), place.split("/")
    for name, one in zip(names, wanted, strict=False):
        if name.endswith("*"):
            return one.startswith(name[:-1])
        if name not in ("+", one):
            return False
    return len(names) >= len(wanted)
