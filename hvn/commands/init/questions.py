"""The values of `hvn init`: from options, or on a terminal from answers to questions."""

import shlex
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from ipaddress import IPv4Network
from typing import Any, Literal

import click
from pydantic import TypeAdapter, ValidationError

from hvn.commands.init.new_topology import STATES, Request, State
from hvn.commands.spoke.new_app import FORM, NewApp, new_app
from hvn.diagnostics.message import plain_text
from hvn.diagnostics.printable import printable
from hvn.topology.fields import (
    REFUSED,
    Cidr,
    Ip,
    PrivateDnsZoneId,
    Region,
    SiteName,
    SpokeName,
    TopologyName,
    Uuid,
    VnetId,
)

NO = "none"
HUBS = ("new", "no-firewall", "existing", NO)


@dataclass(frozen=True, slots=True)
class Question:
    """A value of the topology: the option, the type of the field, the question, and the proposed answer."""

    option: str
    type: Any
    text: str
    proposal: str = ""


NETWORK = (
    Question("name", TopologyName, "Name, the prefix of all resource names"),
    Question("tenant_id", Uuid, "Entra tenant id"),
    Question("subscription_id", Uuid, "Subscription id of hub and spokes"),
    Question("region", Region, "Azure region, such as japaneast"),
    Question("project_id", Uuid, "HCP project id"),
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
    Question("hub_cidr", Cidr, "Range of the hub's VNet"),
    Question("hub_runners_cidr", Cidr, "Range of the subnet in which Terraform runs"),
    Question("hub_firewall_ip", Ip | Literal["none"], "Private address of the firewall, or none"),
    Question("hub_dns_zone_id", PrivateDnsZoneId, "Resource id of AKS' private DNS zone, privatelink.REGION.azmk8s.io"),
)
"""The facts about an existing hub."""
SPOKE = (Question("spoke", SpokeName, "Name of the first spoke"),)
OPTIONAL = {"hub_subscription_id": Uuid, "hvn_cidr": Cidr, "pool_cidr": Cidr}
"""The options without a question."""


def complete(options: Mapping[str, str | None], request: Request) -> Request:
    """Return the request with all values of the topology. On a terminal, asks for missing values.

    `options` contains the options with one value, `request` contains the other options. Raises `UsageError` for an
    invalid, missing or conflicting option.
    """
    types = {question.option: question.type for question in (*NETWORK, *HUB, *SPOKE)} | OPTIONAL
    answers = {name: str(valid(type_, name)(value)) for name, type_ in types.items() if (value := options[name])}
    if any(question.option in answers for question in HUB):
        answers.setdefault("hub", "existing")
    if request.apps and not request.cluster:
        raise click.UsageError("an app runs in a cluster: add --cluster")
    request = replace(request, answers=answers)
    request = _asked(request) if asks() else _unasked(request)
    _agree(request)
    return request


def asks() -> bool:
    """Return whether the command can ask questions."""
    return sys.stdin.isatty()


def _unasked(request: Request) -> Request:
    answers = {"state": "local", "hub": "new", **request.answers}
    questions = (*NETWORK, *SPOKE, *(HUB if answers["hub"] == "existing" else ()))
    missing = [f"--{_dashed(question.option)}" for question in questions if question.option not in answers]
    if missing:
        raise click.UsageError(f"without a terminal, init needs {', '.join(missing)}")
    return replace(request, answers=answers)


def _asked(request: Request) -> Request:
    answers, asked = dict(request.answers), False
    sites, gateway, cluster, apps = request.on_premises, request.gateway, request.cluster, request.apps

    def ask(questions: Sequence[Question]) -> None:
        nonlocal asked
        for question in questions:
            if question.option not in answers:
                asked = True
                answers[question.option] = str(
                    click.prompt(question.text, default=question.proposal or None, value_proc=valid(question.type))
                )

    ask(NETWORK)
    ask(HUB if answers["hub"] == "existing" else ())
    # If all options are on the command line, the command asks no questions.
    if asked and not sites:
        sites = click.prompt(
            "On-premises ranges, such as tokyo=10.0.0.0/16,10.1.0.0/16 osaka=10.2.0.0/16", NO, value_proc=_sites
        )
        if sites and answers["hub"] != NO and not gateway:
            gateway = click.confirm("Does the hub have, or get, a VPN or ExpressRoute gateway?", default=True)
    ask(SPOKE)
    if asked and not cluster:
        cluster = click.confirm("A private AKS cluster in this spoke?", default=True)
    if asked and cluster and not apps:
        apps = click.prompt(f"First app: {FORM}, or none", f"{answers['spoke']}/web", value_proc=_apps)
    return replace(request, answers=answers, on_premises=sites, gateway=gateway, cluster=cluster, apps=apps)


def _agree(request: Request) -> None:
    """Raise `UsageError` for an option without effect on this kind of hub."""
    hub = request.answers["hub"]
    facts = [question.option for question in HUB if question.option in request.answers]
    if facts and hub != "existing":
        raise click.UsageError(f"--{_dashed(facts[0])} needs --hub existing")
    if "hub_subscription_id" in request.answers and hub not in ("new", "no-firewall"):
        raise click.UsageError("--hub-subscription-id needs a new hub")
    if request.gateway and hub == NO:
        raise click.UsageError("--gateway needs a hub")


def command_line(request: Request) -> str:
    """Return the options that repeat the answers, in shell syntax."""
    words = [word for name, value in request.answers.items() for word in (f"--{_dashed(name)}", value)]
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
    return shlex.join(words)


def valid(type_: Any, option: str = "") -> Callable[[str], Any]:
    """Return a function that converts a text to its value, and raises `UsageError` for an invalid text."""
    adapter = TypeAdapter(type_)

    def convert(text: str) -> Any:
        try:
            return adapter.validate_python(text)
        except ValidationError as error:
            name = f"--{_dashed(option)}: " if option else ""
            raise click.UsageError(name + _problem(text, error.errors()[0])) from None

    return convert


def _problem(text: str, error: Any) -> str:
    context = error.get("ctx", {})
    if error["type"] == REFUSED:
        return f"{plain_text(context['message'])}; {plain_text(context['fix'])}"
    return f"{printable(text)}: {error['msg']}"


def sites_of(values: Sequence[str]) -> Mapping[str, list[IPv4Network]]:
    """Return the ranges of each on-premises network. Raises `UsageError` if a value is not NAME=CIDR."""
    sites: dict[str, list[IPv4Network]] = {}
    for value in values:
        name, sign, cidr = value.partition("=")
        if not sign:
            raise click.UsageError(f"--on-premises: {printable(value)} is not NAME=CIDR")
        ranges = map(valid(Cidr, "on_premises"), cidr.split(","))
        sites.setdefault(valid(SiteName, "on_premises")(name), []).extend(ranges)
    return sites


def _sites(text: str) -> Mapping[str, list[IPv4Network]]:
    return {} if text == NO else sites_of(text.split())


def _apps(text: str) -> tuple[NewApp, ...]:
    try:
        return () if text == NO else (new_app(text),)
    except ValueError as error:
        raise click.UsageError(str(error)) from None


def _dashed(option: str) -> str:
    return option.replace("_", "-")
