"""`spokes.<spoke>.cluster.upgrades`: the upgrades that AKS starts by itself, and their maintenance windows."""

from typing import Annotated, Literal

from pydantic import Field

from hvn.topology.fields import Limit, TimeOfDay, UtcOffset
from hvn.topology.model.base import Model

_CHANNELS = Limit(
    why="the channels rapid, stable and node-image conflict with the version or the node channel of this file; "
    "azurerm accepts four node channels",
    see="https://learn.microsoft.com/azure/aks/auto-upgrade-cluster",
)
_WINDOW = Limit(
    why="AKS requires a maintenance window of 4 to 24 hours on a day of the week",
    see="https://learn.microsoft.com/azure/aks/planned-maintenance",
)


WINDOWED = ("NodeImage", "SecurityPatch")
"""The node channels that AKS applies in a maintenance window."""


class Window(Model):
    """A weekly maintenance window. AKS may upgrade outside the window for critical maintenance."""

    day: Annotated[
        Literal["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"],
        _WINDOW,
    ]
    """Day of the week."""
    start_time: TimeOfDay = "00:00"
    """Start of the window."""
    hours: Annotated[int, Field(ge=4, le=24, examples=[8]), _WINDOW] = 8
    """Length of the window. An upgrade that has started continues after the window."""
    utc_offset: UtcOffset = "+00:00"
    """UTC offset of `day` and `start_time`."""


class Upgrades(Model):
    """Automatic upgrades by AKS."""

    channel: Annotated[Literal["patch", "none"], _CHANNELS] = "patch"
    """patch: AKS installs the newest patch of the minor version in `kubernetes_version`. none, or a full version: no
    upgrades."""
    window: Window = Window(day="Saturday")
    """Maintenance window of Kubernetes upgrades."""
    node_os_channel: Annotated[Literal["NodeImage", "SecurityPatch", "Unmanaged", "None"], _CHANNELS] = "NodeImage"
    """NodeImage: AKS reimages the nodes weekly. SecurityPatch: security fixes only, mostly without a reimage.
    Unmanaged: Ubuntu installs updates without restarts. None: no updates."""
    node_os_window: Window = Window(day="Sunday")
    """Maintenance window of node OS upgrades in the channels NodeImage and SecurityPatch."""
