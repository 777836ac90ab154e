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
from hvn.commands.init import (
    agreement,
    azure_clusters,
    ci,
    command_line,
    from_azure,
    more_spokes,
    new_file,
    new_topology,
    parsing,
    questions,
    report,
)
from hvn.commands.init.azure_json import Azure
from hvn.commands.init.complete import completed
from hvn.commands.init.dialog import Interrupted
from hvn.commands.init.request import NoRange, Request
from hvn.commands.init.shared_vault import SharedVault, shared_vault
from hvn.commands.spoke import conversion, existing, node_pools
from hvn.commands.spoke.add import apps_of
from hvn.commands.spoke.conversion import SHORT_ID, dashed
from hvn.commands.spoke.new_app import FORM
from hvn.commands.spoke.new_spoke import VM_SIZE, Refused
from hvn.diagnostics.finding import Level
from hvn.diagnostics.printable import printable
from hvn.options import CONFIG, Choice, adapted, default_topology, require_loaded, stop
from hvn.printed import here
from hvn.topology.fields import Cidr, Uuid
from hvn.yamlfile import source

REPEATABLE = ("in_use", "on_premises", "cluster", "node_pools", "apps", "admin_groups", "scheme", "naming", "more")
"""The options, besides `tags` and `ask`, that `Request` has with their own types."""


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
@click.option("--pool-cidr", metavar="CIDR", help="The spokes' pool.  [default: a free range]")
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
@click.option("--hub-cidr", multiple=True, metavar="CIDR", help="The hub's range, repeatable if existing.")
@click.option("--hub-runners-cidr", metavar="CIDR", help="The runners' range in the existing hub.")
@click.option("--hub-firewall-ip", metavar="IP", help="The existing hub's firewall address, or none.")
@click.option("--hub-dns-zone-id", metavar=f"ID|{SHORT_ID}", help="The private DNS zone of AKS, or unknown.")
@click.option(
    "--vault-route",
    type=Choice(questions.ROUTES),
    help="The spokes' route to Vault.  [default: direct]",
)
@click.option(
    "--add-spoke",
    "more",
    multiple=True,
    metavar="ARGUMENTS",
    callback=more_spokes.parsed,
    help="Another spoke: the arguments of 'hvn spoke add', repeatable.",
)
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
    new_file.require_new(path)
    azure = from_azure.read(azure_files)
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
        request, proposal = completed(request, azure)
    except click.Abort as error:
        so_far = error.request if isinstance(error, Interrupted) else request
        click.echo(f"\ninit: nothing was written; to continue, run this command:\n{again(so_far)}", err=True)
        if isinstance(error.__context__, EOFError) or isinstance(error.__cause__, EOFError):
            sys.exit(2)
        raise
    repeat = again(request)
    retry = f"\n\nto change an answer, run this command with other options:\n{repeat}" if questions.asks() else ""
    try:
        agreement.require_agreement(request, proposal.clusters)
        request = from_azure.with_vnets(azure, request)
        schema = os.path.relpath(CONFIG / "topology.schema.json", path.parent)
        text = more_spokes.added(source.parse(new_topology.text(request, schema), str(path)), request).text
    except click.UsageError as error:
        raise click.UsageError(f"{error.message}{retry}") from None
    except (NoRange, Refused) as error:
        stop(f"init: {printable(str(error), 500)}{retry}")
    checked = adapted(load.check(source.parse(text, str(path)), path.parent / "jwks"), path)
    errors = (*checked.findings, *(other_file.findings(checked, other) if other else ()))
    if any(finding.severity is Level.ERROR for finding in errors):
        click.echo(f"{report.errors(errors, request)}\n\n{printable(str(path), 200)} was not written{retry}", err=True)
        sys.exit(1)
    new_file.write(path, text, retry)
    if not questions.asks():
        report.tell(proposal.read)
    report.report(path, checked, proposal, request, answers)
    if "existing_vault" not in request.answers:
        report.other_file(path, vault_of)
    if questions.asks():
        shown = printable(str(path), 200)
        click.echo(f"to change an answer, edit {shown}, or delete the file and run:\n{repeat}")


def _explicit(options: dict[str, object], azure: Azure | None, shared: SharedVault | None) -> Request:
    """Return the request of the command line. Raises `UsageError` for an invalid option."""
    for name in ("hub_cidr", "spoke_cidr", "subnet_in_use", "node_cidr", "dns_server"):
        options[name] = ",".join(options[name])  # type: ignore[arg-type]  # the options are repeatable
    for name in ("hub_vnet_id", "spoke_vnet_id"):
        options[name] = from_azure.vnet_id(azure, f"--{dashed(name)}", str(options[name] or ""))
    clusters = [*azure.clusters.values()] if azure else []
    options["cluster_id"] = azure_clusters.cluster_id(clusters, str(options["cluster_id"] or ""), "--cluster-id")
    options["scheme"], options["naming"] = options["naming"]  # type: ignore[misc]  # the callback returns both
    several = {name: options.pop(name) for name in (*REPEATABLE, "tags", "ask")}
    answers = questions.explicit(options)  # type: ignore[arg-type]  # the options with one value
    request = Request(answers=answers, shared=shared, **several)  # type: ignore[arg-type]  # the options, by their names
    more = (
        replace(one, spoke_vnet_id=from_azure.vnet_id(azure, "--add-spoke", one.spoke_vnet_id or "") or None)
        for one in request.more
    )
    return from_azure.with_clusters(azure, replace(request, more=tuple(more)))
