"""Define the picture of a network for all output formats: nested boxes, and edges between boxes."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from hvn.diagnostics.message import Path


class Kind(StrEnum):
    """The kind of a box, such as a spoke or a firewall; the value is the CSS class in the SVG."""

    SITE = "site"
    SUBSCRIPTION = "subscription"
    HCP = "hcp"
    POOL = "pool"
    HUB = "hub"
    SPOKE = "spoke"
    HVN = "hvn"
    VAULT = "vault"
    FIREWALL = "firewall"
    GATEWAY = "gateway"
    NAT_GATEWAY = "nat-gateway"
    SUBNET = "subnet"
    CLUSTER = "cluster"
    APP = "app"


GROUPS = frozenset({Kind.SUBSCRIPTION, Kind.HCP, Kind.POOL})
"""The kinds of boxes that only group other boxes."""


class Change(StrEnum):
    """How a box or an edge differs between two topologies."""

    SAME = ""
    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"
    MOVED = "moved"


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """A part of the network. `facts` are the lines of the box. `inside` is the id of the box around this box, or empty.

    `blocked` is the reason why a workspace of the box is blocked, or empty. `was` has the facts that a change removes.
    """

    id: str
    kind: Kind
    title: str
    facts: tuple[str, ...] = ()
    inside: str = ""
    existing: bool = False
    blocked: str = ""
    workspaces: tuple[str, ...] = ()
    path: Path = ()
    line: int = 0
    change: Change = Change.SAME
    was: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Edge:
    """A connection between two boxes. `to_hvn` is true for a peering with the HVN. `accepted` states who creates or
    accepts the peering."""

    source: str
    target: str
    label: str
    accepted: str
    to_hvn: bool = False
    existing: bool = False
    change: Change = Change.SAME


@dataclass(frozen=True, slots=True)
class Picture:
    """All boxes, each after the box around it, and all edges."""

    name: str
    boxes: tuple[Box, ...]
    edges: tuple[Edge, ...]
    _inside: Mapping[str, tuple[Box, ...]] = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        inside: dict[str, list[Box]] = {}
        for box in self.boxes:
            inside.setdefault(box.inside, []).append(box)
        object.__setattr__(self, "_inside", {id_: tuple(boxes) for id_, boxes in inside.items()})

    def inside(self, id_: str) -> tuple[Box, ...]:
        """Return the boxes directly inside a box; for an empty id, the outermost boxes."""
        return self._inside.get(id_, ())

    def of(self, kind: Kind) -> Iterator[Box]:
        """Yield the boxes of one kind."""
        return (box for box in self.boxes if box.kind is kind)
