"""Ask for the first spoke of a new topology: its VNet, its cluster and its apps."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

import click

from hvn.commands.init import parsing
from hvn.commands.init.azure_network import Proposal
from hvn.commands.init.naming_scheme import EXAMPLE
from hvn.commands.init.request import Request
from hvn.commands.spoke.conversion import SHORT_ID, AnyClusterId, AnyVnetId, Cidrs, shown, valid
from hvn.commands.spoke.existing import PodCidr
from hvn.commands.spoke.new_app import FORM
from hvn.diagnostics.printable import printable
from hvn.diagnostics.suggest import closest
from hvn.topology.fields import Cidr

NEW = "new"
DOCS = "docs/how-to/use-your-own-names.md"


def name(request: Request) -> Request:
    """Ask for the name of the first spoke, and the size of its range. Return the request with the answer."""
    text = "Name of the first spoke; shop/21 also sets the size of its new range"
    spoke, size = parsing.ask(text, parsing.spoke)
    sizes = {"spoke_size": size} if size and "spoke_vnet_id" not in request.answers else {}
    return _with(request, {"spoke": spoke, **sizes})


def details(request: Request, proposal: Proposal) -> Iterator[Request]:
    """Ask the other questions about the first spoke, and yield the request after each answer."""
    answers = request.answers
    can_exist = answers["hub"] in ("existing", parsing.NO) or proposal.vnets
    if can_exist and "spoke_vnet_id" not in answers and "spoke_size" not in answers:
        names = ", or a name" if proposal.vnets else ""
        text = f"VNet of this spoke: new, or the existing VNet as {SHORT_ID}{names}"
        if vnet := click.prompt(text, NEW, value_proc=_vnet(proposal)):
            yield (request := _with(request, {"spoke_vnet_id": vnet}))
    vnet = request.answers.get("spoke_vnet_id", "")
    if vnet and "spoke_cidr" not in request.answers and not _find(proposal, vnet):
        yield (request := _asked(request, "spoke_cidr", "All ranges of this VNet, separated by commas", Cidrs))
    yield (request := _cluster(request))
    yield (request := _nodes(request, proposal))
    if (request.cluster or "cluster_id" in request.answers) and not request.apps:
        text, first = f"Apps: {FORM}, separated by spaces, or none", f"{request.answers['spoke']}/web"
        yield (request := replace(request, apps=click.prompt(text, first, value_proc=parsing.apps)))
    if not (request.naming or request.scheme):
        text = f"Name pattern of all Azure resources, such as {EXAMPLE}, or KIND=PATTERN for one kind ({DOCS}), or none"
        scheme, naming = click.prompt(text, parsing.NO, value_proc=parsing.patterns)
        yield replace(request, scheme=scheme, naming=naming)


def _cluster(request: Request) -> Request:
    if request.cluster or "cluster_id" in request.answers:
        return request
    if "spoke_vnet_id" not in request.answers:
        return replace(request, cluster=parsing.confirm("A private AKS cluster in this spoke?"))
    text = f"AKS cluster in this VNet: the existing cluster as {SHORT_ID}, new, or none"
    cluster = parsing.ask(text, _any_cluster)
    return replace(request, cluster=True) if cluster == NEW else _with(request, {"cluster_id": cluster})


def _any_cluster(text: str) -> str:
    """Return the id of an existing cluster, `new`, or an empty text for no cluster."""
    return "" if text == parsing.NO else NEW if text == NEW else str(valid(AnyClusterId)(text))


def _nodes(request: Request, proposal: Proposal) -> Request:
    """Ask for the ranges of the nodes in an existing VNet, and of the pods of an existing cluster."""
    answers = request.answers
    if "spoke_vnet_id" not in answers or "node_cidr" in answers:
        return request
    if "cluster_id" in answers:
        request = _asked(request, "node_cidr", "Ranges of the cluster's node subnets, separated by commas", Cidrs)
        text = "Overlay range of the pods; none if the cluster has no overlay, or unknown"
        pods = click.prompt(text, parsing.NO, value_proc=parsing.unless(parsing.NO, PodCidr))
        return _with(request, {"pod_cidr": str(pods)}) if pods else request
    if request.cluster and not _find(proposal, answers["spoke_vnet_id"]):
        return _asked(request, "node_cidr", "Free range of this VNet for the nodes", Cidr)
    return request


def _vnet(proposal: Proposal) -> Callable[[str], str]:
    """Return a function that converts an answer to the id of an existing VNet, or to an empty text for a new VNet."""

    def convert(text: str) -> str:
        if text == NEW:
            return ""
        if vnet := _find(proposal, text):
            return vnet
        names = {vnet.name.lower(): vnet.name for vnet in proposal.vnets}
        near = closest(text.lower(), names) if "/" not in text else ""
        if near and near != text.lower():
            raise click.UsageError(
                f"the --azure files contain no VNet {printable(text)}; did you mean {printable(names[near])}?"
            )
        return str(valid(AnyVnetId)(text))

    return convert


def _find(proposal: Proposal, text: str) -> str:
    """Return the id of the only VNet of the files with this name or id; an empty text without one."""
    ids = [vnet.id for vnet in proposal.vnets if text.lower() in (vnet.id.lower(), vnet.name.lower())]
    return ids[0] if len(ids) == 1 else ""


def _asked(request: Request, option: str, text: str, type_: Any) -> Request:
    return _with(request, {option: shown(parsing.ask(text, valid(type_)))})


def _with(request: Request, answers: Mapping[str, str]) -> Request:
    return replace(request, answers={**request.answers, **{name: value for name, value in answers.items() if value}})
