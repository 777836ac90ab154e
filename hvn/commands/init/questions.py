"""Collect the values of `hvn init` from options, or on a terminal from answers to questions."""

import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Any, Literal, get_args

import click
from pydantic import BeforeValidator

from hvn.check.hcp_regions import REGIONS, nearby
from hvn.commands.init import parsing, spoke_questions
from hvn.commands.init.azure_network import Proposal
from hvn.commands.init.ci import FORM, Ci
from hvn.commands.init.new_topology import STATES, ExistingVault, State
from hvn.commands.init.request import Request, ranges_of
from hvn.commands.spoke import conversion, existing
from hvn.commands.spoke.conversion import SHORT_ID, shown
from hvn.topology.fields import (
    Cidr,
    Ip,
    LogWorkspaceId,
    Region,
    SpokeName,
    TopologyName,
    Uuid,
    VaultNamespace,
    VmSize,
)
from hvn.topology.model import Vault
from hvn.topology.naming import aks_zone

NO = parsing.NO
FREE = "free"
UNKNOWN = conversion.UNKNOWN
TIERS = tuple[str, ...](get_args(Vault.model_fields["tier"].annotation))
"""The sizes of a Vault cluster."""
NEW = ("new", "no-firewall")
HUBS = (*NEW, "existing", NO)


@dataclass(frozen=True, slots=True)
class Question:
    """A value of the topology: the option, the type of the field, the question, and the proposed answer."""

    option: str
    type: Any
    text: str
    proposal: str = ""


NETWORK = (
    Question("name", TopologyName, "Name, the default prefix of resource names: 2 to 12 lower-case letters"),
    Question("tenant_id", Uuid, "Entra tenant id"),
    Question("subscription_id", Uuid, "Default subscription id of the spokes; each spoke can have its own"),
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
    Question("hub_vnet_id", conversion.AnyVnetId, f"Hub's VNet: {SHORT_ID}, or the resource id"),
    Question("hub_cidr", conversion.Cidrs, "Ranges of the hub's VNet, such as 10.0.0.0/22, 10.0.4.0/24"),
    Question("hub_runners_cidr", Cidr, "Range of the hub's existing subnet for Terraform's runners, inside {hub_cidr}"),
    Question("hub_firewall_ip", Ip | Literal["none"], "Private address of the firewall, or none"),
    Question(
        "hub_dns_zone_id",
        conversion.ZoneId | Literal["unknown"],
        f"Private DNS zone {{zone}}: {SHORT_ID}, the resource id, or unknown",
        UNKNOWN,
    ),
)
"""The facts about an existing hub."""
TIER = Question(
    "vault_tier", Literal[TIERS], f"Vault tier: dev (one node, for tests), {', '.join(TIERS[1:])}", "standard_small"
)
GATEWAY = Question(
    "gateway",
    Annotated[str, BeforeValidator(parsing.gateway)],
    "VPN or ExpressRoute gateway in the hub, also a planned one: vpn, express_route, both, yes (unknown type), or none",
    "yes",
)
CI = Question("ci", Ci | Literal["none"], f"Pipelines' login to Vault: {FORM.replace(chr(34), '')}, or none", NO)
SERVERS = Question(
    "dns_server", conversion.Ips | Literal["none"], "DNS servers of the spokes' VNets, separated by commas, or none", NO
)
OPTIONAL: dict[str, Any] = {"hub_subscription_id": Uuid, "hvn_cidr": Cidr, "hvn_region": Region, "pool_cidr": Cidr}
OPTIONAL |= {"vault_tier": Literal[TIERS], "logs": LogWorkspaceId, "node_size": VmSize, "spoke_size": int}
OPTIONAL |= {"existing_vault": ExistingVault | Literal["none"], "vault_namespace": VaultNamespace}
OPTIONAL |= {"spoke_vnet_id": conversion.AnyVnetId, "spoke_cidr": conversion.Cidrs, "pod_cidr": existing.PodCidr}
OPTIONAL |= {"cluster_id": conversion.AnyClusterId, "node_cidr": conversion.Cidrs, "spoke": SpokeName}
OPTIONAL |= {"gateway": GATEWAY.type, "dns_server": SERVERS.type, "ci": CI.type}
"""The options without a question."""
TYPES: Mapping[str, Any] = {question.option: question.type for question in (*NETWORK, *HUB)} | OPTIONAL


def explicit(options: Mapping[str, str | None]) -> Mapping[str, str]:
    """Return the options with one value that are on the command line. Raises `UsageError` for an invalid value."""
    return {
        name: shown(conversion.valid(type_, name)(value)) for name, type_ in TYPES.items() if (value := options[name])
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
        request = replace(
            request,
            on_premises=request.on_premises or request.shared.on_premises,
            naming={**({} if request.scheme else request.shared.naming), **request.naming},
        )
    request = _Dialog(request, proposal).run() if asks() else _unasked(request, proposal)
    omitted = [name for name in ("existing_vault", "ci", "dns_server") if request.answers.get(name) == NO]
    answers = {name: value for name, value in request.answers.items() if name not in omitted}
    request = replace(request, answers=answers, ask=False)
    _agree(request)
    return request


def asks() -> bool:
    """Return whether the command can ask questions."""
    return sys.stdin is not None and sys.stdin.isatty()


def _unasked(request: Request, proposal: Proposal) -> Request:
    answers = {"state": "local", "hub": "new", **proposal.answers, **request.answers}
    if answers["hub"] == "existing":
        answers = {**proposal.hub, **({"gateway": proposal.gateway} if proposal.gateway else {}), **answers}
    missing = [option for option in _required(answers) if option not in answers]
    if missing:
        hints = [
            f"\n  --{conversion.dashed(name)}: {proposal.unclear[name]}" for name in missing if name in proposal.unclear
        ]
        options = ", ".join(f"--{conversion.dashed(name)}" for name in missing)
        raise click.UsageError(f"without a terminal, init needs {options}{''.join(hints)}")
    if answers["hub"] == "existing":
        request = replace(request, on_premises=request.on_premises or proposal.on_premises)
    return replace(request, answers=answers)


def _required(answers: Mapping[str, str]) -> tuple[str, ...]:
    """Return the options that a new topology needs."""
    hub = HUB if answers.get("hub") == "existing" else ()
    return (*(question.option for question in (*NETWORK, *hub)), "spoke")


class Interrupted(click.Abort):
    """Raised if the person ends the questions. `request` has the answers so far."""

    def __init__(self, request: Request) -> None:
        super().__init__()
        # With all required answers, only --ask continues the questions.
        self.request = replace(request, ask="spoke" in request.answers)


class _Dialog:
    """The questions on a terminal. `request` has the answers so far."""

    def __init__(self, request: Request, proposal: Proposal) -> None:
        answers = {**proposal.answers, **request.answers}
        if "hub" not in request.answers:
            answers.pop("hub", None)  # the proposal is the default of the question
        self.request, self.proposal = replace(request, answers=answers), proposal
        # If all required options are on the command line, the command asks no questions.
        self.asks_all = request.ask or any(option not in {**proposal.hub, **answers} for option in _required(answers))

    def run(self) -> Request:
        """Ask all questions. Raises `Interrupted`."""
        try:
            self._ask(NETWORK)
            self._vault()
            if self.request.answers["hub"] == "existing":
                gateway = {"gateway": self.proposal.gateway} if self.proposal.gateway else {}
                answers = {**self.proposal.hub, **gateway, **self.request.answers}
                self.request = replace(self.request, answers=answers)
                self._ask(HUB)
            self._ranges()
            if "spoke" not in self.request.answers:
                self.asks_all = True
                self.request = spoke_questions.name(self.request)
            if self.asks_all:
                for answered in spoke_questions.details(self.request, self.proposal):
                    self.request = answered
            self._end()
        except click.Abort as abort:
            raise Interrupted(self.request) from abort.__context__
        return self.request

    def _answer(self, option: str, value: str) -> None:
        self.request = replace(self.request, answers={**self.request.answers, option: value})

    def _ask(self, questions: Sequence[Question]) -> None:
        for question in questions:
            if question.option not in self.request.answers:
                self.asks_all = True
                if question.option in self.proposal.unclear:
                    click.echo(self.proposal.unclear[question.option])
                default, text, convert = self._asked(question)
                answer = click.prompt(text, default, value_proc=convert) if default else parsing.ask(text, convert)
                self._answer(question.option, shown(answer))

    def _asked(self, question: Question) -> tuple[str, str, Callable[[str], object]]:
        """Return the default of a question, its text, and the function that checks the answer."""
        if question.option == "name":
            return question.proposal, question.text, _own_name(self.request)
        if question.option == "region":
            return question.proposal, question.text, parsing.region
        if question.option == "hvn_region":
            return question.proposal, question.text, parsing.hvn_region
        if question.option == "hub":
            return self.proposal.answers.get("hub", "new"), question.text, conversion.valid(question.type)
        if question.option == "hub_runners_cidr":
            answers = self.request.answers
            text = question.text.format(hub_cidr=answers["hub_cidr"])
            return question.proposal, text, parsing.inside(ranges_of(answers, "hub_cidr"))
        text = question.text.replace("{zone}", aks_zone(self.request.answers.get("region", "")))
        return question.proposal, text, conversion.valid(question.type)

    def _vault(self) -> None:
        answers, shared = self.request.answers, self.request.shared
        if self.asks_all and not shared:
            text = "Existing HVN and Vault cluster, as HVN-ID/CLUSTER-ID, or none"
            self._ask((Question("existing_vault", ExistingVault | Literal["none"], text, NO),))
            if self.request.answers["existing_vault"] == NO:
                self._ask((TIER,))
        if self.request.answers.get("existing_vault", NO) != NO:
            self._ask((Question("hvn_cidr", Cidr, "Range of the HVN"),))
        elif answers["region"] not in REGIONS and not shared:
            if "hvn_region" not in answers:
                click.echo(f"HCP creates no HVN in {answers['region']}, but in: {', '.join(REGIONS)}")
            text = "HCP region of the HVN; the default is nearby"
            self._ask((Question("hvn_region", Region, text, nearby(answers["region"])),))

    def _end(self) -> None:
        """Ask for the DNS servers and the login of the pipelines, which decides on the proposal for the namespace."""
        if not self.asks_all:
            return
        answers = self.request.answers
        if answers["hub"] == "existing" and "spoke_vnet_id" not in answers:
            self._ask((SERVERS,))
        self._ask((CI,))
        answers = self.request.answers
        if answers.get("existing_vault", NO) != NO:
            default = f"admin/{answers['name']}" if answers["ci"] != NO else "admin"
            self._ask((Question("vault_namespace", VaultNamespace, "Vault namespace of this network", default),))

    def _ranges(self) -> None:
        if not self.asks_all:
            return
        if not self.request.on_premises:
            text = f"On-premises ranges as NAME=RANGE, such as {parsing.SITES} osaka=10.2.0.0/16"
            known = self.proposal.on_premises if self.request.answers["hub"] == "existing" else {}
            proposed = parsing.sites_text(known) or NO
            self.request = replace(self.request, on_premises=click.prompt(text, proposed, value_proc=parsing.sites))
        if self.request.on_premises and self.request.answers["hub"] != NO:
            self._ask((GATEWAY,))
        if not self.request.in_use and not self.request.taken:
            text = "Other ranges in use, without names, such as 10.2.0.0/16, 10.3.0.0/16, or none"
            in_use = click.prompt(text, NO, value_proc=parsing.unless(NO, conversion.Cidrs))
            self.request = replace(self.request, in_use=tuple(in_use or ()))
        if "pool_cidr" not in self.request.answers:
            text = "Range for all new spokes, or free for a proposal"
            if pool := click.prompt(text, FREE, value_proc=parsing.unless(FREE, Cidr)):
                self._answer("pool_cidr", str(pool))


def _own_name(request: Request) -> Callable[[str], str]:
    """Return a function that refuses the name of the file of `--vault-of`: the names of resources would collide."""

    def convert(text: str) -> str:
        name: str = conversion.valid(TopologyName)(text)
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
        raise click.UsageError(f"--{conversion.dashed(facts[0])} needs --hub existing")
    if "hub_subscription_id" in request.answers and hub not in NEW:
        raise click.UsageError("--hub-subscription-id needs a new hub")
    if "existing_vault" in request.answers:
        if "hvn_cidr" not in request.answers:
            raise click.UsageError("--existing-vault needs --hvn-cidr, the range of the HVN")
        for name in ("hvn_region", "vault_tier"):
            if name in request.answers:
                raise click.UsageError(f"--{conversion.dashed(name)} needs a new Vault cluster")
    own = [name for name in ("existing_vault", "hvn_cidr", "hvn_region", "vault_tier") if name in request.answers]
    if own and request.shared:
        raise click.UsageError(
            f"--vault-of and --{conversion.dashed(own[0])} exclude each other: the other file has this value"
        )
    if request.gateway and hub == NO:
        raise click.UsageError("--gateway needs a hub")
    existing.require_agreement(request.answers, new_cluster=request.cluster)
    for name in ("spoke_size", "dns_server"):
        if name in request.answers and "spoke_vnet_id" in request.answers:
            raise click.UsageError(f"--{conversion.dashed(name)} needs a new VNet: omit --spoke-vnet-id")
    for option, value in (
        ("app", request.apps and "cluster_id" not in request.answers),
        ("admin-group", request.admin_groups),
        ("node-size", "node_size" in request.answers),
        ("node-pool", request.node_pools),
    ):
        if value and not request.cluster:
            raise click.UsageError(f"--{option} needs --cluster")
