"""A peering knows the range that the other VNet had when it was made or last synced; a new range is not routed.

Azure: learn.microsoft.com/azure/virtual-network/update-virtual-network-peering-address-space; azurerm syncs when the
peering's `triggers` change (hashicorp/terraform-provider-azurerm#18444). Azure says nothing: the peering is in state
"RemoteNotInSync" and packets to the new range are dropped. Here the next plan says it.
"""

from hvn.rehearsal.behaviours import Change, Refusal
from hvn.rehearsal.cloud import Object, same

KNOWN = "hvn:ranges-known-to-peering"


def sync(change: Change) -> None:
    """Remember the other VNet's range, as it is now."""
    change.cloud.put(KNOWN, str(change.after["id"]), {"ranges": _ranges(change)})


def plan(change: Change) -> None:
    """Refuse to go on with a peering that is out of sync and is left as it is."""
    if not change.before or change.before != change.after:
        return
    known: Object | None = change.cloud.get(KNOWN, str(change.before["id"]))
    now = _ranges(change)
    if known and now and known["ranges"] != now:
        raise Refusal(
            f"The peering {change.before['name']} is not in sync with its remote VNet",
            f"It knows {', '.join(known['ranges'])}; the VNet now has {', '.join(now)}. Azure drops packets to the new "
            "range until the peering is synced: give it `triggers` that change with the range",
        )


def _ranges(change: Change) -> list[str]:
    remote = change.after["remote_virtual_network_id"]
    found = [each for each in change.cloud.find("azurerm_virtual_network") if same(each["id"], remote)]
    return sorted(found[0]["address_space"] or ()) if found else []


PLAN = {"azurerm_virtual_network_peering": plan}
CREATE = {"azurerm_virtual_network_peering": sync}
UPDATE = {"azurerm_virtual_network_peering": sync}
