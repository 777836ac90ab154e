"""`spokes.<spoke>.cluster.addons`: the add-ons that AKS runs in the cluster."""

from hvn.topology.fields import LogWorkspaceId
from hvn.topology.model.base import Model


class Addons(Model):
    """Add-ons of AKS. If Azure Policy installs an add-on, list the add-on in `azure.policy_owned` instead."""

    azure_policy: bool = False
    """True: Azure Policy checks the objects in the cluster."""
    microsoft_defender: LogWorkspaceId | None = None
    """Log Analytics workspace for the findings of Microsoft Defender. [default: no Defender]"""
    oms_agent: LogWorkspaceId | None = None
    """Log Analytics workspace for the logs and metrics of containers. [default: no agent]"""
