"""Azure stores a public IP address with two zones in all three zones.

azurerm writes the configured zones to the state; a refresh reads Azure's zones, and `zones` forces a replacement
(hashicorp/terraform-provider-azurerm#16470, #18741).
"""

from hvn.rehearsal.behaviours import Change

ALL = ["1", "2", "3"]


def read(change: Change) -> None:
    """Return an address with two zones in all three zones."""
    if len(change.after.get("zones") or ()) == 2:
        change.after["zones"] = ALL


READ = {"azurerm_public_ip": read}
