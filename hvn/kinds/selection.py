"""Which workspaces are meant: names and shell-style patterns, from a command line or from `HVN_STACKS`."""

import re
from collections.abc import Mapping, Sequence
from fnmatch import fnmatchcase

from hvn.diagnostics.suggest import unknown

VARIABLE = "HVN_STACKS"
"""Names and patterns of the workspaces that main.py builds, split at spaces and commas; all if empty or unset."""


class UnknownWorkspace(ValueError):
    """A name or pattern that matches no workspace. The text says so in one line and lists the valid names."""


def requested(environment: Mapping[str, str]) -> tuple[str, ...]:
    """What `HVN_STACKS` asks for: `network-orders, aks-*` is `("network-orders", "aks-*")`."""
    return tuple(each for each in re.split(r"[\s,]+", environment.get(VARIABLE, "")) if each)


def select(ids: Sequence[str], patterns: Sequence[str]) -> tuple[str, ...]:
    """The ids that a name or pattern (`*`, `?`, `[a-m]`) matches, each once, in the order of `ids`.

    No pattern at all selects all. Raises `UnknownWorkspace` for the first one that matches nothing: a typing error
    must not quietly deploy the rest.
    """
    for pattern in patterns:
        if not any(fnmatchcase(each, pattern) for each in ids):
            raise UnknownWorkspace(": ".join(unknown(pattern, ids, "workspace")))
    return tuple(each for each in ids if not patterns or any(fnmatchcase(each, pattern) for pattern in patterns))
