"""An entry of `unsupported_keys.py`."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from hvn.diagnostics.finding import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Unsupported:
    """Keys that the topology file does not support, with the reason and the fix. Names in backticks are fields of the
    file."""

    keys: str
    """The keys, separated by spaces. Case, `_` and `-` are ignored: `node_pools` also matches `nodePools`."""
    at: str = ""
    """The mappings to which this entry applies, separated by spaces: `hub spokes.*`. Empty means every mapping."""
    why: str = ""
    """The reason. The reason is empty if the setting has another name or another path in the file."""
    fix: str

    def applies(self, path: Path) -> bool:
        """Return whether the entry is about the key at this path."""
        return _plain(str(path[-1])) in map(_plain, self.keys.split()) and (
            not self.at or any(_matches(path[:-1], place) for place in self.at.split())
        )


def _plain(key: str) -> str:
    return re.sub("[_-]", "", key).lower()


def _matches(path: Iterable[str | int], place: str) -> bool:
    parts, wanted = list(path), [] if place == "." else place.split(".")
    return len(parts) == len(wanted) and all(want in ("*", part) for part, want in zip(parts, wanted, strict=True))
