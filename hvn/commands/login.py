"""`hvn login`: explain why a pod cannot log in to Vault."""

import pathlib
import re
import sys
import time
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click

from hvn import completion, files
from hvn.diagnostics.printable import printable
from hvn.options import Choice, Group, format_option, stop, topology_option
from hvn.printed import here

if TYPE_CHECKING:
    from hvn.login.app_login import AppLogin
    from hvn.login.ci_login import CiLogin
    from hvn.login.login import Login
    from hvn.login.mount import Mount, Role
    from hvn.login.report import Explained

MAX_BYTES = 1024 * 1024
CI_LOGINS = [f"{system}/{role}" for system in ("github", "azure_devops", "hcp_terraform") for role in ("plan", "apply")]
# The beginning of a JWT, of a Vault token, or of an HTTP header's value with a token.
_SECRET = re.compile(r"(?<![A-Za-z0-9])eyJ[\w-]{12,}|\bhv[sbr]\.[\w-]{10,}|^\s*(?i:bearer)(?:\s|$)")
_ON_COMMAND_LINE = (
    "a token on the command line stays in the shell's history, and other users of this machine can see it. "
    "Pass the token alone, without Bearer, on standard input (--token -) or in a file (--token FILE)"
)


class WithoutSecrets(click.Command):
    """A command that refuses a token among the arguments, before an error message can show the token."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Return the parsed arguments. Exits with 2 if an argument looks like a token."""
        if any(_SECRET.search(arg) for arg in args):
            stop(_ON_COMMAND_LINE)
        return super().parse_args(ctx, args)


@click.group(cls=Group)
def command() -> None:
    """Explain logins to Vault."""


@command.command(cls=WithoutSecrets)
@click.argument("spoke", required=False, shell_complete=completion.spokes)
@click.argument("app", required=False, shell_complete=completion.apps)
@click.option(
    "--token", metavar="FILE|-", help="Evaluate this token; - is standard input. [default: claims from the manifests]"
)
@click.option("--claims", metavar="FILE|-", help="Evaluate these claims (a JSON object) as if signed correctly.")
@click.option("--address", metavar="IP", help="The client's address as Vault sees it. [default: unknown]")
@click.option(
    "--time",
    "moment",
    metavar="TIME",
    help="Time of the login: 2026-11-26T03:00:00Z, or seconds since 1970. [default: now]",
)
@click.option(
    "--config",
    type=click.Path(path_type=pathlib.Path, readable=False),
    metavar="FILE",
    help="Output of 'vault read -format=json auth/MOUNT/config'. [default: mount from the topology]",
)
@click.option(
    "--role",
    type=click.Path(path_type=pathlib.Path, readable=False),
    metavar="FILE",
    help="Output of 'vault read -format=json auth/MOUNT/role/ROLE'. [default: role from the topology]",
)
@click.option(
    "--ci",
    type=Choice(CI_LOGINS),
    metavar="SYSTEM/ROLE",
    help="Evaluate a pipeline's login, with --token or --claims: github, azure_devops or hcp_terraform, and plan or "
    "apply.",
)
@topology_option
@format_option
def explain(
    spoke: str | None,
    app: str | None,
    ci: str | None,
    token: str | None,
    claims: str | None,
    address: str | None,
    moment: str | None,
    config: pathlib.Path | None,
    role: pathlib.Path | None,
    file: pathlib.Path | None,
    form: str,
) -> None:
    """Explain Vault's answer to a login.

    Runs every check of a JWT login in Vault's order, and prints Vault's answer, the cause and the fix. Runs offline:
    the command does not send the token anywhere, and prints neither the token nor its signature.

    Without --token and --claims, the command evaluates the token that Vault Secrets Operator requests for the app.
    --config and --role replace the mount and the role of the topology. With both, SPOKE and APP are optional.

    Exit codes: 0 Vault allows the login, 1 Vault refuses the login, 2 the command could not run.

    \b
    Examples:
      hvn login explain payments webapp --time 2026-11-26T03:00:00Z
      kubectl -n app create token default --audience vault | hvn login explain payments webapp --token -
      hvn login explain --ci github/plan --token token.txt
    """
    from hvn.login import app_login, ci_login
    from hvn.login.login import Login
    from hvn.login.report import to_json, to_text

    if token is not None and claims is not None:
        stop("use --token or --claims, not both")
    if ci and (spoke or config or role):
        stop("use --ci without SPOKE, APP, --config and --role")
    _require_login(spoke, ci, files=bool(config and role), token=token is not None or claims is not None)
    now = _time(moment)
    requested = app_login.find(file, spoke, app) if spoke is not None else None
    pipeline = ci_login.find(file, ci) if ci else None
    mount = pipeline.mount if pipeline else _mount(requested, config)
    vault_role = pipeline.role if pipeline else _role(requested, role)
    role_name = requested.app.role if requested else pipeline.ci_role.name if pipeline else role.stem if role else ""
    login = Login(mount=mount, role_name=role_name, role=vault_role, now=now, address=_address(address))
    source = "The token that Vault Secrets Operator requests with the manifests"
    if token is not None:
        login.token, source = _content("--token", token), "The token from --token; it was not sent anywhere"
    elif claims is not None:
        login.claims, source = _claims(claims), "The claims from --claims, as if signed correctly"
    elif requested:
        login.claims = app_login.claims(requested, now)
    explained = _explained(login, source, requested, pipeline, config, role)
    commands = here(file)
    explained = replace(explained, commands=commands, hint=commands.text(explained.hint))
    click.echo(to_json(explained) if form == "json" else to_text(explained))
    sys.exit(not explained.answer.allow)


def _explained(
    login: "Login",
    source: str,
    requested: "AppLogin | None",
    pipeline: "CiLogin | None",
    config: pathlib.Path | None,
    role: pathlib.Path | None,
) -> "Explained":
    """Return Vault's answer with the places in the topology file that cause the answer."""
    from hvn.login import app_login, ci_login, openbao
    from hvn.login.explain import explain as judge
    from hvn.login.report import Explained

    answer, other = judge(login), openbao.explain(login)
    undeployed = app_login.undeployed(requested, login) if requested and (config or role) and not answer.allow else ""
    first = answer.failures[0][0].id if answer.failures else ""
    rotated = app_login.rotated(requested, login) if first == "signature" and requested and not config else ""
    failed = [check.id for check, _ in answer.failures]
    at = f"{datetime.fromtimestamp(login.now, UTC):%Y-%m-%dT%H:%M:%SZ}"
    places = ci_login.places_of(pipeline, failed) if pipeline else {}
    if requested and not undeployed:
        places = app_login.places_of(requested, failed)
    named = f"mount {pipeline.ci.path}" if pipeline else _named(requested, config)
    return Explained(
        subject=f"{named}, role {login.role_name}, at {at}",
        source=source,
        answer=answer,
        openbao=other if (other.status, other.messages) != (answer.status, answer.messages) else None,
        places=places,
        fixes=ci_login.FIXES if pipeline else {},
        hint=undeployed or rotated,
        spoke=requested.spoke if requested else "",
    )


def _require_login(spoke: str | None, ci: str | None, *, files: bool, token: bool) -> None:
    """Exit with 2 if the options lack a mount and a role, or a token."""
    if spoke is None and not ci and not files:
        stop("name a spoke and an app, or use --config FILE and --role FILE with a mount and a Vault role")
    if spoke is None and not token:
        stop("without a spoke and an app, the command cannot derive the claims: use --token or --claims")


def _mount(requested: "AppLogin | None", config: pathlib.Path | None) -> "Mount | None":
    from hvn.login import mount, vault_files

    if config is None:
        return mount.Mount.of_spoke(requested.auth) if requested else None
    try:
        keys = ("jwt_validation_pubkeys", "oidc_discovery_url", "jwks_url", "jwks_pairs", "bound_issuer")
        return mount.Mount.of_vault(vault_files.read(config, keys))
    except vault_files.UnusableFile as error:
        stop(f"--config {printable(str(config), 200)}: {printable(str(error), 400)}")


def _role(requested: "AppLogin | None", role: pathlib.Path | None) -> "Role | None":
    from hvn.login import mount, vault_files

    if role is None:
        return requested.role if requested else None
    try:
        return mount.Role.of_vault(vault_files.read(role, ("role_type", "user_claim", "bound_audiences")))
    except vault_files.UnusableFile as error:
        stop(f"--role {printable(str(role), 200)}: {printable(str(error), 400)}")


def _claims(name: str) -> Mapping[str, Any]:
    from hvn.login.gojson import GoError, loads

    try:
        claims = loads(_content("--claims", name).encode())
    except GoError as error:
        stop(f"--claims is not JSON: {error}. Use the token's second part, decoded: one JSON object")
    if not isinstance(claims, dict):
        stop("--claims is not a JSON object. Use the token's second part, decoded")
    return claims


def _content(option: str, name: str) -> str:
    """Return the text of a file or of standard input. Exits with 2 if the text cannot be read; the message does not
    contain the text."""
    try:
        content = files.read_or_stdin(name, MAX_BYTES + 1)
        if len(content) > MAX_BYTES:
            stop(f"{option}: {printable(name, 200)} is larger than 1 MiB: is it the right file?")
        return content.decode("utf-8")
    except UnicodeDecodeError:
        stop(f"{option}: {printable(name, 200)} is not text in UTF-8: is it the right file? PowerShell writes UTF-16")
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "invalid name"
        stop(f"{option}: {printable(name, 200)} cannot be read ({reason}): use a file, or - for standard input")


def _address(text: str | None) -> str | None:
    """Return the client's address. Exits with 2 if the text is not an IP address."""
    from hvn.login.ranges import as_address

    if text is not None and as_address(text) is None:
        stop(f"--address {printable(text)} is not an IP address: use for example 10.64.0.4, without port or prefix")
    return text


def _time(text: str | None) -> float:
    """Return the time as seconds since 1970, by default now. Exits with 2 if the text is not a time."""
    if text is None:
        return time.time()
    try:
        if text.isascii() and text.isdigit():
            return float(datetime.fromtimestamp(int(text), UTC).timestamp())
        moment = datetime.fromisoformat(text)
        in_utc = moment.astimezone(UTC)  # raises OverflowError for some times in the years 1 and 9999
    except (ValueError, OverflowError, OSError):
        stop(f"--time {printable(text)} is not a time: use 2026-11-26T03:00:00Z, or seconds since 1970")
    if moment.tzinfo is None:
        stop(f"--time {printable(text)} has no time zone: append Z for UTC")
    return in_utc.timestamp()


def _named(requested: "AppLogin | None", config: pathlib.Path | None) -> str:
    if config:
        return f"mount from {config.name}"
    return f"mount {requested.auth.mount}" if requested else "no mount"
