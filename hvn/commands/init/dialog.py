"""Ask a person on a terminal for the missing values of `hvn init`."""

from collections.abc import Callable
from dataclasses import replace

import click

from hvn.check.hcp_regions import REGIONS, nearby
from hvn.commands.init import from_azure, more_spokes, parsing, spoke_questions
from hvn.commands.init.agreement import own_name, own_zone
from hvn.commands.init.azure_json import Azure
from hvn.commands.init.azure_network import Proposal, find, propose
from hvn.commands.init.naming_scheme import EXAMPLE
from hvn.commands.init.new_topology import ExistingVault, has_firewall
from hvn.commands.init.questions import (
    CI,
    GATEWAY,
    HUB,
    HUBS,
    KIND,
    NAME,
    NO,
    PLACE,
    PROJECT,
    ROUTE,
    STATE,
    TIERS,
    Question,
    required,
)
from hvn.commands.init.request import Request, ranges_of
from hvn.commands.spoke import conversion
from hvn.commands.spoke.conversion import AnyVnetId, shown, valid
from hvn.diagnostics.printable import printable
from hvn.topology.fields import Cidr, VaultNamespace
from hvn.topology.naming import aks_zone

DOCS = "docs/how-to/use-your-own-names.md"
VAULT = f"Vault cluster: new ({', '.join(TIERS[:2])}, {TIERS[4]}, ...), or existing as HVN-ID/CLUSTER-ID"


class Interrupted(click.Abort):
    """Raised if the person ends the questions. `request` has the answers so far."""

    def __init__(self, request: Request) -> None:
        super().__init__()
        # With all required answers, only --ask continues the questions.
        self.request = replace(request, ask=not _missing(request, {}))


def _missing(request: Request, known: dict[str, str]) -> bool:
    answers = {**known, **request.answers}
    return any(option not in answers for option in required(answers))


class Dialog:
    """The questions on a terminal. `request` has the answers so far."""

    def __init__(self, request: Request, proposal: Proposal, azure: Azure | None) -> None:
        answers = {**request.defaults, **proposal.answers, **request.answers}
        if "hub" not in request.answers:
            answers.pop("hub", None)  # the proposal is the default of the question
        self.request, self.proposal, self.azure = replace(request, answers=answers), proposal, azure
        # If all required options are on the command line, the command asks no questions.
        self.asks_all = request.ask or _missing(self.request, proposal.hub)

    def run(self) -> tuple[Request, Proposal]:
        """Ask all questions, and return the request, and the proposals for its hub. Raises `Interrupted`."""
        try:
            self._ask(NAME)
            self._hub()
            self._ask(*PLACE)
            if self.request.answers["hub"] == "existing":
                gateway = {"gateway": self.proposal.gateway} if self.proposal.gateway else {}
                answers = {**self.proposal.hub, **gateway, **self.request.answers}
                self.request = replace(self.request, answers=answers)
                self._ask(*HUB)
            self._ranges()
            self._spokes()
            self._names()
            self._ask(PROJECT)
            self._vault()
            self._ask(STATE)
            self._pipelines()
        except click.Abort as abort:
            raise Interrupted(replace(self.request, planned=self.proposal.planned)) from abort.__context__
        return self.request, self.proposal

    def _answer(self, **answers: str) -> None:
        self.request = replace(self.request, answers={**self.request.answers, **answers})

    def _ask(self, *questions: Question) -> None:
        for question in questions:
            if question.option not in self.request.answers:
                self.asks_all = True
                if question.option in self.proposal.unclear:
                    click.echo(self.proposal.unclear[question.option])
                text, convert = self._asked(question)
                default = question.proposal
                answer = click.prompt(text, default, value_proc=convert) if default else parsing.ask(text, convert)
                self._answer(**{question.option: shown(answer)})

    def _asked(self, question: Question) -> tuple[str, Callable[[str], object]]:
        """Return the text of a question, and the function that checks the answer."""
        answers = self.request.answers
        if question.option == "name":
            return question.text, own_name(self.request)
        if question.option == "region":
            return question.text, parsing.region
        if question.option == "hvn_region":
            return question.text, parsing.hvn_region
        if question.option == "hub_runners_cidr":
            text = question.text.format(hub_cidr=answers["hub_cidr"])
            return text, parsing.inside(ranges_of(answers, "hub_cidr"))
        if question.option == "hub_firewall_ip":
            return question.text, parsing.address_inside(ranges_of(answers, "hub_cidr"))
        if question.option == "state":
            return f"{question.text} (default SUBSCRIPTION: {answers['subscription_id']})", valid(question.type)
        if question.option == "hub_dns_zone_id":
            text = question.text.replace("{zone}", aks_zone(answers.get("region", "")))
            return text, own_zone(self.proposal.clusters)
        return question.text, valid(question.type)

    def _hub(self) -> None:
        """Ask for the kind of hub or the VNet of an existing hub, and propose the values of another VNet."""
        answers, unclear = self.request.answers, self.proposal.unclear
        if "hub" not in answers:
            self.asks_all = True
            if "hub_vnet_id" in unclear:
                click.echo(unclear["hub_vnet_id"])
            known = self.proposal.hub.get("hub_vnet_id", "")
            name = known.rpartition("/")[2]
            known = name if self.azure and len(find(self.azure, name)) == 1 else known
            default = known or ("" if "hub_vnet_id" in unclear else "new")
            hub = click.prompt(KIND.text, default, show_default=bool(default), value_proc=self._any_hub)
            self._answer(**({"hub": hub} if hub in HUBS else {"hub": "existing", "hub_vnet_id": hub}))
        answers = self.request.answers
        if answers["hub"] != "existing":
            unclear.pop("hub_vnet_id", None)
        elif self.azure and answers.get("hub_vnet_id", "") not in ("", self.proposal.hub.get("hub_vnet_id")):
            self.proposal = propose(self.azure, answers)
            self.request = replace(self.request, answers={**self.proposal.answers, **answers})
            for line in self.proposal.read:
                if line.startswith(("hub: ", "AKS zone: ")):
                    click.echo(line)

    def _any_hub(self, text: str) -> str:
        """Return the kind of hub of an answer, or the id of its VNet."""
        kind = text.lower()
        if kind == "existing" and (known := self.proposal.hub.get("hub_vnet_id")):
            return known
        if kind in HUBS:
            return kind
        if self.azure and "/" not in text:
            return from_azure.vnet(self.azure, text).id
        if "/" not in text:
            raise click.UsageError(f"{printable(text)} is not new, no-firewall, none or {conversion.SHORT_ID}")
        vnet: str = valid(AnyVnetId)(text)
        return next((one.id for one in find(self.azure, vnet)), vnet) if self.azure else vnet

    def _ranges(self) -> None:
        if not self.asks_all:
            return
        if not self.request.on_premises:
            text = f"On-premises ranges, such as {parsing.SITES} lab=10.2.0.0/16, or none"
            known = self.proposal.on_premises if self.request.answers["hub"] == "existing" else {}
            proposed = parsing.sites_text(known) or NO
            self.request = replace(self.request, on_premises=click.prompt(text, proposed, value_proc=parsing.sites))
        if self.request.on_premises and self.request.answers["hub"] != NO:
            self._ask(GATEWAY)
        if not self.request.in_use and not self.request.taken:
            text = "Other ranges in use, besides those asked here, or none"
            in_use = click.prompt(text, NO, value_proc=parsing.unless(NO, conversion.Cidrs))
            self.request = replace(self.request, in_use=tuple(in_use or ()))
        if has_firewall(self.request.answers) and not self.request.peered_hub:
            filtered = self.proposal.uses_firewall and self.request.answers["hub"] == "existing"
            self._ask(replace(ROUTE, proposal="via-hub") if filtered else ROUTE)

    def _spokes(self) -> None:
        """Ask for the first spoke, and for more spokes."""
        if "spoke" not in self.request.answers:
            self.asks_all = True
            self.request = spoke_questions.name(self.request)
        if not self.asks_all:
            return
        for answered in spoke_questions.details(self.request, self.proposal, first=True):
            self.request = answered
        while draft := more_spokes.draft(self.request):
            used = (self.request.answers.get("spoke_vnet_id"), *(spoke.spoke_vnet_id for spoke in self.request.more))
            ids = {vnet.lower() for vnet in used if vnet}
            for answered in spoke_questions.details(draft, self.proposal, first=False, used=ids):
                draft = answered
            self.request = more_spokes.with_draft(self.request, draft)

    def _names(self) -> None:
        if self.asks_all and not (self.request.naming or self.request.scheme):
            text = f"Name pattern of Azure resources, such as {EXAMPLE}, or KIND=PATTERN for one kind ({DOCS})"
            scheme, naming = click.prompt(text, parsing.DEFAULT, value_proc=parsing.patterns)
            self.request = replace(self.request, scheme=scheme, naming=naming)

    def _vault(self) -> None:
        answers, shared = self.request.answers, self.request.shared
        if self.asks_all and not shared and not answers.keys() & {"existing_vault", "vault_tier"}:
            vault = click.prompt(VAULT, "standard_small", value_proc=_any_vault)
            self._answer(**{"vault_tier" if vault in TIERS else "existing_vault": vault})
        if self.request.answers.get("existing_vault", NO) != NO:
            self._ask(Question("hvn_cidr", Cidr, "Range of the HVN"))
        elif answers["region"] not in REGIONS and not shared:
            text = f"HCP region of the HVN, because HCP has no {answers['region']}"
            self._ask(Question("hvn_region", None, text, nearby(answers["region"])))

    def _pipelines(self) -> None:
        """Ask for the login of the pipelines, which decides on the proposal for the namespace."""
        if not self.asks_all:
            return
        self._ask(CI)
        answers = self.request.answers
        if answers.get("existing_vault", NO) != NO:
            default = f"admin/{answers['name']}" if answers["ci"] != NO else "admin"
            self._ask(Question("vault_namespace", VaultNamespace, "Vault namespace of this network", default))


def _any_vault(text: str) -> str:
    """Return the tier of a new cluster, or the ids of an existing HVN and cluster."""
    if text in TIERS:
        return text
    if "/" not in text:
        raise click.UsageError(f"{printable(text)} is not {', '.join(TIERS)} or HVN-ID/CLUSTER-ID")
    vault: str = valid(ExistingVault)(text)
    return vault
