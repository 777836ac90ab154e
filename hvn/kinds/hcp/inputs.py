"""The inputs of `hcp`."""

from dataclasses import dataclass

from hvn.kinds.inputs import Inputs


@dataclass(frozen=True, slots=True, kw_only=True)
class UpgradeWindow:
    """When HCP installs major versions of Vault; day and window only with type SCHEDULED."""

    type: str
    day: str | None = None
    window: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewVault:
    """The Vault cluster that is created."""

    cluster_id: str
    tier: str
    upgrade: UpgradeWindow | None


@dataclass(frozen=True, slots=True, kw_only=True)
class HcpInputs(Inputs):
    """`hcp`: the HVN and the private Vault cluster, without what exists already."""

    hvn_id: str
    cidr: str
    location: str
    project_id: str | None
    new_hvn: bool
    new_vault: NewVault | None
