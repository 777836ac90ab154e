"""Find the database and PKI engines of the workspace `vault` before and after a change."""

from collections.abc import Mapping

from hvn.kinds.vault.engines import DatabaseEngine, PkiEngine
from hvn.kinds.vault.inputs import VaultInputs
from hvn.review.context import Context
from hvn.review.plan import ResourceChange
from hvn.topology.policies import below

Engine = DatabaseEngine | PkiEngine
MOUNT = "vault_mount"


def engines(inputs: VaultInputs | None) -> Mapping[str, Engine]:
    """Return the engines by path. The path of an engine in a team's namespace begins with this namespace."""
    both: tuple[Engine, ...] = (*inputs.database_engines, *inputs.pki_engines) if inputs else ()
    return {f"{below(one.namespace)}{one.path}": one for one in both}


def mounts(context: Context) -> frozenset[str]:
    """Return the Terraform addresses of the engines' mounts, before and after."""
    sides = (side["vault"].inputs if "vault" in side else None for side in (context.before, context.after))
    inputs = (one for one in sides if isinstance(one, VaultInputs))
    return frozenset(f"{MOUNT}.{engine.resource}" for one in inputs for engine in engines(one).values())


def without_engines(
    context: Context, by_workspace: Mapping[str, list[ResourceChange]]
) -> dict[str, list[ResourceChange]]:
    """Return the changes by workspace, without the changes of mounts of database and PKI engines."""
    own = mounts(context)
    rest = {id_: [one for one in changes if one.address not in own] for id_, changes in by_workspace.items()}
    return {id_: changes for id_, changes in rest.items() if changes}
