"""Derive the login of an app from the topology: mount, role, the token that VSO requests, and the lines to change if a
check fails."""

import pathlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from hvn.check.load import Loaded
from hvn.diagnostics.message import dotted
from hvn.diagnostics.printable import printable
from hvn.diagnostics.suggest import unknown
from hvn.kinds.secrets.inputs import SecretsApp, SecretsInputs
from hvn.kinds.vault_auth.inputs import VaultAuthInputs
from hvn.kinds.workspace import WorkspaceId
from hvn.login.explain import explain
from hvn.login.login import Login
from hvn.login.mount import Mount, Role
from hvn.login.places import OF_KEYS, place
from hvn.options import read, stop, tell

# This lifetime is in seconds. The manifests do not set jwt.tokenExpirationSeconds of VaultAuth, so the CRD's default
# applies.
LIFETIME = 600.0


@dataclass(frozen=True, slots=True)
class AppLogin:
    """The login of one app of a spoke to Vault."""

    loaded: Loaded
    spoke: str
    auth: VaultAuthInputs
    app: SecretsApp

    @property
    def role(self) -> Role | None:
        """Return the role that `vault-auth-<spoke>` writes for the app, or None if the workspace writes no role for the
        app."""
        return next((Role.of_app(role) for role in self.auth.roles if role.name == self.app.role), None)

    @property
    def key_file(self) -> pathlib.Path:
        """Return the path of the spoke's committed public keys."""
        return pathlib.Path(self.loaded.source.file).parent / "jwks" / f"{self.spoke}.json"


def find(file: pathlib.Path | None, spoke: str, app: str | None) -> AppLogin:
    """Return the login that the topology defines for an app. Stops the command if the topology has errors, or does not
    contain the spoke or the app."""
    loaded = read(file)
    checked = loaded.checked
    if checked is None:
        tell(loaded, err=True)
        stop(
            "\nFix the topology first. To explain a login without the topology, use --config FILE and --role FILE of "
            "Vault, and name neither a spoke nor an app"
        )
    if spoke not in checked.topology.spokes:
        stop(_plain("{}; {}".format(*unknown(spoke, checked.topology.spokes, "spoke"))))
    cluster = checked.topology.spokes[spoke].cluster
    apps = cluster.apps if cluster else {}
    if app is None:
        stop(f"name an app of spoke {spoke}: {', '.join(apps) or 'it has none yet'}")
    if app not in apps:
        message, fix = unknown(app, apps, f"app of spoke {spoke}")
        stop(_plain(f'{message}; {fix}. Vault answers 400: role "{printable(app)}" could not be found'))
    workspaces = {workspace.id: workspace for workspace in checked.workspaces()}
    auth, secrets = workspaces[WorkspaceId("vault-auth", spoke)], workspaces[WorkspaceId("secrets", spoke)]
    if not isinstance(auth.inputs, VaultAuthInputs) or not isinstance(secrets.inputs, SecretsInputs):
        stop(_plain(f"{auth.id} is blocked, so Vault has no mount for {spoke}: {auth.blocked}"))
    manifest = next(manifest for manifest in secrets.inputs.apps if manifest.name == app)
    return AppLogin(loaded, spoke, auth.inputs, manifest)


def claims(requested: AppLogin, now: float) -> Mapping[str, Any]:
    """Return the claims of the token that Kubernetes' TokenRequest API issues for the app's service account and
    audience.

    If no issuer is committed, the claims have no `iss`.
    """
    app, issuer = requested.app, requested.auth.bound_issuer
    made: dict[str, Any] = {
        "aud": [app.audience],
        "exp": float(int(now)) + LIFETIME,
        "iat": float(int(now)),
        "kubernetes.io": {"namespace": app.namespace, "serviceaccount": {"name": app.service_account}},
        "nbf": float(int(now)),
        "sub": f"system:serviceaccount:{app.namespace}:{app.service_account}",
    }
    return {**made, "iss": issuer} if issuer else made


def places_of(requested: AppLogin, failed: Sequence[str]) -> Mapping[str, str]:
    """Return the place to change, by the id of the failed check: a line of the topology, or the key file."""
    places = {}
    for check in failed:
        path = place(check, requested.spoke, requested.app.name)
        if check in OF_KEYS and requested.auth.pubkeys:
            places[check] = printable(str(requested.key_file), 200)
        elif path is not None:
            span = requested.loaded.source.span(path)
            file = printable(requested.loaded.source.file, 200)
            places[check] = f"{file}:{span.line}:{span.column} {dotted(path)}"
    return places


def undeployed(requested: AppLogin, login: Login) -> str:
    """Return a hint that `vault-auth-<spoke>` is not deployed, if Vault would allow the login with the topology's
    mount and role; otherwise an empty text."""
    if not explain(replace(login, mount=Mount.of_spoke(requested.auth), role=requested.role)).allow:
        return ""
    workspace = f"vault-auth-{requested.spoke}"
    return (
        f"the topology allows this login: {workspace} is not deployed, or the configuration in Vault was changed "
        f"manually. 'bin/cdktf diff {workspace}' shows the difference, 'bin/cdktf deploy {workspace}' fixes it"
    )


def rotated(requested: AppLogin, login: Login) -> str:
    """Return the likely reason why no committed key signed the token. The signature's length, `kid` and `iss` show the
    reason."""
    from hvn.keys import committed
    from hvn.login import hints
    from hvn.login.jws import Jws
    from hvn.login.signature import lengths

    keys = committed.read(requested.key_file)
    if keys is None or not isinstance(login.parsed, Jws):
        return ""
    if hint := hints.wrong_length(login.parsed, lengths(login.parsed, requested.auth.pubkeys)):
        return hint
    kids = [key.kid for key in keys.keys.values()]
    return hints.rotated(login.parsed.kid, kids, same_issuer=(login.all_claims or {}).get("iss") == keys.issuer)


def _plain(text: str) -> str:
    return text.replace("`", "'")
