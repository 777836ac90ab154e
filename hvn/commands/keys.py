"""`hvn keys`: a cluster's public keys, for Vault."""

import pathlib
import sys
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from hvn.diagnostics.finding import Finding, Level
from hvn.diagnostics.printable import printable
from hvn.diagnostics.suggest import unknown
from hvn.diagnostics.text import render
from hvn.diagnostics.to_github import to_github
from hvn.diagnostics.to_json import to_json
from hvn.options import default_topology, require, stop, topology_option
from hvn.topology.model import Topology

if TYPE_CHECKING:
    from hvn.keys.keyset import KeySet
    from hvn.keys.source import Fetched

# A file with the marks of a merge: whoever pulls to be rid of it has to delete it first.
MERGED = "; delete the file first: it is not overwritten"

issuer_option = click.option("--issuer", metavar="URL", help="By the discovery document of this OIDC issuer.")
kubeconfig_option = click.option(
    "--kubeconfig",
    type=click.Path(path_type=pathlib.Path),
    metavar="FILE",
    help="By kubectl with this kubeconfig, where the API server is reachable.",
)
file_option = click.option("--file", "given", metavar="FILE|-", help="From a file, or from standard input.")


@click.group()
def command() -> None:
    """Keep the public keys that Vault checks a cluster's tokens with."""


@command.command()
@click.argument("spokes", nargs=-1, metavar="[SPOKE]...")
@issuer_option
@kubeconfig_option
@file_option
@topology_option
def pull(
    spokes: tuple[str, ...],
    issuer: str | None,
    kubeconfig: pathlib.Path | None,
    given: str | None,
    file: pathlib.Path | None,
) -> None:
    """Write a cluster's public keys to jwks/SPOKE.json beside the topology file.

    Without an option it asks the issuer that the file names already; without names, those of all spokes whose keys are
    committed. A key that the cluster no longer has stays for 24 hours, since tokens that it signed may still be around.
    If nothing has changed, nothing is written. Exit 2 if the keys of a cluster could not be had.

    \b
    Examples:
      hvn keys pull payments --issuer "$(az aks show -g GROUP -n CLUSTER --query oidcIssuerProfile.issuerUrl -o tsv)"
      kubectl get --raw /openid/v1/jwks | hvn keys pull payments --file -
    """
    names = _names(file, spokes, issuer, kubeconfig, given)
    if not names:
        click.echo("no keys are committed: name the spoke whose keys are to be")
    failed = False
    for name in names:
        path = _key_file(file, name)
        try:
            _pull(name, path, _fetch(path, _committed(path, MERGED), issuer, kubeconfig, given))
        except click.ClickException as error:
            failed = True
            click.echo(error.message if spokes == (name,) else f"{name}: {error.message}", err=True)
    sys.exit(2 if failed else 0)


def _pull(spoke: str, path: pathlib.Path, fetched: "Fetched") -> None:
    from hvn.keys import committed
    from hvn.topology import jwks
    from hvn.yamlfile import replacing

    live = _parse(fetched)
    shown = printable(str(path), 200)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with replacing.locked(path):
            before = _committed(path, MERGED)  # as it is now: another pull may have written meanwhile
            after = committed.merge(before, live, issuer=fetched.issuer, way=fetched.way, now=datetime.now(UTC))
            if after is not before:
                jwks.parse(committed.to_json(after).encode())
                committed.write(path, after)
    except (OSError, jwks.Unfit) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise CannotRun(f"{shown} cannot be written ({reason}): nothing was changed") from None
    for note in filter(None, (fetched.note, *_doubts(before, live, fetched.issuer, spoke))):
        click.echo(f"note: {note}", err=True)
    if after is before:
        click.echo(f"{shown} has these keys already: nothing written")
        return
    click.echo(f"{shown}: {_counted(before, after)}")
    click.echo(f"Next: look at the change, commit it, and deploy vault-auth-{spoke}")


@command.command()
@click.argument("spokes", nargs=-1, metavar="[SPOKE]...")
@issuer_option
@kubeconfig_option
@file_option
@topology_option
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "github"]),
    default="text",
    show_default=True,
    help="Text for people, JSON for scripts, github for annotations of a workflow.",
)
def check(
    spokes: tuple[str, ...],
    issuer: str | None,
    kubeconfig: pathlib.Path | None,
    given: str | None,
    file: pathlib.Path | None,
    form: str,
) -> None:
    """Compare the committed keys with those that the clusters have now, and say what breaks when.

    Without names: all spokes whose keys are committed, by the issuers in their files. Exit 1 if something differs, 2 if
    a cluster could not be asked.

    \b
    Example:
      hvn keys check --format github
    """
    names = _names(file, spokes, issuer, kubeconfig, given)
    found, failed = [], []
    for name in names:
        try:
            found += list(_compared(name, _key_file(file, name), issuer, kubeconfig, given))
        except click.ClickException as error:
            failed.append(f"{name}: {error.message}")
    if form == "json":
        click.echo(to_json(found))
    elif found:
        click.echo(to_github(found) if form == "github" else render(found))
    elif form == "text" and not failed:
        named = ", ".join(names)
        click.echo(
            f"{named}: the committed keys are those that the clusters have" if names else "no keys are committed"
        )
    for each in failed:
        click.echo(each, err=True)
    sys.exit(2 if failed else any(each.severity is Level.ERROR for each in found))


def _compared(
    name: str, path: pathlib.Path, issuer: str | None, kubeconfig: pathlib.Path | None, given: str | None
) -> Iterator[Finding]:
    from hvn.keys.drift import compare

    before = _committed(path)
    fetched = _fetch(path, before, issuer, kubeconfig, given)
    live = _parse(fetched)
    return compare(name, path, before, live, issuer=fetched.issuer, now=datetime.now(UTC))


class CannotRun(click.ClickException):
    """One line, exit 2."""

    exit_code = 2

    def show(self, file: object = None) -> None:  # noqa: ARG002 - click's signature
        """Without click's `Error:`, as everywhere here."""
        click.echo(self.message, err=True)


def _fetch(
    path: pathlib.Path,
    before: "KeySet | None",
    issuer: str | None,
    kubeconfig: pathlib.Path | None,
    given: str | None,
) -> "Fetched":
    """By the one way that is named, else by the issuer that is committed."""
    from hvn.keys import from_cluster, from_file, from_issuer
    from hvn.keys.source import Unavailable

    if sum(each is not None for each in (issuer, kubeconfig, given)) > 1:
        raise CannotRun("give one of --issuer, --kubeconfig and --file")
    if issuer is not None and not issuer.strip():
        raise CannotRun("--issuer is empty: the command that was to print it printed nothing. Give an https URL")
    try:
        if given is not None:
            return from_file.fetch(given)
        if kubeconfig is not None:
            return from_cluster.fetch(kubeconfig)
        asked = issuer or (before.issuer if before else None)
        if not asked:
            raise CannotRun(
                f"{printable(str(path), 200)} names no issuer to ask: give --issuer URL (`bin/cdktf output "
                f"aks-{path.stem}` shows it as oidc_issuer_url), --kubeconfig FILE or --file FILE"
            )
        return from_issuer.fetch(asked)
    except Unavailable as error:
        raise CannotRun(str(error)) from None


def _parse(fetched: "Fetched") -> "KeySet":
    from hvn.keys import keyset
    from hvn.topology import jwks

    try:
        return keyset.parse(fetched.content)
    except jwks.Unfit as error:
        raise CannotRun(f"what was fetched {error}: {error.fix}. Nothing was written") from None


def _committed(path: pathlib.Path, more: str = "") -> "KeySet | None":
    from hvn.keys import committed
    from hvn.topology import jwks

    try:
        return committed.read(path)
    except jwks.Unfit as error:
        raise CannotRun(f"{printable(str(path), 200)} {error}: {error.fix}{more}") from None


def _topology(file: pathlib.Path | None) -> Topology:
    """The topology, whatever is wrong with the key files: they are what is to be renewed."""
    with tempfile.TemporaryDirectory() as no_keys:
        return require(file, keys=pathlib.Path(no_keys)).topology


def _require_spokes(topology: Topology, names: tuple[str, ...]) -> None:
    for name in names:
        if name not in topology.spokes:
            stop("{}; {}".format(*unknown(name, topology.spokes, "spoke")))
        if name not in _with_keys(topology):
            stop(
                f"spoke {name} needs no keys: it has no cluster with apps and `vault_login: {{keys: pubkeys}}`. "
                f"Those that do: {', '.join(sorted(_with_keys(topology))) or 'none'}"
            )


def _with_keys(topology: Topology) -> set[str]:
    return {
        name
        for name, spoke in topology.spokes.items()
        if spoke.cluster and spoke.cluster.apps and spoke.cluster.vault_login.keys == "pubkeys"
    }


def _names(
    file: pathlib.Path | None,
    spokes: tuple[str, ...],
    issuer: str | None,
    kubeconfig: pathlib.Path | None,
    given: str | None,
) -> tuple[str, ...]:
    """Those that are named, else all whose keys are committed: nobody has fetched the others' yet."""
    topology = _topology(file)
    _require_spokes(topology, spokes)
    if len(spokes) != 1 and (issuer is not None or kubeconfig or given is not None):
        stop("--issuer, --kubeconfig and --file are of one cluster: name one spoke")
    return spokes or tuple(sorted(name for name in _with_keys(topology) if _key_file(file, name).exists()))


def _key_file(file: pathlib.Path | None, spoke: str) -> pathlib.Path:
    return (file or default_topology()).parent / "jwks" / f"{spoke}.json"


def _doubts(before: "KeySet | None", live: "KeySet", issuer: str | None, spoke: str) -> Iterator[str]:
    """What makes one doubt that these are the keys of the same cluster."""
    if before and not before.keys.keys() & live.keys.keys():
        yield (
            f"none of the committed keys is among those that were fetched: is this the cluster of {spoke}? A rotation "
            "keeps the old key for 24 hours; without it, the key was replaced twice or the cluster made anew"
        )
    if before and before.issuer and issuer and issuer != before.issuer:
        old, new = printable(before.issuer, 200), printable(issuer, 200)
        yield f"the issuer changes from {old} to {new}: Vault refuses tokens of the other from the deploy on"


def _counted(before: "KeySet | None", after: "KeySet") -> str:
    old = set(before.keys) if before else set()
    waiting = sum(key.first_missing is not None for key in after.keys.values())
    parts = [f"{len(after.keys)} keys", f"{len(set(after.keys) - old)} new", f"{len(old - set(after.keys))} removed"]
    if waiting:
        parts.append(f"{waiting} gone from the cluster, kept for 24 hours")
    return ", ".join(parts)
