"""Collect the values of `hvn init` from options, or on a terminal from answers to questions."""

import pathlib
import shlex
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, get_args

import click

from hvn.check.hcp_regions import PAIRS, REGIONS
from hvn.commands.init import parsing
from hvn.commands.init.azure_network import Proposal
from hvn.commands.init.new_topology import STATES, Ci, ExistingVault, Request, State, hub_cidrs
from hvn.commands.spoke.new_app import FORM
from hvn.topology.fields import (
    Cidr,
    Ip,
    LogWorkspaceId,
    PrivateDnsZoneId,
    Region,
    SpokeName,
    TopologyName,
    Uuid,
    VmSize,
    VnetId,
)
from hvn.topology.model import Vault

NO = parsing.NO
FREE = "free"
TIERS = tuple[str, ...](get_args(Vault.model_fields["tier"].annotation))
"""The sizes of a Vault cluster."""
PATTERNS = "vnet=vnet-{spoke}-prod resource_group=rg-{spoke}-prod"
HUBS = ("new", "no-firewall", "existing", NO)


@dataclass(frozen=True, slots=True)
class Question:
    """A value of the topology: the option, the type of the field, the question, and the proposed answer."""

    option: str
    type: Any
    text: str
    proposal: str = ""


NETWORK = (
    Question("name", TopologyName, "Name, the prefix of all resource names: 3 to 12 lower-case letters"),
    Question("tenant_id", Uuid, "Entra tenant id"),
    Question("subscription_id", Uuid, "Subscription id of the spokes (and of a new hub)"),
    Question("region", parsing.AzureRegion, "Azure region, such as japaneast"),
    Question("project_id", Uuid, "HCP project id, or any UUID until the first deploy"),
    Question("state", State, STATES, "local"),
    Question(
        "hub",
        Literal["new", "no-firewall", "existing", "none"],
        "Hub: new (with Azure Firewall), no-firewall (new), existing, or none",
        "new",
    ),
)
HUB = (
    Question("hub_vnet_id", VnetId, "Resource id of the hub's VNet"),
    Question("hub_cidr", parsing.Cidrs, "Ranges of the hub's VNet, such as 10.0.0.0/22, 10.0.4.0/24"),
    Question("hub_runners_cidr", Cidr, "Existing subnet of the hub for Terraform's runners, inside {hub_cidr}"),
    Question("hub_firewall_ip", Ip | Literal["none"], "Private address of the firewall, or none"),
    Question("hub_dns_zone_id", PrivateDnsZoneId, "Resource id of AKS' private DNS zone, privatelink.REGION.azmk8s.io"),
)
"""The facts about an existing hub."""
TIER = Question("vault_tier", Literal[TIERS], f"Vault tier: {', '.join(TIERS)}", "standard_small")
SPOKE = (Question("spoke", SpokeName, "Name of the first spoke"),)
OPTIONAL: dict[str, Any] = {"hub_subscription_id": Uuid, "hvn_cidr": Cidr, "hvn_region": Region, "pool_cidr": Cidr}
OPTIONAL |= {"vault_tier": Literal[TIERS], "logs": LogWorkspaceId, "ci": Ci, "node_size": VmSize}
OPTIONAL |= {"existing_vault": ExistingVault}
"""The options without a question."""
TYPES: Mapping[str, Any] = {question.option: question.type for question in (*NETWORK, *HUB, *SPOKE)} | OPTIONAL


def explicit(options: Mapping[str, str | None]) -> Mapping[str, str]:
    """Return the options with one value that are on the command line. Raises `UsageError` for an invalid value."""
    return {
        name: _shown(parsing.valid(type_, name)(value)) for name, type_ in TYPES.items() if (value := options[name])
    }


def complete(request: Request, proposal: Proposal) -> Request:
    """Return the request with all values of the topology: from options, then from the proposal. On a terminal, asks for
    missing values.

    Raises `UsageError` for a missing or conflicting option.
    """
    answers = dict(request.answers)
    if any(question.option in answers for question in HUB):
        answers.setdefault("hub", "existing")
    request = replace(request, answers=answers)
    if request.shared:
        # Explicit options and the resources in Azure take precedence over the other file.
        proposal = replace(proposal, answers={**request.shared.defaults, **proposal.answers})
        request = replace(request, on_premises=request.on_premises or request.shared.on_premises)
    request = _asked(request, proposal) if asks() else _unasked(request, proposal)
    _agree(request)
    return request


def asks() -> bool:
    """Return whether the command can ask questions."""
    return sys.stdin is not None and sys.stdin.isatty()


def _unasked(request: Request, proposal: Proposal) -> Request:
    answers = {"state": "local", "hub": "new", **proposal.answers, **request.answers}
    if answers["hub"] == "existing":
        answers = {**proposal.hub, **answers}
    questions = (*NETWORK, *SPOKE, *(HUB if answers["hub"] == "existing" else ()))
    missing = [question.option for question in questions if question.option not in answers]
    if missing:
        hints = [
            f"\n  --{parsing.dashed(name)}: {proposal.unclear[name]}" for name in missing if name in proposal.unclear
        ]
        options = ", ".join(f"--{parsing.dashed(name)}" for name in missing)
        raise click.UsageError(f"without a terminal, init needs {options}{''.join(hints)}")
    gateway = request.gateway or (answers["hub"] == "existing" and proposal.gateway)
    return replace(request, answers=answers, gateway=gateway)


class Interrupted(click.Abort):
    """Raised if the person ends the questions. `request` has the answers so far."""

    def __init__(self, request: Request) -> None:
        super().__init__()
        # Without the spoke's name, the next run asks for it, and so asks the remaining questions too.
        answers = {name: value for name, value in request.answers.items() if name != "spoke"}
        self.request = replace(request, answers=answers)


def _asked(request: Request, proposal: Proposal) -> Request:
    hub = request.answers.get("hub") or proposal.answers.get("hub", "new")
    answers = {**proposal.answers, **request.answers}
    if "hub" not in request.answers:
        answers.pop("hub", None)  # the proposal is the default of the question
    sites, gateway, cluster, apps = request.on_premises, request.gateway, request.cluster, request.apps
    naming = request.naming
    # If all required options are on the command line, the command asks no questions.
    required = (*NETWORK, *SPOKE, *(HUB if answers.get("hub") == "existing" else ()))
    known = {**proposal.hub, **answers}
    asked = any(question.option not in known for question in required)

    def ask(questions: Sequence[Question]) -> None:
        nonlocal asked
        for question in questions:
            if question.option not in answers:
                asked = True
                if question.option in proposal.unclear:
                    click.echo(proposal.unclear[question.option])
                default = hub if question.option == "hub" else question.proposal
                special: dict[str, Callable[[str], object]] = {"name": _own_name(request), "region": parsing.region}
                text = question.text
                if question.option == "hub_runners_cidr":
                    text = text.format(hub_cidr=answers["hub_cidr"])
                    special["hub_runners_cidr"] = parsing.inside(hub_cidrs(answers))
                convert = special.get(question.option) or parsing.valid(question.type)
                answers[question.option] = _shown(click.prompt(text, default=default or None, value_proc=convert))

    def so_far() -> Request:
        changed = replace(request, answers=answers, on_premises=sites, gateway=gateway, naming=naming)
        return replace(changed, cluster=cluster, apps=apps)

    try:
        ask(NETWORK)
        if asked and not request.shared and "existing_vault" not in answers:
            vault = click.prompt(
                "Existing HVN and Vault cluster, as HVN-ID/CLUSTER-ID, or none",
                NO,
                value_proc=parsing.unless(NO, ExistingVault),
            )
            answers |= {"existing_vault": vault} if vault else {}
            if not vault:
                ask((TIER,))
        if "existing_vault" in answers:
            ask((Question("hvn_cidr", Cidr, "Range of the HVN"),))
        if answers["region"] not in REGIONS and not request.shared and "existing_vault" not in answers:
            if "hvn_region" not in answers:
                click.echo(f"HCP creates no HVN in {answers['region']}, but in: {', '.join(REGIONS)}")
            ask((Question("hvn_region", Region, "HCP region of the HVN", PAIRS.get(answers["region"], "")),))
        if answers["hub"] == "existing":
            answers = {**proposal.hub, **answers}
            gateway = gateway or proposal.gateway
            ask(HUB)
        if asked and not sites:
            sites = click.prompt(
                f"On-premises ranges, such as {parsing.SITES} osaka=10.2.0.0/16", NO, value_proc=parsing.sites
            )
        if asked and sites and answers["hub"] != NO and not gateway:
            gateway = click.confirm("Does the hub have, or get, a VPN or ExpressRoute gateway?", default=True)
        if asked and "pool_cidr" not in answers:
            pool = click.prompt(
                "Range for all spokes, or free for a proposal", FREE, value_proc=parsing.unless(FREE, Cidr)
            )
            answers |= {"pool_cidr": str(pool)} if pool else {}
        ask(SPOKE)
        if asked and not cluster:
            cluster = click.confirm("A private AKS cluster in this spoke?", default=True)
        if asked and cluster and not apps:
            apps = click.prompt(
                f"Apps: {FORM}, separated by spaces, or none", f"{answers['spoke']}/web", value_proc=parsing.apps
            )
        if asked and not naming:
            naming = click.prompt(f"Own name patterns, such as {PATTERNS}, or none", NO, value_proc=parsing.patterns)
    except click.Abort as abort:
        raise Interrupted(so_far()) from abort.__context__
    return so_far()


def _shown(value: Any) -> str:
    return ",".join(map(str, value)) if isinstance(value, tuple) else str(value)


def _own_name(request: Request) -> Callable[[str], str]:
    """Return a function that refuses the name of the file of `--vault-of`: the names of resources would collide."""

    def convert(text: str) -> str:
        name: str = parsing.valid(TopologyName)(text)
        if request.shared and name == request.shared.name:
            raise click.UsageError(f"--name: {name} is the name in the file of --vault-of; choose another name")
        return name

    return convert


def _agree(request: Request) -> None:
    """Raise `UsageError` for an option without effect on this kind of hub, or that contradicts another option."""
    hub = request.answers["hub"]
    _own_name(request)(request.answers["name"])
    project = request.shared.defaults.get("project_id") if request.shared else None
    if project and request.answers["project_id"] != project:
        raise click.UsageError(
            f"--project-id: the HVN in the file of --vault-of is in the HCP project {project}; omit the option"
        )
    facts = [question.option for question in HUB if question.option in request.answers]
    if facts and hub != "existing":
        raise click.UsageError(f"--{parsing.dashed(facts[0])} needs --hub existing")
    if "hub_subscription_id" in request.answers and hub not in ("new", "no-firewall"):
        raise click.UsageError("--hub-subscription-id needs a new hub")
    if "existing_vault" in request.answers:
        if "hvn_cidr" not in request.answers:
            raise click.UsageError("--existing-vault needs --hvn-cidr, the range of the HVN")
        for name in ("hvn_region", "vault_tier"):
            if name in request.answers:
                raise click.UsageError(f"--{parsing.dashed(name)} needs a new Vault cluster")
    own = [name for name in ("existing_vault", "hvn_cidr", "hvn_region", "vault_tier") if name in request.answers]
    if own and request.shared:
        raise click.UsageError(
            f"--vault-of and --{parsing.dashed(own[0])} exclude each other: the other file has this value"
        )
    if request.gateway and hub == NO:
        raise click.UsageError("--gateway needs a hub")
    for option, value in (
        ("app", request.apps),
        ("admin-group", request.admin_groups),
        ("node-size", "node_size" in request.answers),
    ):
        if value and not request.cluster:
            raise click.UsageError(f"--{option} needs --cluster")


def command_line(
    request: Request, azure_files: Sequence[pathlib.Path], vault_of: pathlib.Path | None, spoke_vnet: str | None
) -> str:
    """Return the options that repeat the answers, in shell syntax."""
    words = [word for file in azure_files for word in ("--azure", str(file))]
    words += ["--vault-of", str(vault_of)] if vault_of else []
    words += ["--spoke-vnet-id", spoke_vnet] if spoke_vnet else []
    words += [word for name, value in request.answers.items() for word in (f"--{parsing.dashed(name)}", value)]
    words += [word for cidr in request.in_use for word in ("--in-use", str(cidr))]
    words += [
        word
        for site, cidrs in request.on_premises.items()
        for cidr in cidrs
        for word in ("--on-premises", f"{site}={cidr}")
    ]
    words += ["--gateway"] * request.gateway + ["--cluster"] * request.cluster
    for app in request.apps:
        path = f"={app.path}" if app.path else ""
        words += ["--app", f"{app.namespace}/{app.service_account}{path}"]
    words += [word for group in request.admin_groups for word in ("--admin-group", group)]
    for option, values in (("naming", request.naming), ("tag", request.tags)):
        words += [word for key, value in values.items() for word in (f"--{option}", f"{key}={value}")]
    return shlex.join(words)
