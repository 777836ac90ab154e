"""Vault refuses a mount at, above or below the path of another mount, such as `kv` and `kv/payments`.

hashicorp/vault vault/mount.go and auth.go ("path is already in use at"), router.go (MountConflict).
"""

from hvn.rehearsal.behaviours import Change, Refusal

# Secrets engines and auth methods have separate paths, so a mount can conflict only with a mount of the same kind.
KINDS = ("vault_jwt_auth_backend", "vault_mount")


def create(change: Change) -> None:
    """Refuse a mount at a path that conflicts with another mount."""
    wanted = _slashed(change.after["path"])
    for other in change.cloud.find(change.kind, change.place):
        there = _slashed(other["path"])
        if there.startswith(wanted) or wanted.startswith(there):
            raise Refusal(
                "error writing to Vault: Error making API request.",
                f"Code: 400. Errors:\n\n* path is already in use at {there}",
            )


def remount(change: Change) -> None:
    """Refuse to move a mount to a path that conflicts with another mount."""
    if change.before["path"] != change.after["path"]:
        create(change)


def _slashed(path: object) -> str:
    return f"{str(path).strip('/')}/"


CREATE = dict.fromkeys(KINDS, create)
UPDATE = dict.fromkeys(KINDS, remount)
