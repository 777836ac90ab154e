"""Print the result of `hvn init`: the values with their sources, the open tasks and the next commands."""

import pathlib
import re
import shlex
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import click

from hvn.check import load
from hvn.check.key_files import MISSING
from hvn.commands.init import azure_clusters, ci, parsing, questions
from hvn.commands.init.azure_network import Proposal
from hvn.commands.init.first_spoke import SPOKE
from hvn.commands.init.new_topology import ZONE_OWNERS, has_firewall
from hvn.commands.init.option_names import option_of
from hvn.commands.init.request import Request
from hvn.commands.init.shared_vault import SharedVault
from hvn.commands.init.spoke_questions import subscriptions
from hvn.commands.spoke.conversion import SHORT_ID, UNKNOWN, dashed
from hvn.commands.spoke.existing import open_tasks, unknown_pods
from hvn.commands.spoke.new_spoke import SMALLEST
from hvn.commands.spoke.node_pools import FORM as POOL
from hvn.diagnostics.finding import Finding, Level, Message
from hvn.diagnostics.message import Command
from hvn.diagnostics.printable import printable
from hvn.diagnostics.text import advice, kind, render, statement
from hvn.options import default_topology
from hvn.printed import here
from hvn.topology import address_plan
from hvn.topology.apps import apps
from hvn.topology.kinds_of_names import for_later
from hvn.topology.model import AzurermState, Naming, NewHub, Topology

_LINE = re.compile(r" \(line \d+\)")


def errors(findings: Sequence[Finding], request: Request) -> str:
    """Return the errors of a topology that is not written, at the options that cause them: the lines of the file do not
    exist."""
    more = {("spokes", spoke.name) for spoke in request.more}
    failed = [
        replace(
            finding,
            file="",
            span=None,
            workspace="--add-spoke" if finding.path[:2] in more else option_of(finding.path),
        )
        for finding in findings
        if finding.severity is Level.ERROR
    ]
    return _LINE.sub("", render(failed))


def tell(lines: Iterable[str]) -> None:
    for line in lines:
        click.echo(line)


def report(
    path: pathlib.Path, loaded: load.Loaded, proposal: Proposal, request: Request, explicit: Mapping[str, str]
) -> None:
    shown, existing_hub = printable(str(path), 200), request.answers["hub"] == "existing"
    click.echo(f"wrote {shown}; compare its ranges with the ranges that your organization uses")
    click.echo(f"proposed free ranges: {', '.join(_free_ranges(loaded, request)) or 'none'}")
    if request.answers["hub"] in questions.NEW:
        subscription = request.answers.get("hub_subscription_id") or request.answers["subscription_id"]
        click.echo(f"new hub: in the subscription {subscription}")
    tell(_from_azure(proposal, request, explicit))
    if request.shared:
        names = [*_from_other_file(request.shared, proposal, request, explicit)]
        click.echo(f"from the file of --vault-of: {', '.join(names) or 'HVN and Vault cluster'}")
    for task in _tasks(loaded, proposal, request):
        click.echo(f"to do: {task}")
    later = for_later(loaded.checked.topology) if loaded.checked else frozenset()
    for finding, others in _by_rule([*_with_issuers(loaded.findings, proposal, request, path)]):
        also = f" (also {', '.join(others)})" if others else ""
        click.echo(f"{kind(finding)}: {statement(finding)}; {advice(finding)}{also}")
    if later:
        click.echo(f"note: name patterns not used yet: {', '.join(sorted(later))}")
    if not request.shared and "existing_vault" not in request.answers:
        click.echo("note: the file creates an HVN and a Vault cluster, which cost money; --existing-vault uses yours")
    if has_firewall(request.answers) and "vault_route" not in request.answers:
        click.echo(
            "note: vault_route: direct bypasses the firewall: docs/how-to/choose-a-vault-route.md compares the routes"
        )
    for name in sorted(_alike(request.shared, request)) if request.shared else ():
        click.echo(f"note: naming.{name} has no {{topology}}: resources of equally named spokes get equal names")
    if not (request.naming or request.scheme):
        click.echo("note: Azure cannot rename resources: choose your name patterns (naming) before the first deploy")
    if request.answers["state"].startswith("azurerm:") and not _has_subscription(loaded):
        own = request.answers["subscription_id"]
        click.echo(f"note: the state's storage account is in {own}, unless you set state.subscription_id")
    if "ci" not in request.answers:
        has_apps = loaded.checked is not None and any(apps(loaded.checked.topology))
        kinds = "vault*, vso-* and secrets-*" if has_apps else "vault"
        click.echo(f"note: without pipelines, deploy {kinds} from a machine inside the network")
    if hints := [*_hints(request)]:
        click.echo(f"note: comments in {shown} show optional fields: {', '.join(hints)}")
    commands = here(path)
    route = "" if request.route == "direct" else f" --vault-route {request.route}"
    click.echo(f"next: {commands.command('bin/hvn rehearse')}")
    if loaded.checked and (size := _next_size(loaded.checked.topology)):
        own = " [--subscription-id UUID]" if len(subscriptions(request, proposal)) > 1 else ""
        cluster = f"--cluster [--node-pool {POOL}] --app NAMESPACE/SERVICE-ACCOUNT"
        click.echo(f"more spokes: {commands.command(f'bin/hvn spoke add NAME --size {size}{route}{own} {cluster}')}")
    if existing_hub:
        add = f"bin/hvn spoke add NAME --spoke-vnet-id {SHORT_ID} --spoke-cidr CIDR{route}"
        add += f" [--cluster-id {SHORT_ID} --node-cidr CIDR --app NAMESPACE/SERVICE-ACCOUNT]"
        click.echo(f"in an existing VNet: {commands.command(add)}")


def _from_azure(proposal: Proposal, request: Request, explicit: Mapping[str, str]) -> Iterator[str]:
    """Yield the values from the files of the Azure CLI. A person who answered questions gets their names only."""
    proposed = {**proposal.answers, **proposal.hub}
    same = [name for name in proposed if request.answers.get(name) == proposed[name] != UNKNOWN]
    used = [name for name in same if name not in explicit]
    values = {dashed(name): printable(proposed[name], 300) for name in used if name not in proposal.planned}
    if request.on_premises and request.on_premises == proposal.on_premises:
        values["on-premises"] = parsing.sites_text(request.on_premises)
    if not questions.asks():
        yield from (f"from Azure: {name} {value}" for name, value in values.items())
    elif values:
        yield f"from Azure: {', '.join(values)}"
    for name in used:
        if name in proposal.planned:
            yield f"proposed, not in the files: {dashed(name)} {printable(proposed[name], 300)}"


def _with_issuers(
    findings: Sequence[Finding], proposal: Proposal, request: Request, path: pathlib.Path
) -> Iterator[Finding]:
    """Yield the findings. A missing key file has the complete command, if the files contain the cluster's issuer."""
    clusters = {spoke.name: spoke.cluster_id for spoke in request.more}
    clusters[request.answers["spoke"]] = request.answers.get("cluster_id")
    for finding in findings:
        cluster_id = clusters.get(str(finding.path[1])) if finding.rule is MISSING else None
        cluster = azure_clusters.find(proposal.clusters, cluster_id) if cluster_id else None
        if cluster and cluster.issuer.url:
            pull = f"bin/hvn keys pull {finding.path[1]} --issuer {shlex.quote(cluster.issuer.url)}"
            finding = replace(finding, fix=Message("run {pull}", pull=Command(here(path).command(pull))))
        yield finding


def _by_rule(findings: Sequence[Finding]) -> Iterator[tuple[Finding, list[str]]]:
    """Yield the first finding of each rule, with the places of the rule's other findings."""
    rules = dict.fromkeys(finding.rule.id for finding in findings)
    for rule in rules:
        first, *others = (finding for finding in findings if finding.rule.id == rule)
        yield first, [".".join(map(str, finding.path)) for finding in others]


def _hints(request: Request) -> Iterator[str]:
    """Yield the optional fields that comments in the file show."""
    if "ci" not in request.answers:
        yield "vault.ci"
    if "vault_route" not in request.answers:
        yield "vault_route"
    if request.cluster and not request.node_pools:
        yield "node_pools"


def _tasks(loaded: load.Loaded, proposal: Proposal, request: Request) -> Iterator[str]:
    """Yield the open tasks of a person."""
    answers, name = request.answers, request.answers["spoke"]
    if task := ci.prefix_task(answers.get("ci", "")):
        yield f"vault.ci.github.subject_prefix is a guess: {task}"
    if answers.get("ci") == ci.LATER:
        yield "create the service connections of the pipelines, and set vault.ci (docs/how-to/ci-login.md)"
    topology = loaded.checked.topology if loaded.checked else None
    if topology and "/" in (namespace := topology.vault.namespace):
        above, _, own = namespace.rpartition("/")
        yield f"unless it exists, create the namespace: vault namespace create -namespace={above} {own}"
    if answers["hub"] == "existing":
        yield from proposal.todo
        if answers["hub_dns_zone_id"] == UNKNOWN:
            yield f"{ZONE_OWNERS}, and set hub.existing.private_dns_zone_id"
        spokes = topology.spokes.items() if topology else ()
        new = [key for key, spoke in spokes if spoke.cidr and not spoke.dns_servers]
        if proposal.spoke_servers and new:
            servers, name = ", ".join(map(printable, proposal.spoke_servers)), new[0]
            yield (
                f"{name} uses Azure DNS; for the DNS servers of the other VNets, set "
                f"spokes.{name}.dns_servers: [{servers}] (docs/how-to/on-premises-and-dns.md)"
            )
        if "existing_vault" in answers:
            yield (
                "if the hub is already peered with the HVN, write the peering's id from the HCP portal: "
                "hub.vault_peering: {existing_peering: PEERING-ID}"
            )
    tasks: dict[str, list[str]] = {}
    for spoke, task in _spoke_tasks(topology.hub if topology else None, proposal, request):
        tasks.setdefault(task.replace(f"spokes.{spoke}.", _PLACE), []).append(spoke)
    for task, (first, *others) in tasks.items():
        also = f" (also for {', '.join(others)})" if others else ""
        yield task.replace(_PLACE, f"spokes.{first}.") + also


_PLACE = "spokes.{}."


def _spoke_tasks(hub: object, proposal: Proposal, request: Request) -> Iterator[tuple[str, str]]:
    """Yield the open tasks for existing VNets and clusters, each with the name of its spoke."""
    answers = request.answers
    name, pods = answers["spoke"], answers.get("pod_cidr")
    spokes = [(name, request.spoke_vnet, answers.get("cluster_id"), request.is_known, pods)]
    spokes += [(one.name, one.known_vnet, one.cluster_id, one.is_known, one.pod_cidr) for one in request.more]
    for name, vnet, cluster, is_known, pods in spokes:
        facts = _cluster_facts(proposal, cluster)
        yield from ((name, task) for task in open_tasks(name, vnet, hub, cluster, is_known=is_known, **facts))
        if pods == UNKNOWN:
            yield name, unknown_pods(name)


def _cluster_facts(proposal: Proposal, cluster_id: str | None) -> Mapping[str, Any]:
    """Return whether an existing cluster has an OIDC issuer and Entra integration, if the files contain the cluster."""
    cluster = azure_clusters.find(proposal.clusters, cluster_id) if cluster_id else None
    if cluster is None:
        return {}
    # Only a cluster with Entra integration can have no local accounts.
    has_entra = cluster.entra is not None or cluster.only_entra
    return {"has_issuer": cluster.issuer.enabled is True, "has_entra": has_entra}


def _has_subscription(loaded: load.Loaded) -> bool:
    state = loaded.checked.topology.state if loaded.checked else None
    return isinstance(state, AzurermState) and state.subscription_id is not None


def _next_size(topology: Topology) -> int | None:
    """Return the prefix length for the next spoke with a cluster; None if the pool has no free block of this length."""
    pool = next(pool for pool in address_plan.pools(topology) if pool.name == "spokes")
    return next((size for size in range(SPOKE, SMALLEST + 1) if pool.next_free(size)), None)


def _from_other_file(
    shared: SharedVault, proposal: Proposal, request: Request, explicit: Mapping[str, str]
) -> Iterator[str]:
    """Yield the options that have the values of the other file."""
    yield from (
        name.replace("_", "-") for name in shared.defaults if name not in explicit and name not in proposal.answers
    )
    if shared.tags.keys() - request.tags.keys():
        yield "tag"
    if shared.logs and "logs" not in explicit:
        yield "logs"
    if shared.on_premises and request.on_premises == shared.on_premises:
        yield "on-premises"
    if shared.naming.items() & request.naming.items():
        yield "naming"


def _alike(shared: SharedVault, request: Request) -> Iterator[str]:
    """Yield the patterns of the other file that do not contain the file's name, in contrast to the defaults."""
    for name, pattern in shared.naming.items() & request.naming.items():
        if "{topology}" not in pattern and "{topology}" in str(Naming.model_fields[name].default):
            yield name


def _free_ranges(loaded: load.Loaded, request: Request) -> Iterator[str]:
    """Yield the ranges that `init` chose, by the field."""
    if loaded.checked is None:
        return
    topology = loaded.checked.topology
    if isinstance(topology.hub, NewHub) and "hub_cidr" not in request.answers:
        yield f"hub.cidr {topology.hub.cidr}"
    if "hvn_cidr" not in request.answers and not request.shared:
        yield f"hvn.cidr {topology.hvn.cidr}"
    if "pool_cidr" not in request.answers:
        yield f"address_pools.spokes {topology.address_pools['spokes']}"
    for name in (request.answers["spoke"], *(spoke.name for spoke in request.more)):
        if topology.spokes[name].cidr:
            yield f"spokes.{name}.cidr {topology.spokes[name].cidr}"


def other_file(path: pathlib.Path, vault_of: pathlib.Path | None) -> None:
    """Print the next commands for a second topology file, which shares the HVN of the first file or has its own HVN."""
    other = vault_of or default_topology()
    if not other.exists() or other.resolve() == path.resolve():
        return
    file, names = printable(str(path), 200), printable(str(other), 200)
    if not vault_of:
        click.echo(f"note: {file} has its own HVN and Vault cluster; --vault-of {names} would share both")
    click.echo(f"then: {here(path).command(f'bin/hvn check --with {shlex.quote(names)}')}")
