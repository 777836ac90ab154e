"""Complete the values of a new topology: from options, from the resources in Azure, and on a terminal from answers."""

from collections.abc import Mapping
from dataclasses import replace

import click

from hvn.commands.init import azure_network, questions, report
from hvn.commands.init.azure_json import Azure
from hvn.commands.init.azure_network import Proposal
from hvn.commands.init.dialog import Dialog
from hvn.commands.init.questions import FREE, HUB, NO
from hvn.commands.init.request import Request
from hvn.commands.spoke import conversion

_OMITTED = {"existing_vault": NO, "ci": NO, "dns_server": NO, "pool_cidr": FREE}
"""The answers for no value."""


def completed(request: Request, azure: Azure | None) -> tuple[Request, Proposal]:
    """Return the request with all values, and the proposals from Azure. On a terminal, asks for missing values.

    Raises `UsageError` for a missing option, and `Abort` if the person ends the questions.
    """
    answers = dict(request.answers)
    # A new hub also has a range.
    if any(question.option in answers for question in HUB if question.option != "hub_cidr"):
        answers.setdefault("hub", "existing")
    proposal = azure_network.propose(azure, request.answers) if azure else Proposal()
    request = replace(request, answers=answers, taken=proposal.taken)
    if request.shared:
        request = replace(
            request,
            on_premises=request.on_premises or request.shared.on_premises,
            naming={**({} if request.scheme else request.shared.naming), **request.naming},
        )
    if questions.asks():
        report.tell(proposal.read)
        request, proposal = Dialog(request, proposal, azure).run()
    else:
        request = _unasked(request, proposal)
    answers = {name: value for name, value in request.answers.items() if _OMITTED.get(name) != value}
    planned = proposal.planned if answers["hub"] == "existing" else {}
    return replace(request, answers=answers, ask=False, planned=planned), proposal


def _unasked(request: Request, proposal: Proposal) -> Request:
    answers = {"state": "local", "hub": "new", **request.defaults, **proposal.answers, **request.answers}
    if answers["hub"] == "existing":
        answers = {**proposal.hub, **({"gateway": proposal.gateway} if proposal.gateway else {}), **answers}
    if "spoke_vnet_id" in answers and answers["hub"] not in questions.NEW:
        answers.setdefault("subscription_id", answers["spoke_vnet_id"].split("/")[2])
    missing = [option for option in questions.required(answers) if option not in answers]
    if missing:
        raise click.UsageError(_without_terminal(missing, proposal.unclear))
    if answers["hub"] == "existing":
        request = replace(request, on_premises=request.on_premises or proposal.on_premises)
    return replace(request, answers=answers)


def _without_terminal(missing: list[str], unclear: Mapping[str, str]) -> str:
    """Return the message about missing options, with the reasons why the files do not contain their values."""
    hints = [f"\n  --{conversion.dashed(name)}: {unclear[name]}" for name in missing if name in unclear]
    options = ", ".join(f"--{conversion.dashed(name)}" for name in missing)
    return f"without a terminal, init needs {options}{''.join(hints)}"
