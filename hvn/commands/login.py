"""`hvn login`: why can this pod not log in?"""

import pathlib
import sys
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from hvn.check.load import Loaded
from hvn.diagnostics.printable import printable
from hvn.diagnostics.suggest import unknown
from hvn.kinds.secrets.inputs import SecretsApp, SecretsInputs
from hvn.kinds.vault_auth.inputs import VaultAuthInputs
from hvn.kinds.workspace import WorkspaceId, by_id
from hvn.options import format_option, read, stop, tell, topology_option

if TYPE_CHECKING:
    from hvn.login.login import Login
    from hvn.login.mount import Mount, Role

MAX_BYTES = 1024 * 1024


@click.group()
def command() -> None:
    """Explain logins to Vault."""


@command.command()
@click.argument("spoke", required=False)
@click.argument("app", required=False)
@click.option("--token", metavar="FILE|-", help="The token that logs in; - for standard input. It stays here.")
@click.option("--claims", metavar="FILE|-", help="The token's claims as a JSON object, taken to be signed rightly.")
@click.option(
    "--at", metavar="TIME", help="Vault's clock: 2026-11-26T03:00:00Z, or seconds since 1970; now unless said."
)
@click.option(
    "--config",
    type=click.Path(path_type=pathlib.Path),
    metavar="FILE",
    help="The mount: what `vault read -format=json auth/MOUNT/config` prints.",
)
@click.option(
    "--role",
    type=click.Path(path_type=pathlib.Path),
    metavar="FILE",
    help="The role: what `vault read -format=json auth/MOUNT/role/ROLE` prints.",
)
@topology_option
@format_option
def explain(
    spoke: str | None,
    app: str | None,
    token: str | None,
    claims: str | None,
    at: str | None,
    config: pathlib.Path | None,
    role: pathlib.Path | None,
    file: pathlib.Path | None,
    form: str,
) -> None:
    """Say what Vault answers a login of an app, by every check in Vault's own order.

    Nobody is asked: neither Vault nor the cluster. Without --token and --claims it judges the token that the operator
    would request by the app's manifests. --config and --role take the place of what the topology says of mount and
    role; with both, spoke and app may be left out. Exit 1 if Vault would refuse the login.

    \b
    Examples:
      hvn login explain payments webapp --at 2026-11-26T03:00:00Z
      kubectl -n app create token default --audience vault | hvn login explain payments webapp --token -
    """
    from hvn.login import openbao
    from hvn.login.explain import explain as judge
    from hvn.login.login import Login
    from hvn.login.report import Explained, to_json, to_text

    if token is not None and claims is not None:
        stop("give --token or --claims, not both")
    if spoke is None and not (config and role):
        stop("name a spoke and an app, or give --config FILE and --role FILE of a mount and a role that Vault has")
    if spoke is None and token is None and claims is None:
        stop("without a spoke and an app there are no manifests to take a token from: give --token or --claims")
    now = _time(at)
    asked = _of_topology(file, spoke, app) if spoke is not None else None
    mount, the_role = _mount(asked, config), _role(asked, role)
    role_name = asked.app.role if asked else role.stem if role else ""
    login = Login(mount=mount, role_name=role_name, role=the_role, now=now)
    source = "The token that Vault Secrets Operator would request by the manifests"
    if token is not None:
        login.token, source = _content("--token", token), "The token given; it was not sent anywhere"
    elif claims is not None:
        login.claims, source = _claims(claims), "The claims given, taken to be signed rightly"
    elif asked:
        from hvn.login import requested

        login.claims = requested.claims(asked.app, asked.auth.bound_issuer or "", now)
    answer, other = judge(login), openbao.explain(login)
    failed = answer.first_failure[0].id if answer.first_failure else ""
    undeployed = _undeployed(asked, login) if asked and (config or role) and failed else ""
    made = Explained(
        subject=f"{_named(asked, config)}, role {role_name}, at {datetime.fromtimestamp(now, UTC):%Y-%m-%dT%H:%M:%SZ}",
        source=source,
        answer=answer,
        openbao=other if (other.status, other.messages) != (answer.status, answer.messages) else None,
        where="" if undeployed else _where(asked, failed),
        hint=undeployed or (_rotated(asked, login) if failed == "signature" and asked and not config else ""),
        spoke=spoke or "",
    )
    click.echo(to_json(made) if form == "json" else to_text(made))
    sys.exit(not answer.allow)


class Asked(NamedTuple):
    """What the topology says of an app's login."""

    loaded: Loaded
    spoke: str
    auth: VaultAuthInputs
    app: SecretsApp


def _of_topology(file: pathlib.Path | None, spoke: str, app: str | None) -> Asked:
    """The app's mount, role and manifests. Stops if there are none, and with the spoke's apps if none is named."""
    loaded = read(file)
    checked = loaded.checked
    if checked is None:
        tell(loaded, err=True)
        stop(
            "\nA topology with errors says nothing of logins. Without it: --config FILE and --role FILE of what Vault "
            "has, and neither a spoke nor an app"
        )
    if spoke not in checked.topology.spokes:
        stop("{}; {}".format(*unknown(spoke, checked.topology.spokes, "spoke")))
    cluster = checked.topology.spokes[spoke].cluster
    apps = cluster.apps if cluster else {}
    if app is None:
        stop(f"name an app of spoke {spoke}: {', '.join(apps) or 'it has none yet'}")
    if app not in apps:
        message, fix = unknown(app, apps, f"app of spoke {spoke}")
        stop(f'{message}; {fix}. Vault answers 400 `role "{printable(app)}" could not be found`')
    found = by_id(checked.workspaces())
    auth, secrets = found[WorkspaceId("vault-auth", spoke)], found[WorkspaceId("secrets", spoke)]
    if not isinstance(auth.inputs, VaultAuthInputs) or not isinstance(secrets.inputs, SecretsInputs):
        stop(f"{auth.id} is held back, so Vault has no mount for {spoke}: {auth.blocked}")
    manifest = next(each for each in secrets.inputs.apps if each.name == app)
    return Asked(loaded, spoke, auth.inputs, manifest)


def _mount(asked: Asked | None, config: pathlib.Path | None) -> "Mount | None":
    from hvn.login import mount

    if config is None:
        return mount.Mount.of_spoke(asked.auth) if asked else None
    try:
        marks = ("jwt_validation_pubkeys", "oidc_discovery_url", "jwks_url", "jwks_pairs", "bound_issuer")
        return mount.Mount.of_vault(mount.read(config, marks))
    except mount.Unfit as error:
        stop(f"--config {printable(str(config), 200)}: {printable(str(error), 400)}")


def _role(asked: Asked | None, role: pathlib.Path | None) -> "Role | None":
    from hvn.login import mount

    if role is None:
        found = [each for each in asked.auth.roles if each.name == asked.app.role] if asked else []
        return mount.Role.of_app(found[0]) if found else None
    try:
        return mount.Role.of_vault(mount.read(role, ("role_type", "user_claim", "bound_audiences")))
    except mount.Unfit as error:
        stop(f"--role {printable(str(role), 200)}: {printable(str(error), 400)}")


def _claims(name: str) -> Mapping[str, Any]:
    from hvn.login.gojson import GoError, loads

    try:
        found = loads(_content("--claims", name).encode())
    except GoError as error:
        stop(f"--claims is not JSON: {error}. Give the token's second part, decoded: one JSON object")
    if not isinstance(found, dict):
        stop("--claims is not a JSON object. Give the token's second part, decoded")
    return found


def _content(option: str, name: str) -> str:
    """The text of a file or of standard input. Never says what is in it."""
    if name.startswith("eyJ"):
        stop(
            f"{option} wants a file, or - for standard input: a token on the command line stays in the shell's history"
        )
    try:
        if name == "-":
            content = sys.stdin.buffer.read(MAX_BYTES + 1)
        else:
            with pathlib.Path(name).open("rb") as opened:
                content = opened.read(MAX_BYTES + 1)
        if len(content) > MAX_BYTES:
            stop(f"{option}: {printable(name, 200)} is larger than 1 MiB: is it the right file?")
        return content.decode("utf-8")
    except UnicodeDecodeError:
        stop(f"{option}: {printable(name, 200)} is not text in UTF-8: is it the right file? PowerShell writes UTF-16")
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "no such name"
        stop(f"{option}: {printable(name, 200)} cannot be read ({reason}): name a file, or - for standard input")


def _time(given: str | None) -> float:
    """Seconds since 1970."""
    if given is None:
        return time.time()
    try:
        if given.isascii() and given.isdigit():
            return float(datetime.fromtimestamp(int(given), UTC).timestamp())
        moment = datetime.fromisoformat(given)
        in_utc = moment.astimezone(UTC)  # not every time in the years 1 and 9999 has one
    except (ValueError, OverflowError, OSError):
        stop(f"--at {printable(given)} is no time: write 2026-11-26T03:00:00Z, or seconds since 1970")
    if moment.tzinfo is None:
        stop(f"--at {printable(given)} has no time zone: write a Z behind it for UTC")
    return in_utc.timestamp()


def _named(asked: Asked | None, config: pathlib.Path | None) -> str:
    if config:
        return f"mount as in {config.name}"
    return f"mount {asked.auth.mount}" if asked else "no mount"


def _where(asked: Asked | None, check: str) -> str:
    """The line of the topology that says what the check compared with."""
    from hvn.diagnostics.finding import dotted
    from hvn.login.places import OF_KEYS, place

    if asked is None:
        return ""
    if check in OF_KEYS and asked.auth.pubkeys:
        return printable(str(_key_file(asked)), 200)
    path = place(check, asked.spoke, asked.app.name)
    if path is None:
        return ""
    span = asked.loaded.source.span(path)
    return f"{printable(asked.loaded.source.file, 200)}:{span.line}:{span.column} {dotted(path)}"


def _undeployed(asked: Asked, login: "Login") -> str:
    """Vault's own mount and role refuse the login. Would those of the topology?"""
    from dataclasses import replace

    from hvn.login.explain import explain as judge

    if not judge(replace(login, mount=_mount(asked, None), role=_role(asked, None))).allow:
        return ""
    workspace = f"vault-auth-{asked.spoke}"
    return (
        f"by the topology it would be let in: {workspace} was not deployed since, or somebody changed Vault by hand. "
        f"`bin/cdktf diff {workspace}` shows the difference, `bin/cdktf deploy {workspace}` mends it"
    )


def _rotated(asked: Asked, login: "Login") -> str:
    """What the token's `kid` and `iss` say about a signature that no committed key made, unless its length does."""
    from hvn.keys import committed
    from hvn.login.hints import cut, rotated
    from hvn.login.jws import Jws
    from hvn.login.signature import lengths

    keys = committed.read(_key_file(asked))
    if keys is None or not isinstance(login.parsed, Jws):
        return ""
    if too_short := cut(login.parsed, lengths(login.parsed, asked.auth.pubkeys or ())):
        return too_short
    kids = [key.kid for key in keys.keys.values()]
    return rotated(login.parsed.kid, kids, same_issuer=(login.all_claims or {}).get("iss") == keys.issuer)


def _key_file(asked: Asked) -> pathlib.Path:
    return pathlib.Path(asked.loaded.source.file).parent / "jwks" / f"{asked.spoke}.json"
