"""A workspace kind: everything that the rest of the program knows about it.

Inputs are typed `Any` in the functions of a kind, because each kind has a class of its own.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from hvn.diagnostics.message import Message, Path
from hvn.kinds.inputs import Inputs
from hvn.kinds.workspace import Workspace, WorkspaceId
from hvn.topology.jwks import Jwks
from hvn.topology.model import Spoke, Topology


@dataclass(frozen=True, slots=True)
class Site:
    """Where a workspace is derived: the topology, and for a kind that each spoke has, the spoke.

    `keys` are the committed public keys by spoke.
    """

    topology: Topology
    keys: Mapping[str, Jwks]
    name: str = ""

    @property
    def spoke(self) -> Spoke:
        """The spoke."""
        return self.topology.spokes[self.name]

    def id(self, kind: str) -> WorkspaceId:
        """Return the id of the spoke's workspace of this kind."""
        return WorkspaceId(kind, self.name)


class Subject(StrEnum):
    """Things that workspaces depend on and that can be rebuilt or replaced by another one."""

    CLUSTER = "the cluster"
    VAULT = "the Vault cluster"
    HVN = "the HVN"


@dataclass(frozen=True, slots=True)
class Reference:
    """A resource that one workspace creates and another refers to: Terraform's type, its id, its arguments."""

    type: str
    id: str
    arguments: tuple[tuple[str, Any], ...] = ()
    place: str = ""
    """Which API server or namespace it is in, where the id alone does not say it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """The kind's row in docs/reference/workspaces.md."""

    holds: str
    when: str
    applied_from: str = "anywhere"


FROM_NETWORK = "the network: Vault has no public endpoint"
FROM_CLUSTER_NETWORK = "the network: the cluster's API server is private"


def _never(_before: Any, _after: Any) -> tuple[str, ...]:
    return ()


def _nothing(_inputs: Any) -> Mapping[str, str | None]:
    return {}


def _no_subjects(_inputs: Any) -> frozenset[Subject]:
    return frozenset()


def _no_workspaces(_workspace: Workspace) -> tuple[WorkspaceId, ...]:
    return ()


def _no_references(_inputs: Any) -> Iterator[Reference]:
    return iter(())


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One kind of workspace. The registry lists all kinds in the order of deployment."""

    name: str
    """First part of the workspace's id: `network` for `network-payments`."""
    stack: str
    """Module with `build(stack, inputs)`, which turns the inputs into Terraform."""
    row: Row
    rights: str
    """Module with `NEEDS`: what each Terraform type in it needs to be planned and applied."""
    derive: Callable[[Site], Workspace | None]
    """Return the workspace, or None if the topology has none."""
    per_spoke: bool = True
    section: Path = ()
    """Section of the file that the workspace is made from; below the spoke for a kind that each spoke has."""

    # Plan and order
    reads_at_plan: Callable[[Workspace], tuple[WorkspaceId, ...]] = _no_workspaces
    """Return the workspaces with resources that the plan reads. They must be applied before it can be planned."""
    reads_keys: bool = False
    """True: the inputs hold the cluster's public keys from `jwks/<spoke>.json`."""
    faults: tuple[str, ...] = ()
    """Faults of the rehearsal that this kind can have (hvn/rehearsal/faults.py)."""

    # Impact of replacement
    provides: Subject | None = None
    replaced_by: Callable[[Any, Any], tuple[str, ...]] = _never
    """Return the inputs that differ and that the main resource cannot change in place."""
    emptied_by: Callable[[Any, Any], tuple[str, ...]] = _never
    """Return the inputs that differ and that Azure changes only if a person destroys the main resource first."""
    identifies: Callable[[Any], Mapping[str, str | None]] = _nothing
    """Return the properties of the inputs that identify the HVN and the Vault cluster, by name."""
    follows: Callable[[Any], frozenset[Subject]] = _no_subjects
    """Return the subjects that, when rebuilt, need this workspace to be applied again with the same inputs."""

    # Impact of removal
    removal: Callable[[Workspace, Mapping[str, Workspace]], Message]
    """Return what is lost with the workspace. The mapping has all workspaces of the topology by id."""
    removed_with_cluster: bool = False
    """True: its resources are removed with the cluster."""
    lives_on: bool = False
    """True: the workspace disappears because the topology calls its resources existing; nobody should destroy them."""

    # Resources that the rehearsal's cloud must have
    creates: Callable[[Any], Iterator[Reference]] = _no_references
    """Yield the resources that other workspaces refer to."""
    refers_to: Callable[[Any], Iterator[Reference]] = _no_references
    """Yield the resources that it refers to and that may exist before."""

    @property
    def in_cluster(self) -> bool:
        """True for a workspace that is made from the spoke's cluster section."""
        return self.per_spoke and self.section[:1] == ("cluster",)

    @property
    def title(self) -> str:
        """The kind as docs write it: `network-<spoke>`."""
        return f"{self.name}-<spoke>" if self.per_spoke else self.name


def origin(kind: Kind, id_: WorkspaceId) -> Path:
    """Return the path of a workspace's section in the file: `("spokes", "payments", "cluster")`."""
    return ("spokes", id_.spoke, *kind.section) if id_.spoke else kind.section


def applied_to(inputs: Inputs | None, kind: Kind) -> frozenset[Subject]:
    """Return what a workspace has to be applied to again when that is rebuilt; nothing for a blocked one."""
    return kind.follows(inputs) if inputs else frozenset()
