"""`hvn keys`: manage the public keys of the clusters."""

import os
import pathlib
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import wraps
from typing import TYPE_CHECKING, Any

import click

from hvn import completion, scratch
from hvn.check import key_files
from hvn.diagnostics.finding import Finding, Level
from hvn.diagnostics.message import plain_text
from hvn.diagnostics.printable import printable
from hvn.diagnostics.suggest import unknown
from hvn.diagnostics.text import render
from hvn.options import (
    DOCUMENTS,
    Group,
    as_data,
    default_topology,
    findings_format_option,
    require,
    stop,
    topology_option,
)
from hvn.printed import here
from hvn.topology.model import Topology

if TYPE_CHECKING:
    from hvn.keys.keyset import KeySet
    from hvn.keys.source import Fetched
    from hvn.topology.jwks import Jwks

# `keys pull` does not overwrite an invalid key file, such as a file with the conflict marks of a merge.
MERGED = "; delete the file first, because the command does not overwrite it"


@dataclass(frozen=True, slots=True)
class Source:
    """The source of a cluster's keys that the options select.

    If all options are None, the source is the issuer in the committed file.
    """

    issuer: str | None
    kubeconfig: pathlib.Path | None
    file: str | None

    def options(self) -> int:
        """Return the number of used options."""
        return sum(value is not None for value in (self.issuer, self.kubeconfig, self.file))


def source_options(function: Callable[..., None]) -> Callable[..., None]:
    """Return the command with the options that select the source. The command receives them as one argument
    `source`."""

    @click.option("--issuer", metavar="URL", help="Fetch the keys from this OIDC issuer.")
    @click.option(
        "--kubeconfig",
        type=click.Path(path_type=pathlib.Path, readable=False),
        metavar="FILE",
        help="Fetch the keys with kubectl and this kubeconfig, on a machine that reaches the API server.",
    )
    @click.option("--file", "key_file", metavar="FILE|-", help="Read the keys from a file, or - for standard input.")
    @wraps(function)
    def with_source(
        issuer: str | None, kubeconfig: pathlib.Path | None, key_file: str | None, **arguments: Any
    ) -> None:
        function(source=Source(issuer, kubeconfig, key_file), **arguments)

    return with_source


@click.group(cls=Group)
def command() -> None:
    """Manage the clusters' public keys that Vault needs."""


@command.command()
@click.argument("spokes", nargs=-1, metavar="[SPOKE]...", shell_complete=completion.spokes)
@source_options
@topology_option
def pull(spokes: tuple[str, ...], source: Source, file: pathlib.Path | None) -> None:
    """Write a cluster's public keys to jwks/SPOKE.json.

    jwks/ is beside the topology file. Without an option, the keys come from the issuer in the committed file. Without
    SPOKE, the command pulls the keys of all spokes with committed keys. A key that the cluster no longer has stays in
    the file for 24 hours, because the key's tokens are still valid. Exit code 2 if the command cannot fetch the keys of
    a cluster.

    \b
    Examples:
      hvn keys pull payments --issuer "$(az aks show -g GROUP -n CLUSTER --query oidcIssuerProfile.issuerUrl -o tsv)"
      kubectl get --raw /openid/v1/jwks | hvn keys pull payments --file -
    """
    topology = _topology(file)
    names = _names(topology, file, spokes, source)
    if not names:
        click.echo("no spoke has committed keys: name a spoke")
    failed = False
    for name in names:
        path = _key_file(file, name)
        try:
            _pull(topology, name, file, _fetch(path, _committed(path, MERGED), source))
        except click.ClickException as error:
            failed, text = True, here(file).text(error.message)
            click.echo(text if spokes == (name,) else f"{name}: {text}", err=True)
    sys.exit(2 if failed else 0)


def _pull(topology: Topology, spoke: str, file: pathlib.Path | None, fetched: "Fetched") -> None:
    from hvn.keys import committed
    from hvn.topology import jwks
    from hvn.yamlfile import replacing

    live, path = _parse(fetched), _key_file(file, spoke)
    shown = printable(str(path), 200)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with replacing.locked(path):
            before = _committed(path, MERGED)  # read the file again, because another `keys pull` may have written it
            after = committed.merge(before, live, issuer=fetched.issuer, way=fetched.way, now=datetime.now(UTC))
            if after is not before:
                _require_own(topology, spoke, path, jwks.parse(committed.to_json(after).encode()))
                committed.write(path, after)
    except (OSError, jwks.Unfit) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise CannotRun(f"{shown} cannot be written ({reason}); it is unchanged") from None
    for note in filter(None, (fetched.note, *_suspicions(before, live, fetched.issuer, spoke))):
        click.echo(f"note: {note}", err=True)
    if after is before:
        click.echo(f"{shown} has these keys: nothing written")
        return
    click.echo(f"{shown}: {_counted(before, after)}")
    deploy = here(file).command(f"bin/cdktf deploy vault-auth-{spoke}")
    click.echo(f"next: review the change, commit it, and run {deploy}")


def _require_own(topology: Topology, spoke: str, path: pathlib.Path, keys: "Jwks") -> None:
    """Raise `CannotRun` if the issuer does not belong to a cluster of the topology's region and tenant."""
    for finding in key_files.foreign(topology, {spoke: keys}, path.parent):
        raise CannotRun(f"{plain_text(finding.message)} ({finding.rule.id}). Nothing was written")


@command.command()
@click.argument("spokes", nargs=-1, metavar="[SPOKE]...", shell_complete=completion.spokes)
@source_options
@topology_option
@findings_format_option
def check(spokes: tuple[str, ...], source: Source, file: pathlib.Path | None, form: str) -> None:
    """Compare the committed keys with the clusters' live keys.

    Reports each difference and its effect. Without SPOKE, the command compares the keys of all spokes with committed
    keys; the live keys come from the issuers in the files. Exit code 1 if a difference is an error, 2 if the command
    cannot fetch the keys of a cluster.

    \b
    Example:
      hvn keys check --format github
    """
    names = _names(_topology(file), file, spokes, source)
    findings: list[Finding] = []
    failures = []
    for name in names:
        try:
            findings += _differences(name, _key_file(file, name), source)
        except click.ClickException as error:
            failures.append(f"{name}: {here(file).text(error.message)}")
    findings = [*map(here(file).finding, findings)]
    if form in DOCUMENTS:
        click.echo(as_data(findings, form))
    elif findings:
        click.echo(as_data(findings, form) if form == "github" else render(findings))
    elif form == "text" and not failures:
        equal = f"{', '.join(names)}: the committed keys are the live keys of the clusters"
        click.echo(equal if names else "no keys are committed")
    for failure in failures:
        click.echo(failure, err=True)
    sys.exit(2 if failures else any(finding.severity is Level.ERROR for finding in findings))


def _differences(name: str, path: pathlib.Path, source: Source) -> Iterator[Finding]:
    from hvn.keys.drift import compare

    before = _committed(path)
    fetched = _fetch(path, before, source)
    live = _parse(fetched)
    return compare(name, path, before, live, issuer=fetched.issuer, now=datetime.now(UTC))


class CannotRun(click.ClickException):
    """An error that ends a `hvn keys` command: click prints the message as one line on standard error and exits with
    2."""

    exit_code = 2

    def show(self, file: object = None) -> None:  # noqa: ARG002 - click's signature
        """Print the message without click's `Error:`."""
        click.echo(self.message, err=True)


def _fetch(path: pathlib.Path, before: "KeySet | None", source: Source) -> "Fetched":
    """Return the fetched keys from the selected source, by default from the committed issuer. Raises `CannotRun` if
    the fetch fails."""
    from hvn.keys import from_cluster, from_file, from_issuer
    from hvn.keys.source import Unavailable

    if source.options() > 1:
        raise CannotRun("use only one of --issuer, --kubeconfig and --file")
    if source.issuer is not None and not source.issuer.strip():
        raise CannotRun("--issuer is empty: the command that prints the URL returned an empty text. Pass an https URL")
    try:
        if source.file is not None:
            return from_file.fetch(source.file)
        if source.kubeconfig is not None:
            return from_cluster.fetch(source.kubeconfig)
        issuer = source.issuer or (before.issuer if before else None)
        if not issuer:
            raise CannotRun(
                f"{printable(str(path), 200)} has no issuer: pass --issuer URL ('bin/cdktf output aks-{path.stem}' "
                "shows it as oidc_issuer_url), --kubeconfig FILE or --file FILE"
            )
        return from_issuer.fetch(issuer)
    except Unavailable as error:
        raise CannotRun(str(error)) from None


def _parse(fetched: "Fetched") -> "KeySet":
    from hvn.keys import keyset
    from hvn.topology import jwks

    try:
        return keyset.parse(fetched.content)
    except jwks.Unfit as error:
        raise CannotRun(f"the fetched key set {error}: {error.fix}. Nothing was written") from None


def _committed(path: pathlib.Path, more: str = "") -> "KeySet | None":
    from hvn.keys import committed
    from hvn.topology import jwks

    try:
        return committed.read(path)
    except jwks.Unfit as error:
        raise CannotRun(f"{printable(str(path), 200)} {error}: {error.fix}{more}") from None


def _topology(file: pathlib.Path | None) -> Topology:
    """Return the topology without its key files, so that an invalid key file does not stop the command."""
    with scratch.folder("no-keys") as no_keys:
        return require(file, keys=no_keys).topology


def _require_spokes(topology: Topology, names: tuple[str, ...]) -> None:
    for name in names:
        if name not in topology.spokes:
            stop(plain_text("{}; {}".format(*unknown(name, topology.spokes, "spoke"))))
        if name not in _with_keys(topology):
            stop(
                f"spoke {name} does not need keys: only clusters with apps and vault_login: {{keys: pubkeys}} need "
                f"keys. These spokes need keys: {', '.join(sorted(_with_keys(topology))) or 'none'}"
            )


def _with_keys(topology: Topology) -> set[str]:
    return {
        name
        for name, spoke in topology.spokes.items()
        if spoke.cluster and spoke.cluster.apps and spoke.cluster.vault_login.keys == "pubkeys"
    }


def _names(topology: Topology, file: pathlib.Path | None, spokes: tuple[str, ...], source: Source) -> tuple[str, ...]:
    """Return the spokes that the command line names, by default all spokes with committed keys."""
    _require_spokes(topology, spokes)
    if len(spokes) != 1 and source.options():
        stop("--issuer, --kubeconfig and --file are for one cluster: name one spoke")
    return spokes or tuple(sorted(name for name in _with_keys(topology) if os.path.lexists(_key_file(file, name))))


def _key_file(file: pathlib.Path | None, spoke: str) -> pathlib.Path:
    return (file or default_topology()).parent / "jwks" / f"{spoke}.json"


def _suspicions(before: "KeySet | None", live: "KeySet", issuer: str | None, spoke: str) -> Iterator[str]:
    """Yield a note for each difference that indicates keys of another cluster."""
    if before and not before.keys.keys() & live.keys.keys():
        yield (
            f"the fetched keys do not include any committed key: check that the keys are from the cluster of "
            f"{spoke}. A rotation keeps the old key for 24 hours. If the keys are correct, AKS rotated them twice, or "
            f"somebody recreated the cluster"
        )
    if before and before.issuer and issuer and issuer != before.issuer:
        old, new = printable(before.issuer, 200), printable(issuer, 200)
        yield f"the issuer changes from {old} to {new}: after the deploy Vault rejects tokens of the old issuer"


def _counted(before: "KeySet | None", after: "KeySet") -> str:
    old = set(before.keys) if before else set()
    waiting = sum(key.first_missing is not None for key in after.keys.values())
    parts = [f"{len(after.keys)} keys", f"{len(set(after.keys) - old)} new", f"{len(old - set(after.keys))} removed"]
    if waiting:
        parts.append(f"{waiting} no longer in the cluster (kept for 24 hours)")
    return ", ".join(parts)
