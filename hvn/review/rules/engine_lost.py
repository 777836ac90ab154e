"""HVN984: a database or PKI engine of Vault, or one of its roles, is removed, destroyed or deleted."""

from collections.abc import Iterator, Sequence

from hvn.diagnostics.finding import Finding, Message, Rule
from hvn.kinds.vault.engines import DatabaseEngine, connection_of, role_of
from hvn.kinds.vault.inputs import VaultInputs
from hvn.review.commands import command
from hvn.review.context import Context
from hvn.review.engines import MOUNT, Engine, engines, mounts
from hvn.review.losses import with_plan
from hvn.review.plan import ResourceChange

RULE = Rule(
    id="HVN984",
    name="engine-lost",
    reports="A database or PKI engine loses a role, or is removed or deleted.",
    why="apps get no new credentials from a removed role. With a database engine, Vault deletes the password that "
    "only Vault knows; with a PKI engine, Vault deletes the CA's key",
    fix="first remove the secrets of the apps, and deploy `secrets-<spoke>` and `vault-auth-<spoke>`",
    example="""\
vault:
  pki_engines: {pki: null}
""",
    see="docs/how-to/dynamic-secrets.md",
)
LABEL = "hvn: destroys"
TYPES = (
    "vault_database_secret_backend_connection",
    "vault_database_secret_backend_role",
    "vault_pki_secret_backend_role",
)
PASSWORD = Message("the password of the database user that only Vault knows")
KEY = Message("the key of the CA, and all certificates of the engine with their revocation list")
NEW = Message("new credentials of the apps that use the role; existing credentials stay valid until they expire")


def check(context: Context) -> Iterator[Finding]:
    """Yield a finding for each removed engine and role, and for the other resources that a plan destroys or that
    somebody deleted."""
    own = mounts(context)
    planned = {
        id_: [one for one in changes if one.type != MOUNT or one.address in own]
        for id_, changes in context.destroyed(*TYPES, MOUNT).items()
    }
    for workspace, before, after in context.changed(VaultInputs):
        now = engines(after)
        if after and before.namespace != after.namespace:
            yield from _left_behind(workspace.id, before, after)
        for path, engine in engines(before).items():
            namespace = "/".join(filter(None, (before.namespace or "", engine.namespace)))
            if path not in now or type(now[path]) is not type(engine):
                changes = _take(planned, workspace.id, *_resources(engine))
                yield _engine(workspace.id, path, engine, namespace, changes)
                continue
            left = {role.name for role in now[path].roles}
            for role in engine.roles:
                if role.name not in left:
                    changes = _take(planned, workspace.id, role_of(engine.resource, role.name))
                    reason = Message("{engine} loses the role {role}", engine=path, role=role.name)
                    yield Finding(
                        rule=RULE, workspace=workspace.id, message=with_plan([reason], changes), impact=(NEW,)
                    )
    for id_, changes in planned.items():
        if changes:
            yield Finding(rule=RULE, workspace=id_, message=with_plan([], changes), impact=(NEW,))
    for id_, changes in context.deleted_outside(*TYPES, MOUNT).items():
        if deleted := [one.address for one in changes if one.type != MOUNT or one.address in own]:
            message = Message("somebody deleted {addresses} outside Terraform", addresses=deleted)
            yield Finding(rule=RULE, workspace=id_, message=message, impact=(NEW,))


def _left_behind(workspace: str, before: VaultInputs, after: VaultInputs) -> Iterator[Finding]:
    """Yield a finding for each engine that stays in the old namespace, where no state contains it.

    The provider finds no mount in the new namespace and creates an empty engine (secrets_engine_changed.py).
    """
    now = engines(after)
    for path, engine in engines(before).items():
        if path in now and type(now[path]) is type(engine):
            yield Finding(
                rule=RULE,
                workspace=workspace,
                message=Message(
                    "the namespace changes from {old} to {new}: Terraform creates an empty engine {path} in {new}, and "
                    "the engine in {old} is no longer in any state",
                    old=str(before.namespace),
                    new=str(after.namespace),
                    path=path,
                ),
                impact=(PASSWORD if isinstance(engine, DatabaseEngine) else KEY, NEW),
            )


def _resources(engine: Engine) -> list[str]:
    """Return the names of the engine's resources in Terraform."""
    mount = engine.resource
    return [mount, connection_of(mount), *(role_of(mount, role.name) for role in engine.roles)]


def _take(planned: dict[str, list[ResourceChange]], workspace: str, *names: str) -> list[ResourceChange]:
    """Remove the changes of the resources with these names, and return them."""
    changes = planned.get(workspace, [])
    taken = [one for one in changes if one.address.partition(".")[2] in names]
    planned[workspace] = [one for one in changes if one not in taken]
    return taken


def _engine(workspace: str, path: str, engine: Engine, namespace: str, changes: Sequence[ResourceChange]) -> Finding:
    """Return the finding about a removed engine. Vault refuses to unmount a database engine with leases after its
    connection is deleted (OpenBao 2.7: failed to find entry for connection)."""
    reason = Message("the topology removes the engine {path} together with its `prevent_destroy`", path=path)
    database = isinstance(engine, DatabaseEngine)
    place = (f"-namespace={namespace}",) if namespace else ()
    revoke = command("vault", "lease", "revoke", *place, "-prefix", f"{engine.path}/")
    before = Message("before the apply, revoke all leases of the engine, or the apply fails: {revoke}", revoke=revoke)
    after = Message(
        "after the apply, set a new password of {user} in the database", user=getattr(engine, "username", "")
    )
    return Finding(
        rule=RULE,
        workspace=workspace,
        message=with_plan([reason], changes),
        impact=(PASSWORD if database else KEY,),
        manual_steps=(before, after) if database else (),
    )
