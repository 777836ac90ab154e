"""The inputs of `hcp`, and their derivation from the topology."""

from dataclasses import dataclass

from hvn.kinds import common
from hvn.kinds.inputs import Inputs
from hvn.kinds.kind import Site
from hvn.kinds.workspace import Workspace, WorkspaceId
from hvn.topology.model import OtherUpgrade, ScheduledUpgrade, Stream, Topology


@dataclass(frozen=True, slots=True, kw_only=True)
class UpgradeWindow:
    """The schedule for major versions of Vault. Only the type SCHEDULED has a day and a window."""

    type: str
    day: str | None = None
    window: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamInputs:
    """A system to which HCP streams metrics or audit logs. Terraform reads the system's key from a variable."""

    type: str
    endpoint: str | None
    region: str | None
    user: str | None
    key_variable: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NewVault:
    """A Vault cluster that this topology creates."""

    cluster_id: str
    tier: str
    upgrade: UpgradeWindow | None
    audit_log: StreamInputs | None
    metrics: StreamInputs | None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewHvn:
    """An HVN that this topology creates."""

    hvn_id: str
    cidr: str
    location: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HcpInputs(Inputs):
    """`hcp`: the HVN, the backup HVN and the private Vault cluster, except existing ones."""

    hvn_id: str
    cidr: str
    location: str
    project_id: str | None
    new_hvn: bool
    new_vault: NewVault | None
    new_backup: NewHvn | None = None


def workspace(site: Site) -> Workspace | None:
    """Return the workspace of the HVNs and the Vault cluster, or None if all are existing."""
    topology = site.topology
    if topology.hvn.existing and topology.vault.existing:
        return None
    return Workspace(id=WorkspaceId("hcp"), inputs=hcp(topology))


def hcp(topology: Topology) -> HcpInputs:
    """Return the inputs of the HVN and the Vault cluster that this topology creates."""
    vault = topology.vault
    return HcpInputs(
        **common.common(topology, "hcp"),
        location=topology.hvn.region or topology.azure.region,
        hvn_id=topology.hvn.id,
        cidr=str(topology.hvn.cidr),
        project_id=topology.hvn.project_id,
        new_hvn=not topology.hvn.existing,
        new_vault=None
        if vault.existing
        else NewVault(
            cluster_id=vault.cluster_id,
            tier=vault.tier,
            upgrade=_window(vault.upgrade),
            audit_log=_stream("audit_log", vault.audit_log),
            metrics=_stream("metrics", vault.metrics),
        ),
        new_backup=_new_backup(topology),
    )


def _new_backup(topology: Topology) -> NewHvn | None:
    backup = topology.hvn.backup
    if backup is None or topology.hvn.existing:
        return None
    # HVN318 requires the region of a new backup HVN.
    return NewHvn(hvn_id=backup.id, cidr=str(backup.cidr), location=backup.region or "")


def _window(upgrade: ScheduledUpgrade | OtherUpgrade | None) -> UpgradeWindow | None:
    if isinstance(upgrade, ScheduledUpgrade):
        return UpgradeWindow(type=upgrade.type, day=upgrade.day, window=upgrade.window)
    return UpgradeWindow(type=upgrade.type) if upgrade else None


STREAMS = ("audit_log", "metrics")


def key_variable(stream: str) -> str:
    """Return the Terraform variable with the key of a stream: the environment sets it as `TF_VAR_<name>`."""
    return f"vault_{stream}_key"


def _stream(name: str, stream: Stream | None) -> StreamInputs | None:
    if stream is None:
        return None
    return StreamInputs(
        type=stream.type,
        endpoint=stream.endpoint,
        region=stream.region,
        user=stream.user,
        key_variable=key_variable(name),
    )
