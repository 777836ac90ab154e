"""After a failover, Terraform reaches Vault only if the runners have a route to the backup HVN. The URL does not
change.

developer.hashicorp.com/hcp/docs/vault/what-is-hcp-vault/high-avail-disaster-recover: "You will need to ensure you have
network connectivity to this HVN". The error has the vault provider's text for a dropped connection.
"""

from hvn.rehearsal.behaviours import Change, Refusal

FAILED_OVER, VAULT = "hvn:failed-over", "vault"
"""The record of a failover: the type and the id."""


def read(change: Change) -> None:
    """Refuse to read from Vault if the runners cannot reach the backup HVN."""
    moved = change.cloud.get(FAILED_OVER, VAULT)
    if moved and moved["blocked"]:
        address = f"{moved['cidr'].partition('/')[0]}:8200"
        raise Refusal(f"error reading from Vault: dial tcp {address}: i/o timeout", moved["blocked"])


READ = {"vault_*": read}
