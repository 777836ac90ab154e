"""The spokes of a new topology after the first spoke: their questions, and the option `--add-spoke`."""

import shlex
from collections.abc import Iterator, Sequence
from dataclasses import replace

import click
from click.core import ParameterSource

from hvn.check.shape import shape
from hvn.commands.init import parsing
from hvn.commands.init.first_spoke import named, size_in
from hvn.commands.init.request import Request
from hvn.commands.init.spoke_questions import OWN
from hvn.commands.spoke import existing
from hvn.commands.spoke.add import add, requested
from hvn.commands.spoke.addition import Request as Addition
from hvn.commands.spoke.addition import inserted
from hvn.commands.spoke.conversion import UNKNOWN, dashed
from hvn.commands.spoke.new_spoke import Refused
from hvn.yamlfile.source import Source, parse

OF_SPOKE = (
    "spoke",
    "spoke_size",
    "spoke_vnet_id",
    "spoke_cidr",
    "subnet_in_use",
    "cluster_id",
    "node_cidr",
    "pod_cidr",
    "node_size",
)
"""The answers about one spoke."""


def parsed(_context: click.Context, _parameter: click.Parameter, values: Sequence[str]) -> tuple[Addition, ...]:
    """Return the spokes of the option `--add-spoke`. Raises `UsageError` for invalid arguments."""
    return tuple(map(_parsed, values))


_WITHOUT_EFFECT = {"file": "--topology", "dry_run": "--dry-run", "form": "--format"}
"""The options of `hvn spoke add` that `--add-spoke` refuses."""


def _parsed(text: str) -> Addition:
    try:
        context = add.make_context("--add-spoke", shlex.split(text), help_option_names=[])
        with context:
            return requested(_arguments(context))
    except ValueError as error:
        raise click.UsageError(f"--add-spoke: {error}") from None
    except click.UsageError as error:
        raise click.UsageError(f"--add-spoke: {error.format_message()}") from None


def _arguments(context: click.Context) -> dict[str, object]:
    """Return the arguments of a spoke. Raises `UsageError` for an option without effect."""
    written = [name for name in context.params if context.get_parameter_source(name) is ParameterSource.COMMANDLINE]
    for name, option in _WITHOUT_EFFECT.items():
        if name in written:
            raise click.UsageError(f"{option} has no effect here")
    arguments = {name: value for name, value in context.params.items() if name not in _WITHOUT_EFFECT}
    return arguments if "vault_route" in written else {**arguments, "vault_route": ""}


def arguments_of(spoke: Addition) -> str:
    """Return the value of `--add-spoke` for a spoke."""
    return shlex.join([spoke.name, *_options(spoke)])


_SINGLE = (
    *("size", "pool", "subscription_id", "vault_route", "vnet_of", "node_size"),
    *("spoke_vnet_id", "cluster_id", "pod_cidr"),
)


def _options(spoke: Addition) -> Iterator[str]:
    for name in _SINGLE:
        if value := str(getattr(spoke, name) or ""):
            yield from (f"--{dashed(name)}", value)
    for name in ("spoke_cidr", "subnet_in_use", "node_cidr", "dns_server"):
        for value in getattr(spoke, name):
            yield from (f"--{dashed(name)}", value)
    if spoke.cluster and not spoke.vnet_of:
        yield "--cluster"
    for option, several in (("--node-pool", spoke.node_pools), ("--app", spoke.apps)):
        for one in several:
            yield from (option, str(one))


def draft(request: Request) -> Request | None:
    """Ask for the name of one more spoke. Return a request with only this spoke, or None for no more spoke."""

    def convert(text: str) -> tuple[str, str]:
        name, size = ("", "") if text == parsing.NO else named(request)(text)
        if name in names:
            raise click.UsageError(f"{name} is the name of a spoke above")
        return name, size

    names = {request.answers["spoke"], *(spoke.name for spoke in request.more)}
    text = f"Another spoke, such as lab/21 (default: /{size_in(request)}), or none"
    name, size = click.prompt(text, parsing.NO, value_proc=convert)
    if not name:
        return None
    common = {option: value for option, value in request.answers.items() if option not in OF_SPOKE}
    answers = {**common, "spoke": name, **({"spoke_size": size} if size else {})}
    return replace(request, answers=answers, cluster=False, apps=(), node_pools=())


def with_draft(request: Request, one: Request) -> Request:
    """Return the request with one more spoke. The answers for all spokes are in the other answers."""
    answers = dict(one.answers)
    own = {option: answers.pop(option, "") for option in (*OF_SPOKE, OWN)}
    servers = "" if "dns_server" in request.answers else answers.pop("dns_server", "")
    spoke = Addition(
        name=own["spoke"],
        size=0 if own["spoke_vnet_id"] else int(own["spoke_size"] or size_in(request)),
        pool=None,
        subscription_id=own[OWN] or None,
        vault_route="",
        vnet_of=None,
        cluster=one.cluster,
        node_size=None,
        node_pools=one.node_pools,
        apps=one.apps,
        spoke_vnet_id=own["spoke_vnet_id"] or None,
        spoke_cidr=_items(own["spoke_cidr"]),
        subnet_in_use=() if own["subnet_in_use"] == UNKNOWN else _items(own["subnet_in_use"]),
        cluster_id=own["cluster_id"] or None,
        node_cidr=_items(own["node_cidr"]),
        pod_cidr=own["pod_cidr"] or None,
        dns_server=() if servers == parsing.NO else _items(servers),
    )
    return replace(request, answers={**request.answers, **answers}, more=(*request.more, spoke))


def added(file: Source, request: Request) -> Source:
    """Return the file with the spokes after the first. A file with an invalid shape is unchanged. Raises `Refused`."""
    for spoke in request.more:
        topology = shape(file.data).topology
        if topology is None:
            return file
        if spoke.name in topology.spokes:
            raise Refused(f"spoke {spoke.name} exists: choose another name")
        new = inserted(file, topology, replace(spoke, vault_route=spoke.vault_route or request.route))
        if new is None:
            raise AssertionError(spoke.name)
        file = _with_task(new.source, spoke)
    return file


def _with_task(file: Source, spoke: Addition) -> Source:
    """Return the file with a reminder above the existing cluster, if its overlay range is unknown."""
    if spoke.pod_cidr != UNKNOWN or not spoke.cluster_id:
        return file
    line = f"        cluster_id: {existing.cluster_id(spoke.cluster_id)}"
    return parse(file.text.replace(line, f"        # to do: pod_cidr, {existing.PODS}\n{line}"), file.file)


def _items(text: str) -> tuple[str, ...]:
    return tuple(item for item in text.split(",") if item)
