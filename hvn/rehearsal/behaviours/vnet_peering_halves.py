"""A VNet peering connects two VNets only if both of its halves exist. If one half is deleted, the other half must be
updated or recreated.

A half of a peering is Initiated until the other half exists. After one half is deleted, the other half is Disconnected.
Azure refuses a new half until the Disconnected half is deleted or updated.

Azure refuses a second peering between the same VNets. Azure also refuses a peering of VNets with overlapping ranges.
The same applies if a VNet overlaps another peer of the remote VNet, such as two spokes of one hub.

Azure: RemotePeeringIsDisconnected (hashicorp/terraform-provider-azurerm#14051), VnetAddressSpacesOverlap,
VnetAddressSpaceOverlapsWithAlreadyPeeredVnet (microsoft/AzureTRE#4641), AnotherPeeringAlreadyReferencesRemoteVnet
(learn.microsoft.com/azure/virtual-network/virtual-network-peering-overview).
"""

import ipaddress
from collections.abc import Iterator

from hvn.rehearsal.behaviours import Change, Refusal
from hvn.rehearsal.cloud import Object, same

KIND = "azurerm_virtual_network_peering"
DISCONNECTED = "hvn:peering-disconnected"


def create(change: Change) -> None:
    """Refuse a second peering of the same VNets, a peering with a Disconnected remote half, and a peering of VNets with
    overlapping ranges."""
    own, remote = _vnet(change.after), str(change.after["remote_virtual_network_id"])
    for other in change.cloud.find(KIND):
        if (
            not same(other["id"], change.after["id"])
            and same(_vnet(other), own)
            and same(other["remote_virtual_network_id"], remote)
        ):
            raise _refused(
                change,
                "AnotherPeeringAlreadyReferencesRemoteVnet",
                f"Peering {other['id']} already references remote virtual network {remote}. Cannot add another peering "
                "referencing the same remote virtual network.",
            )
    for half in _other_halves(change, change.after):
        if change.cloud.get(DISCONNECTED, str(half["id"])) is not None:
            raise _refused(
                change,
                "RemotePeeringIsDisconnected",
                f"Cannot create or update peering {change.after['id']} because remote peering {half['id']} referencing "
                f"parent virtual network {own} is in Disconnected state. Update or re-create the remote peering to get "
                "it back to Initiated state.",
            )
    _check_ranges(change, own, remote)


def update(change: Change) -> None:
    """Set the state of an updated half of a peering to Initiated."""
    change.cloud.remove(DISCONNECTED, str(change.after["id"]))


def delete(change: Change) -> None:
    """Set the state of the peering's other half to Disconnected."""
    change.cloud.remove(DISCONNECTED, str(change.before["id"]))
    for half in _other_halves(change, change.before):
        change.cloud.put(DISCONNECTED, str(half["id"]), {})


def _check_ranges(change: Change, own: str, remote: str) -> None:
    begin = (
        f"Cannot create or update peering {change.after['id']}. Virtual networks {own} and {remote} cannot be peered "
    )
    overlap = _overlap(change, own, remote)
    if overlap:
        raise _refused(
            change,
            "VnetAddressSpacesOverlap",
            f"{begin}because their address spaces overlap. Overlapping address prefixes: {overlap}",
        )
    for peering in change.cloud.find(KIND):
        third = str(peering["remote_virtual_network_id"])
        if same(_vnet(peering), remote) and not same(third, own):
            overlap = _overlap(change, own, third)
            if overlap:
                raise _refused(
                    change,
                    "VnetAddressSpaceOverlapsWithAlreadyPeeredVnet",
                    f"{begin}because address space of the first virtual network overlaps with address space of virtual "
                    f"network {third} already peered with the second virtual network. Overlapping address prefixes: "
                    f"{overlap}",
                )


def _overlap(change: Change, one: str, other: str) -> str:
    """Return the first range of the VNet `one` that overlaps a range of the VNet `other`, or an empty text."""
    theirs = list(_ranges(change, other))
    return next(
        (str(mine) for mine in _ranges(change, one) if any(mine.overlaps(other_range) for other_range in theirs)), ""
    )


def _ranges(change: Change, vnet: str) -> Iterator[ipaddress.IPv4Network | ipaddress.IPv6Network]:
    for network in change.cloud.find("azurerm_virtual_network"):
        if same(network["id"], vnet):
            yield from (ipaddress.ip_network(space) for space in network.get("address_space") or ())


def _vnet(peering: Object) -> str:
    return str(peering["id"]).rpartition("/virtualNetworkPeerings/")[0]


def _other_halves(change: Change, peering: Object) -> list[Object]:
    return [
        half
        for half in change.cloud.find(KIND)
        if same(_vnet(half), peering["remote_virtual_network_id"])
        and same(half["remote_virtual_network_id"], _vnet(peering))
    ]


def _refused(change: Change, code: str, message: str) -> Refusal:
    return Refusal(
        f"waiting for Virtual Network Peering {change.after['name']} to be created: unexpected status 400 (400 Bad "
        f"Request) with error: {code}",
        message,
    )


CREATE = {KIND: create}
UPDATE = {KIND: update}
DELETE = {KIND: delete}
