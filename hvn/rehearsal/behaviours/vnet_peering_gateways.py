"""A peering with `use_remote_gateways` needs a gateway in the remote VNet, and a remote half with
`allow_gateway_transit`.

Azure: RemoteVnetHasNoGateways (hashicorp/terraform#30569); the message about AllowGatewayTransit
(hashicorp/terraform-provider-azurerm#2872; Azure/terraform-azurerm-avm-res-network-virtualnetwork#57: Azure also
reports the second error for a missing half). Only one peering of a VNet can have `use_remote_gateways`
(learn.microsoft.com/azure/virtual-network/virtual-network-manage-peering).
"""

from hvn.kinds.references import GATEWAY
from hvn.rehearsal.behaviours import Change, Refusal
from hvn.rehearsal.cloud import same

KIND = "azurerm_virtual_network_peering"


def write(change: Change) -> None:
    """Refuse `use_remote_gateways` without a gateway, without transit on the other half, and on a second peering of
    the VNet."""
    if not change.after.get("use_remote_gateways"):
        return
    own, remote = _vnet(change.after["id"]), str(change.after["remote_virtual_network_id"])
    if not any(same(gateway["id"], f"{remote}/gateway") for gateway in change.cloud.find(GATEWAY)):
        raise _refused(
            change,
            "RemoteVnetHasNoGateways",
            f"Peering {change.after['id']} cannot have UseRemoteGateway flag set to true because remote virtual "
            f"network {remote} referenced by the peering does not have any gateways.",
        )
    halves = change.cloud.find(KIND)
    for half in halves:
        if same(_vnet(half["id"]), own) and not same(half["id"], change.after["id"]) and half["use_remote_gateways"]:
            raise _refused(change, "400 Bad Request", f"In the rehearsal's words: {half['id']} has the flag already")
    transit = [
        half["allow_gateway_transit"]
        for half in halves
        if same(_vnet(half["id"]), remote) and same(half["remote_virtual_network_id"], own)
    ]
    if not any(transit):
        raise _refused(
            change,
            "400 Bad Request",
            f"{change.after['id']} cannot have UseRemoteGateways flag set to true, because corresponding remote "
            "peering has AllowGatewayTransit flag set to false.",
        )


def _vnet(id_: object) -> str:
    return str(id_).rpartition("/virtualNetworkPeerings/")[0]


def _refused(change: Change, code: str, message: str) -> Refusal:
    return Refusal(f"creating or updating Virtual Network Peering {change.after['name']}: {code}", message)


CREATE = UPDATE = {KIND: write}
