"""A VNet peering stores the remote VNet's ranges at its creation and at each sync. Until the next sync, Azure drops
packets to a range that was added later.

Azure: learn.microsoft.com/azure/virtual-network/update-virtual-network-peering-address-space; azurerm syncs when the
peering's `triggers` change (hashicorp/terraform-provider-azurerm#18444). Azure reports no error for such a peering,
only the state "RemoteNotInSync". The rehearsal therefore refuses the second plan.
"""

from hvn.rehearsal.behaviours import Change, Refusal
from hvn.rehearsal.cloud import Object, same

KNOWN = "hvn:ranges-known-to-peering"


def sync(change: Change) -> None:
    """Record the current ranges of the peering's remote VNet."""
    change.cloud.put(KNOWN, str(change.after["id"]), {"ranges": _ranges(change)})


def plan(change: Change) -> None:
    """Refuse a plan that leaves an out-of-sync peering unchanged."""
    if not change.before or change.before != change.after:
        return
    known: Object | None = change.cloud.get(KNOWN, str(change.before["id"]))
    now = _ranges(change)
    if known and now and known["ranges"] != now:
        raise Refusal(
            f"The peering {change.before['name']} is not in sync with its remote VNet",
            f"It has {', '.join(known['ranges'])}; the VNet now has {', '.join(now)}. Azure drops packets to the new "
            "range until the peering is synced: give it `triggers` that change with the range",
        )


def _ranges(change: Change) -> list[str]:
    remote = change.after["remote_virtual_network_id"]
    vnets = [vnet for vnet in change.cloud.find("azurerm_virtual_network") if same(vnet["id"], remote)]
    return sorted(vnets[0]["address_space"] or ()) if vnets else []


PLAN = {"azurerm_virtual_network_peering": plan}
CREATE = {"azurerm_virtual_network_peering": sync}
UPDATE = {"azurerm_virtual_network_peering": sync}
