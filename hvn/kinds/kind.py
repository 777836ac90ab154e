"""The class `Kind`, which describes a kind of workspace for all commands.

The functions of a kind take inputs of type `Any`, because each kind has its own class of inputs.
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
from hvn.topology.shared_vnets import vnet_owner


@dataclass(frozen=True, slots=True)
class Site:
    """The source of a workspace: the topology, and the spoke's name for a kind with one workspace per spoke.

    `keys` are the committed public keys by spoke.
    """

    topology: Topology
    keys: Mapping[str, Jwks]
    name: str = ""

    @property
    def spoke(self) -> Spoke:
        """Return the spoke of this name."""
        return self.topology.spokes[self.name]

    @property
    def vnet(self) -> str:
        """Return the name of the spoke with the VNet."""
        return vnet_owner(self.topology, self.name)

    def id(self, kind: str) -> WorkspaceId:
        """Return the id of the spoke's workspace of this kind."""
        return WorkspaceId(kind, self.name)


class Subject(StrEnum):
    """The resources that a workspace can follow: after their replacement the workspace must be applied again."""

    CLUSTER = "the cluster"
    VAULT = "the Vault cluster"
    HVN = "the HVN"
    FIREWALL_POLICY = "the firewall policy"


@dataclass(frozen=True, slots=True)
class Reference:
    """A resource that one workspace creates and another workspace refers to, with Terraform's type, id and
    arguments."""

    type: str
    id: str
    arguments: tuple[tuple[str, Any], ...] = ()
    place: str = ""
    """The cluster of a resource in Kubernetes, because the id does not name the cluster; otherwise empty."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """The kind's row in docs/reference/workspaces.md."""

    holds: str
    when: str
    applied_from: str = "anywhere"


FROM_NETWORK = "inside the network"


def _never(_before: Any, _after: Any) -> tuple[str, ...]:
    return ()


def _nothing(_inputs: Any) -> Mapping[str, str | None]:
    return {}


def _false(_inputs: Any) -> bool:
    return False


def _no_subjects(_inputs: Any) -> frozenset[Subject]:
    return frozenset()


def _no_workspaces(_workspace: Workspace) -> tuple[WorkspaceId, ...]:
    return ()


def _destroyed(_workspace: Workspace, _topology: Topology) -> bool:
    return False


def _no_references(_inputs: Any) -> Iterator[Reference]:
    return iter(())


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One kind of workspace. The registry lists all kinds in the order of deployment."""

    name: str
    """First part of the workspace's id: `network` for `network-payments`."""
    stack: str
    """Module with `build(stack, inputs)`, which generates Terraform from the inputs."""
    row: Row
    rights: str
    """Module with `RIGHTS`: the rights that Terraform needs to plan and to apply each type."""
    derive: Callable[[Site], Workspace | None]
    """Return the workspace, or None if the topology does not have this workspace."""
    per_spoke: bool = True
    section: Path = ()
    """The workspace's section in the file. With one workspace per spoke, the path is relative to the spoke."""

    # Plan and order
    reads_at_plan: Callable[[Workspace], tuple[WorkspaceId, ...]] = _no_workspaces
    """Return the workspaces with resources that the plan reads. These workspaces must be applied before the plan."""
    reads_keys: bool = False
    """True if the inputs contain the cluster's public keys from `jwks/<spoke>.json`."""
    faults: tuple[str, ...] = ()
    """Faults of the rehearsal that this kind can have (hvn/rehearsal/faults.py)."""
    without_faults: Callable[[Any], bool] = _false
    """Return whether no fault can affect a workspace with these inputs: its main resource is outside this project."""

    # Impact of replacement
    provides: Subject | None = None
    replaced_by: Callable[[Any, Any], tuple[str, ...]] = _never
    """Return the inputs that differ and that the main resource cannot change in place."""
    destroys_after: Callable[[Any, Any], tuple[str, ...]] = _never
    """Return the kinds to apply first, because this workspace destroys a resource that their resources use."""
    emptied_by: Callable[[Any, Any], tuple[str, ...]] = _never
    """Return the changed inputs that Azure refuses until a person destroys the main resource."""
    identifies: Callable[[Any], Mapping[str, str | None]] = _nothing
    """Return the properties of the inputs that identify the HVN and the Vault cluster, by name."""
    follows: Callable[[Any], frozenset[Subject]] = _no_subjects
    """Return the subjects that this workspace must follow: if one is recreated, the workspace must be applied again."""

    # Impact of removal
    removal: Callable[[Workspace, Mapping[str, Workspace]], Message]
    """Return the resources that are lost with the workspace. The mapping has all workspaces of the topology by id."""
    removed_with_cluster: bool = False
    """True if the impact of a removed cluster includes the loss of this workspace."""
    lives_on: Callable[[Workspace, Topology], bool] = _destroyed
    """Return whether the topology, which lacks the workspace, declares its resources as existing, so that Terraform
    must not destroy them."""

    # Resources that the rehearsal's cloud must have
    creates: Callable[[Any], Iterator[Reference]] = _no_references
    """Yield the workspace's resources that other workspaces refer to."""
    refers_to: Callable[[Any], Iterator[Reference]] = _no_references
    """Yield the resources that the workspace refers to and that may be managed outside this project."""

    @property
    def in_cluster(self) -> bool:
        """Return True if the workspace's section is in the spoke's cluster."""
        return self.per_spoke and self.section[:1] == ("cluster",)

    @property
    def title(self) -> str:
        """Return the kind's name as in the docs: `network-<spoke>`."""
        return f"{self.name}-<spoke>" if self.per_spoke else self.name


def origin(kind: Kind, id_: WorkspaceId) -> Path:
    """Return the path of a workspace's section in the file: `("spokes", "payments", "cluster")`."""
    return ("spokes", id_.spoke, *kind.section) if id_.spoke else kind.section


def applied_to(inputs: Inputs | None, kind: Kind) -> frozenset[Subject]:
    """Return the subjects that a workspace follows; an empty result for a blocked workspace."""
    return kind.follows(inputs) if inputs else frozenset()
