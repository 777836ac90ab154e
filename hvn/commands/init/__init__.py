"""`hvn init`: write a topology file for your own network."""

import os
import pathlib
import shlex
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from ipaddress import IPv4Network

import click

from hvn.check import load, other_file
from hvn.commands.init import azure_json, azure_network, ci, command_line, new_topology, parsing, questions, report
from hvn.commands.init.azure_json import Azure
from hvn.commands.init.azure_network import Proposal
from hvn.commands.init.azure_resources import Vnet
from hvn.commands.init.request import NoRange, Request, ranges_of
from hvn.commands.init.shared_vault import SharedVault, shared_vault
from hvn.commands.spoke import conversion, existing, node_pools
from hvn.commands.spoke.add import apps_of
from hvn.commands.spoke.conversion import SHORT_ID
from hvn.commands.spoke.new_app import FORM
from hvn.commands.spoke.new_spoke import VM_SIZE, Refused
from hvn.diagnostics.finding import Level
from hvn.diagnostics.printable import printable
from hvn.diagnostics.suggest import closest
from hvn.options import CONFIG, Choice, adapted, default_topology, require_loaded, stop
from hvn.printed import here
from hvn.topology.fields import Cidr, Uuid
from hvn.yamlfile import source

REPEATABLE = ("in_use", "on_premises", "cluster", "node_pools", "apps", "admin_groups", "scheme", "naming", "ask")
"""The options, besides `tags`, that `Request` has with their own types."""


def _ranges(_ctx: click.Context, _parameter: click.Parameter, values: Sequence[str]) -> tuple[IPv4Network, ...]:
    return tuple(conversion.valid(Cidr, "in_use")(value) for value in values)


def _pairs(_ctx: click.Context, parameter: click.Parameter, values: Sequence[str]) -> Mapping[str, str]:
    return parsing.pairs_of(parameter.opts[0].removeprefix("--"), values)


@click.command()
@click.argument("file", metavar="[FILE]", required=False, type=click.Path(path_type=pathlib.Path, readable=False))
@click.option(
    "--azure",
    "azure_files",
    multiple=True,
    type=click.Path(path_type=pathlib.Path, readable=False, allow_dash=True),
    metavar="FILE|-",
    help="Existing resources as JSON from the Azure CLI, repeatable.",
)
@click.option("--name", metavar="NAME", help="The prefix of all names.")
@click.option("--tenant-id", metavar="UUID", help="The Entra tenant.")
@click.option("--subscription-id", metavar="UUID", help="The spokes' default subscription.")
@click.option("--hub-subscription-id", metavar="UUID", help="A new hub's subscription.  [default: the spokes']")
@click.option("--region", metavar="REGION", help="The Azure region.")
@click.option("--project-id", metavar="UUID", help="The HCP project.")
@click.option("--state", metavar="BACKEND", help=f"{new_topology.STATES}.")
@click.option("--spoke", metavar="NAME", help="The first spoke's name.")
@click.option(
    "--spoke-size",
    type=click.IntRange(parsing.SIZES[0], parsing.SIZES[-1]),
    metavar="N",
    help="The prefix length of its new range.  [default: 22]",
)
@existing.options(f"ID|{SHORT_ID}|NAME", "An existing VNet; a name needs --azure.")
@click.option("--cluster", is_flag=True, help="Add a private AKS cluster.")
@click.option(
    "--app",
    "apps",
    multiple=True,
    metavar=FORM,
    callback=apps_of,
    help="An app with one secret, repeatable.  [default path: SPOKE/APP]",
)
@node_pools.options(VM_SIZE)
@click.option(
    "--admin-group",
    "admin_groups",
    multiple=True,
    metavar="UUID",
    callback=lambda _ctx, _parameter, values: tuple(map(conversion.valid(Uuid, "admin_group"), values)),
    help="An Entra group of administrators, repeatable.",
)
@click.option(
    "--naming",
    multiple=True,
    metavar="[KIND=]PATTERN",
    callback=lambda _ctx, _parameter, values: parsing.naming_of(values),
    help="A name pattern, {type}-{spoke}-prod for all kinds, repeatable.",
)
@click.option(
    "--tag", "tags", multiple=True, metavar="KEY=VALUE", callback=_pairs, help="A tag of all resources, repeatable."
)
@click.option("--logs", metavar="ID", help="The Log Analytics workspace for resource logs.")
@click.option("--ci", metavar="SYSTEM:VALUES", help=f"The pipelines' login to Vault: {ci.FORM}.")
@click.option("--in-use", multiple=True, metavar="CIDR", callback=_ranges, help="A range to avoid, repeatable.")
@click.option("--hvn-cidr", metavar="CIDR", help="The HVN's range.  [default: a free range]")
@click.option("--hvn-region", metavar="REGION", help="The HVN's HCP region.  [default: the Azure region]")
@click.option(
    "--vault-tier",
    type=Choice(questions.TIERS),
    metavar="TIER",
    help="The size of the Vault cluster.  [default: standard_small]",
)
@click.option(
    "--existing-vault",
    metavar="HVN-ID/CLUSTER-ID",
    help="Use this HVN and Vault cluster; needs --hvn-cidr.",
)
@click.option(
    "--vault-namespace",
    metavar="NAMESPACE",
    help="The Vault namespace.  [default: admin; admin/NAME with --ci or --vault-of]",
)
@click.option(
    "--vault-of",
    type=click.Path(path_type=pathlib.Path, readable=False),
    metavar="FILE",
    help="Share this file's HVN, Vault cluster, tenant, region, state, tags, logs, naming and on-premises ranges.",
)
@click.option("--pool-cidr", metavar="CIDR", help="The pool of the spokes' ranges.  [default: a free range]")
@click.option(
    "--on-premises",
    multiple=True,
    metavar="NAME=CIDR",
    callback=lambda _ctx, _parameter, values: parsing.sites_of(values),
    help="An on-premises range, repeatable.",
)
@click.option(
    "--hub",
    type=Choice(questions.HUBS),
    help="The hub; a new hub has Azure Firewall.  [default: new]",
)
@click.option(
    "--gateway",
    is_flag=False,
    flag_value="yes",
    type=Choice(parsing.GATEWAYS),
    metavar="[TYPE]",
    help="The hub's gateway: vpn, express_route, both or none.",
)
@click.option(
    "--dns-server",
    multiple=True,
    metavar="IP",
    help="A DNS server of a new spoke, repeatable.",
)
@click.option(
    "--hub-vnet-id",
    metavar=f"ID|{SHORT_ID}|NAME",
    help="An existing hub's VNet; a name needs --azure.",
)
@click.option("--hub-cidr", multiple=True, metavar="CIDR", help="A range of the existing hub, repeatable.")
@click.option("--hub-runners-cidr", metavar="CIDR", help="The runners' range in the existing hub.")
@click.option("--hub-firewall-ip", metavar="IP", help="The existing hub's firewall address, or none.")
@click.option("--hub-dns-zone-id", metavar=f"ID|{SHORT_ID}", help="The private DNS zone of AKS, or unknown.")
@click.option("--ask", is_flag=True, help="Also ask optional questions.")
def command(
    file: pathlib.Path | None, azure_files: tuple[pathlib.Path, ...], vault_of: pathlib.Path | None, **options: object
) -> None:
    """Write a topology file for your own network.

    Reads the files of --azure, asks for missing values, and proposes free ranges. Writes FILE, by default
    config/topology.yaml, and never replaces a file. Exit code 1 for an
    unknown format of an --azure file, or a topology with errors.

    \b
    Examples:
      hvn init
      az graph query -q @examples/azure.kql --first 1000 -o json > azure.json
      hvn init --azure azure.json
      hvn init network.yaml --in-use 10.0.0.0/16 --in-use 172.16.0.0/12
    """
    path = file or default_topology()
    _require_new(path)
    azure = _azure(azure_files)
    other, topology = require_loaded(vault_of) if vault_of else (None, None)
    shared = shared_vault(topology.topology) if topology else None
    request = _explicit(options, azure, shared)
    answers = request.answers

    def again(answered: Request) -> str:
        """Return the command that repeats the answers."""
        name = f" {shlex.quote(str(file))}" if file else ""
        words = command_line.command_line(answered, azure_files, vault_of)
        return here(path).command(f"bin/hvn init{name} {words}")

    try:
        request, proposal = _completed(request, azure)
    except click.Abort as error:
        so_far = error.request if isinstance(error, questions.Interrupted) else request
        click.echo(f"\ninit: nothing was written; to continue, run this command:\n{again(so_far)}", err=True)
        if isinstance(error.__context__, EOFError) or isinstance(error.__cause__, EOFError):
            sys.exit(2)
        raise
    request = _with_vnet(azure, request)
    try:
        schema = os.path.relpath(CONFIG / "topology.schema.json", path.parent)
        text = new_topology.text(request, schema)
    except (NoRange, Refused) as error:
        stop(f"init: {printable(str(error), 500)}")
    checked = adapted(load.check(source.parse(text, str(path)), path.parent / "jwks"), path)
    errors = (*checked.findings, *(other_file.findings(checked, other) if other else ()))
    if any(finding.severity is Level.ERROR for finding in errors):
        click.echo(f"{report.errors(errors)}\n\n{printable(str(path), 200)} was not written", err=True)
        if questions.asks():
            click.echo(f"\nto change an answer, run this command with other options:\n{again(request)}", err=True)
        sys.exit(1)
    _write(path, text)
    if not questions.asks():
        report.tell(proposal.read)
    report.report(path, checked, proposal, request, answers)
    if "existing_vault" not in request.answers:
        report.other_file(path, vault_of)
    if questions.asks():
        shown = printable(str(path), 200)
        click.echo(f"to change an answer, edit {shown}, or delete the file and run bin/hvn init again")


def _explicit(options: dict[str, object], azure: Azure | None, shared: SharedVault | None) -> Request:
    """Return the request of the command line. Raises `UsageError` for an invalid option."""
    for name in ("hub_cidr", "spoke_cidr", "node_cidr", "dns_server"):
        options[name] = ",".join(options[name])  # type: ignore[arg-type]  # the options are repeatable
    for place in ("hub", "spoke"):
        vnet = str(options[f"{place}_vnet_id"] or "")
        if vnet and "/" not in vnet:
            if azure is None:
                raise click.UsageError(f"--{place}-vnet-id: a name needs --azure; without it, write {SHORT_ID}")
            options[f"{place}_vnet_id"] = _vnet(azure, place, vnet).id
    options["scheme"], options["naming"] = options["naming"]  # type: ignore[misc]  # the callback returns both
    several = {name: options.pop(name) for name in (*REPEATABLE, "tags")}
    answers = questions.explicit(options)  # type: ignore[arg-type]  # the options with one value
    return Request(answers=answers, shared=shared, **several)  # type: ignore[arg-type]  # the options above, by their names


def _completed(request: Request, azure: Azure | None) -> tuple[Request, Proposal]:
    """Return the request with all values, and the proposals from Azure. Raises `Abort` if the person ends the
    questions."""
    answers = request.answers
    proposal = azure_network.propose(azure, answers) if azure else Proposal()
    if questions.asks():
        report.tell(proposal.read)
        if azure and "hub_vnet_id" in proposal.unclear and answers.get("hub", "existing") == "existing":
            answers, proposal = _with_hub(azure, answers, proposal)
    request = questions.complete(replace(request, answers=answers, taken=proposal.taken), proposal)
    planned = proposal.planned if request.answers["hub"] == "existing" else {}
    return replace(request, planned=planned), proposal


def _write(path: pathlib.Path, text: str) -> None:
    """Write the new file, or exit with 2. A failed write leaves no part of the file."""
    created = False
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8") as new:
            created = True
            new.write(text)
    except OSError as error:
        if created:
            path.unlink(missing_ok=True)
        stop(f"{printable(str(path), 200)} cannot be written: {error.strerror}")


def _require_new(path: pathlib.Path) -> None:
    """Exit with 2 if the file exists or cannot be written. A person answers questions only for a file that can be
    written."""
    shown = printable(str(path), 200)
    if path.is_dir():
        stop(f"{shown} is a directory: name a new file in it")
    if path.exists() or path.is_symlink():
        stop(f"{shown} exists: name another file, or move the existing file")
    folder = next(one for one in path.absolute().parents if one.exists())
    if not folder.is_dir():
        stop(f"{shown} cannot be written: {printable(str(folder), 200)} is not a folder")
    if not os.access(folder, os.W_OK | os.X_OK):
        stop(f"{shown} cannot be written: no permission to write to {printable(str(folder), 200)}")


def _azure(files: Sequence[pathlib.Path]) -> Azure | None:
    """Return the resources of the files; None without files. Exits with 1 for files with an unknown format."""
    try:
        return azure_json.read(files) if files else None
    except azure_json.Unreadable as error:
        click.echo(str(error), err=True)
        sys.exit(1)
    except OSError as error:
        stop(f"{printable(str(error.filename), 200)} cannot be read: {error.strerror}")


def _vnet(azure: Azure, option: str, name: str) -> Vnet:
    """Return the VNet with this name or id. Raises `UsageError` if no VNet, or several VNets, have the name."""
    vnets = azure_network.find(azure, name)
    if len(vnets) != 1:
        names = {vnet.name.lower(): vnet.name for vnet in azure.vnets.values()}
        near = closest(name.lower(), names)
        hint = f"; did you mean {printable(names[near])}?" if near else ""
        several = f": {', '.join(printable(vnet.id, 300) for vnet in vnets)}" if vnets else hint
        raise click.UsageError(
            f"--{option}-vnet-id: the --azure files contain {len(vnets) or 'no'} VNet{'s' * (len(vnets) > 1)} "
            f"{printable(name, 300)}{several}"
        )
    return vnets[0]


def _with_hub(azure: Azure, answers: Mapping[str, str], proposal: Proposal) -> tuple[Mapping[str, str], Proposal]:
    """Ask which VNet is the hub, and return the answers and the proposals for this hub."""
    click.echo(proposal.unclear["hub_vnet_id"])
    hub = click.prompt(
        "Name of the hub's VNet, or none",
        value_proc=lambda text: "" if text == parsing.NO else _vnet(azure, "hub", text).id,
    )
    if not hub:
        del proposal.unclear["hub_vnet_id"]
        proposal.answers["hub"] = "new"
        return answers, proposal
    answers = {**answers, "hub_vnet_id": hub}
    proposal = azure_network.propose(azure, answers)
    report.tell(line for line in proposal.read if line.startswith("hub: "))
    return answers, proposal


def _with_vnet(azure: Azure | None, request: Request) -> Request:
    """Return the request with the existing VNet of the first spoke. Without the VNet in the files from Azure, only a
    new hub needs a peering."""
    answers = request.answers
    if "spoke_vnet_id" not in answers:
        return request
    hub, zone = answers.get("hub_vnet_id", ""), answers.get("hub_dns_zone_id", "")
    vnet = next(iter(azure_network.find(azure, answers["spoke_vnet_id"])), None) if azure else None
    cidrs = ranges_of(answers, "spoke_cidr") or (vnet.cidrs if vnet else ())
    if not cidrs:
        raise click.UsageError("--spoke-vnet-id needs --spoke-cidr, all ranges of the VNet, or the VNet in --azure")
    spoke_vnet = existing.ExistingVnet(answers["spoke_vnet_id"], cidrs, hub_peering=answers["hub"] in questions.NEW)
    nodes = ranges_of(answers, "node_cidr")
    if azure and vnet:
        spoke_vnet = replace(
            spoke_vnet,
            hub_peering=answers["hub"] != parsing.NO and not (hub and azure_network.peered(hub, vnet, azure)),
            zone_link=not (zone and azure_network.linked(azure, zone, vnet.id)),
            subnets=azure_network.other_subnets(vnet, nodes if "cluster_id" in answers else ()),
        )
        free = azure_network.free_nodes(vnet) if request.cluster else None
        if request.cluster and (overlap := azure_network.subnet_overlap(vnet, nodes)):
            raise click.UsageError(f"--node-cidr: {overlap}")
        nodes = nodes or ((free,) if free else ())
    return replace(request, spoke_vnet=spoke_vnet, nodes=nodes, is_known=vnet is not None)
