"""A workspace: its id, its inputs, and its place in the order of deployment."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from hvn.kinds.inputs import Inputs

FINGERPRINT = "inputs.sha256"
"""Name of the file with the fingerprint of the workspace's inputs, beside each synthesized `cdk.tf.json`."""

FIREWALL_POLICY = "firewall policy"
"""The hub's firewall policy, as an item of `Workspace.writes`."""


class WorkspaceId(str):
    """The id of a workspace: the kind and, for a workspace of a spoke, the spoke.

    The id's text is a contract: state, pipelines and rights use the text (docs/reference/workspaces.md). No two ids
    have the same text, because `hub` is a reserved spoke name.
    """

    __slots__ = ("kind", "spoke")

    kind: str
    spoke: str | None

    def __new__(cls, kind: str, spoke: str | None = None) -> "WorkspaceId":
        text = super().__new__(cls, f"{kind}-{spoke}" if spoke else kind)
        text.kind, text.spoke = kind, spoke
        return text

    def __getnewargs__(self) -> tuple[str, str | None]:  # type: ignore[override] # the method of str returns the text
        return self.kind, self.spoke


@dataclass(frozen=True, slots=True, kw_only=True)
class Workspace:
    """One Terraform workspace. For a blocked workspace, `blocked` is the reason and `inputs` is None."""

    id: WorkspaceId
    inputs: Inputs | None = None
    after: tuple[WorkspaceId, ...] = ()
    """Workspaces that must be applied before this workspace."""
    writes: tuple[str, ...] = ()
    """VNets that this workspace changes, and the firewall policy. Azure refuses concurrent writes; azurerm's lock works
    only within one process."""
    blocked: str = ""

    @property
    def spoke(self) -> str | None:
        """Return the spoke that the workspace belongs to; None for a shared workspace."""
        return self.id.spoke


def edges(built: Sequence[Workspace]) -> Iterator[tuple[WorkspaceId, WorkspaceId]]:
    """Yield the order of the workspaces of one run, as pairs (earlier, later).

    Dependencies outside the run are left out: cdktf refuses to deploy a stack without its dependencies. Workspaces that
    write to the same VNet or firewall policy run one after another.
    """
    ids = {workspace.id for workspace in built}
    last_writer: dict[str, WorkspaceId] = {}
    for workspace in built:
        earlier = set(workspace.after) & ids | {last_writer[vnet] for vnet in workspace.writes if vnet in last_writer}
        last_writer |= dict.fromkeys(workspace.writes, workspace.id)
        yield from ((id_, workspace.id) for id_ in sorted(earlier))


def by_id(workspaces: Iterable[Workspace]) -> dict[str, Workspace]:
    """Return the workspaces by id, in their order."""
    return {workspace.id: workspace for workspace in workspaces}
