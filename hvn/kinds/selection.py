"""Select workspaces by names and shell-style patterns, from a command line or from `HVN_STACKS`."""

import re
from collections.abc import Mapping, Sequence
from fnmatch import fnmatchcase

from hvn.diagnostics.suggest import unknown

VARIABLE = "HVN_STACKS"
"""The environment variable that selects the workspaces: names and patterns, separated by spaces or commas."""


class UnknownWorkspace(ValueError):
    """Raised if a name or pattern does not match a workspace. The message is one line that lists the valid names."""


def requested(environment: Mapping[str, str]) -> tuple[str, ...]:
    """Return the names and patterns in `HVN_STACKS`: `network-orders, aks-*` is `("network-orders", "aks-*")`."""
    return tuple(name for name in re.split(r"[\s,]+", environment.get(VARIABLE, "")) if name)


def select(ids: Sequence[str], patterns: Sequence[str]) -> tuple[str, ...]:
    """Return the ids that a name or pattern (`*`, `?`, `[a-m]`) matches, each once, in the order of `ids`.

    Without patterns all ids are selected. Raises `UnknownWorkspace` for the first pattern without a match: otherwise a
    typing error would deploy only the other workspaces.
    """
    for pattern in patterns:
        if not any(fnmatchcase(id_, pattern) for id_ in ids):
            raise UnknownWorkspace(": ".join(unknown(pattern, ids, "workspace")))
    return tuple(id_ for id_ in ids if not patterns or any(fnmatchcase(id_, pattern) for pattern in patterns))
