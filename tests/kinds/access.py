"""Check the access of the apps' roles in a topology."""

import json
from collections.abc import Mapping

from hvn.kinds.vault_auth.inputs import VaultAuthInputs
from hvn.kinds.workspace import Workspace
from tests.strategies import Topology


def assert_roles_get_their_own_secrets(built: Mapping[str, Workspace], topology: Topology) -> None:
    """Assert that each app's policies contain only the paths of the app's secrets and the app's additional paths."""
    for workspace in built.values():
        if isinstance(workspace.inputs, VaultAuthInputs):
            apps = topology["spokes"][workspace.spoke]["cluster"]["apps"]
            assert sorted(role.app for role in workspace.inputs.roles) == sorted(apps)
            for role in workspace.inputs.roles:
                app = apps[role.app]
                team = app.get("vault_namespace")
                inside = f"{team}/" if team else ""
                place = topology["vault"]["namespaces"][team] if team else topology["vault"]
                first = place.get("kv_mount", "kvv2")
                static = {(secret.get("mount", first), secret["path"]) for secret in app.get("secrets", ())}
                credentials = app.get("dynamic_secrets", ())
                leased = {(one["mount"], one["role"]) for one in credentials if not one.get("static")}
                users = {(one["mount"], one["role"]) for one in credentials if one.get("static")}
                issued = {(secret["mount"], secret["role"]) for secret in app.get("certificates", ())}
                assert role.subject == f"system:serviceaccount:{app['namespace']}:{app['service_account']}"
                rules = json.loads(role.reader.document)["path"]
                rules.pop(f"{inside}sys/leases/revoke", None)
                renewal = rules.pop(f"{inside}sys/leases/renew", None)
                assert bool(renewal) == bool(team and leased)
                more = {
                    f"{inside}{path}": {"capabilities": sorted({*capabilities})}
                    for path, capabilities in app.get("more_paths", {}).items()
                }
                assert role.existing_policies == tuple(sorted(app.get("more_policies", ())))
                assert rules == {
                    **more,
                    **{f"{inside}{mount}/data/{path}": {"capabilities": ["read"]} for mount, path in static},
                    **{f"{inside}{engine}/creds/{name}": {"capabilities": ["read"]} for engine, name in leased},
                    **{f"{inside}{engine}/static-creds/{name}": {"capabilities": ["read"]} for engine, name in users},
                    **{f"{inside}{engine}/issue/{name}": {"capabilities": ["update"]} for engine, name in issued},
                }
                writable = json.loads(role.writer.document)["path"] if role.writer else {}
                assert writable.keys() == {
                    f"{inside}{mount}/{area}/{path}" for area in ("data", "metadata") for mount, path in static
                }
