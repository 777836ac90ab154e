"""Ask for a spoke of a new topology: its VNet, its cluster and its apps."""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import replace
from ipaddress import IPv4Network
from typing import Any

import click

from hvn.commands.init import azure_clusters, parsing
from hvn.commands.init.azure_network import Proposal
from hvn.commands.init.first_spoke import named
from hvn.commands.init.hub_range import divided, hvn_beside
from hvn.commands.init.new_topology import taken_ranges
from hvn.commands.init.questions import FREE, NEW, NO, SERVERS, SUBSCRIPTION, TYPES, UNKNOWN
from hvn.commands.init.request import Request, ranges_of
from hvn.commands.spoke.conversion import SHORT_ID, AnyClusterId, AnyVnetId, Cidrs, shown, valid
from hvn.commands.spoke.existing import PodCidr
from hvn.commands.spoke.new_app import FORM
from hvn.commands.spoke.node_pools import FORM as POOL
from hvn.commands.spoke.node_pools import NewPool, pools_of
from hvn.diagnostics.printable import printable
from hvn.diagnostics.suggest import closest
from hvn.topology.fields import Cidr

OWN = "own_subscription_id"
"""The answer with the subscription of one spoke after the first."""
HUB_SUBSCRIPTION = "Subscription id of the hub"
_CREATE = "new"


def name(request: Request) -> Request:
    """Ask for the name of the first spoke, and the size of its range. Return the request with the answer."""
    text = "Name of the first spoke; shop/21 also sets the size of its new range"
    spoke, size = parsing.ask(text, named(request))
    sizes = {"spoke_size": size} if size and "spoke_vnet_id" not in request.answers else {}
    return _with(request, {"spoke": spoke, **sizes})


def details(request: Request, proposal: Proposal, *, first: bool, used: Collection[str] = ()) -> Iterator[Request]:
    """Ask the other questions about a spoke, and yield the request after each answer. `used` has the ids of the VNets
    of other spokes in lower case."""
    answers = request.answers
    can_exist = answers["hub"] in ("existing", NO) or proposal.vnets
    if can_exist and "spoke_vnet_id" not in answers and "spoke_size" not in answers:
        text, default = _vnet_question(request, proposal, used)
        if vnet := click.prompt(text, default, value_proc=_vnet(proposal)):
            yield (request := _with(request, {"spoke_vnet_id": vnet}))
    if vnet := request.answers.get("spoke_vnet_id", ""):
        if "spoke_cidr" not in request.answers and not _find(proposal, vnet):
            yield (request := _asked(request, "spoke_cidr", "All ranges of this VNet, separated by commas", Cidrs))
    elif "pool_cidr" not in request.answers:
        yield (request := _pool(request))
    yield (request := _subscription(request, proposal, first=first))
    if first and answers["hub"] in NEW and "hub_subscription_id" not in answers:
        own = click.prompt(HUB_SUBSCRIPTION, request.answers["subscription_id"], value_proc=valid(SUBSCRIPTION.type))
        yield (request := _with(request, {"hub_subscription_id": own}))
    yield (request := _servers(request, proposal))
    yield (request := _cluster(request, proposal))
    yield (request := _nodes(request, proposal))
    if (request.cluster or "cluster_id" in request.answers) and not request.apps:
        spoke = request.answers["spoke"]
        text = f"Apps: {FORM}, separated by spaces, or none" if first else f"Apps of {spoke}, or none"
        app = f"{spoke}/web"
        yield replace(request, apps=click.prompt(text, app, value_proc=parsing.apps))


def _pool(request: Request) -> Request:
    """Ask for the range of all new spokes, and of a new hub without a range. Print how the range is divided."""
    with_hub = request.answers["hub"] in NEW and "hub_cidr" not in request.answers
    text = f"Range for {'the new hub and' if with_hub else 'all new'} spokes, or free for a proposal"
    whole = click.prompt(text, FREE, value_proc=parsing.unless(FREE, Cidr))
    if not (whole and with_hub):
        return _with(request, {"pool_cidr": str(whole or FREE)})
    pool, hub = divided(whole, taken_ranges(request))
    if hub is None:
        click.echo(f"{whole} has no room for the hub: the hub gets another range, unless you set --hub-cidr")
        return _with(request, {"pool_cidr": str(pool)})
    users = "a new HVN and later pools" if not request.shared and hvn_beside(pool, hub) else "later pools"
    click.echo(f"{pool} is for spokes, {hub} for the hub, and the rest of {whole} for {users}")
    return _with(request, {"pool_cidr": str(pool), "hub_cidr": str(hub)})


def _vnet_question(request: Request, proposal: Proposal, used: Collection[str]) -> tuple[str, str]:
    """Return the question for the VNet, and its default: the only VNet with the spoke's name in its name. `used` has
    the VNets of other spokes."""
    spoke = request.answers["spoke"]
    ids = {request.answers.get("hub_vnet_id", "").lower(), *used}
    free = [vnet.name for vnet in proposal.vnets if vnet.id.lower() not in ids and _find(proposal, vnet.name)]
    named = [one for one in free if spoke in one.lower().split("-")]
    known = "".join(f"{printable(one)}, " for one in free) if len(free) <= _LISTED else "its name, "
    return f"VNet of {spoke}: new, or existing as {known}{SHORT_ID}", named[0] if len(named) == 1 else _CREATE


_LISTED = 6
"""The largest number of VNets in a question."""


def _subscription(request: Request, proposal: Proposal, *, first: bool) -> Request:
    """Ask for the subscription of new spokes, and for more spokes for their own subscription. The first existing VNet
    shows the subscription, if the hub exists."""
    answers = request.answers
    vnet = answers.get("spoke_vnet_id", "")
    default = answers.get("subscription_id", "")
    if not default and vnet and answers["hub"] not in NEW:
        return _with(request, {"subscription_id": vnet.split("/")[2]})
    if not default:
        hub = answers.get("hub_vnet_id", "")
        proposed = next(iter(proposal.subscriptions), hub.split("/")[2] if hub else "")
        convert = valid(SUBSCRIPTION.type)
        if not proposed:
            return _with(request, {"subscription_id": parsing.ask(SUBSCRIPTION.text, convert)})
        return _with(request, {"subscription_id": click.prompt(SUBSCRIPTION.text, proposed, value_proc=convert)})
    if first or vnet or len(subscriptions(request, proposal)) == 1:
        return request
    own = click.prompt(f"Subscription of {answers['spoke']}", default, value_proc=valid(SUBSCRIPTION.type))
    return request if own == default else _with(request, {OWN: own})


def subscriptions(request: Request, proposal: Proposal) -> set[str]:
    """Return the known subscriptions of the network."""
    answers = request.answers
    ids = [answers.get("hub_vnet_id", ""), answers.get("spoke_vnet_id", ""), *(vnet.id for vnet in proposal.vnets)]
    known = {one.split("/")[2].lower() for one in ids if one}
    others = (answers.get("hub_subscription_id"), *(spoke.subscription_id for spoke in request.more))
    return known | {answers["subscription_id"], *(one for one in others if one)}


def _servers(request: Request, proposal: Proposal) -> Request:
    """Ask for the DNS servers of the first new VNet; later new VNets get the same servers."""
    answers = request.answers
    copied = any(not spoke.spoke_vnet_id for spoke in request.more)
    if answers["hub"] != "existing" or copied or "dns_server" in answers or "spoke_vnet_id" in answers:
        return request
    default = ",".join(proposal.spoke_servers) or NO
    return _with(request, {"dns_server": shown(click.prompt(SERVERS.text, default, value_proc=valid(SERVERS.type)))})


def _cluster(request: Request, proposal: Proposal) -> Request:
    if request.cluster or "cluster_id" in request.answers:
        return request
    if "spoke_vnet_id" not in request.answers:
        spoke = request.answers["spoke"]
        text = f"New private AKS cluster in {spoke}: y, n, or y with more node pools as {POOL}"
        wanted, pools = click.prompt(text, "y", value_proc=_new_cluster)
        return replace(request, cluster=wanted, node_pools=pools or request.node_pools)
    return _cluster_in_vnet(request, proposal)


def _new_cluster(text: str) -> tuple[bool, tuple[NewPool, ...]]:
    """Return whether the answer means a cluster, and its additional node pools."""
    word, _, pools = text.replace(",", " ").strip().partition(" ")
    if "=" in word:
        return True, pools_of(text.replace(",", " ").split())
    wanted = parsing.yes(word)
    return wanted, pools_of(pools.split()) if wanted else ()


def _cluster_in_vnet(request: Request, proposal: Proposal) -> Request:
    """Ask for a cluster in an existing VNet. The default is the only existing cluster of this VNet."""

    def convert(text: str) -> str:
        if text in (NO, _CREATE):
            return text
        cluster = azure_clusters.find(known, text)
        return cluster.id if cluster else str(valid(AnyClusterId)(text))

    vnet = next((one for one in proposal.vnets if one.id.lower() == request.answers["spoke_vnet_id"].lower()), None)
    known = azure_clusters.in_vnet(proposal.clusters, vnet) if vnet else []
    names = [printable(one.name) for one in known]
    text = f"AKS cluster in this VNet: new, none, or existing as {', '.join(names) or SHORT_ID}"
    # Files without any cluster may be the output of a query for other types.
    default = names[0] if len(names) == 1 else _CREATE if vnet and proposal.clusters and not names else ""
    cluster = click.prompt(text, default, value_proc=convert) if default else parsing.ask(text, convert)
    if cluster in (NO, _CREATE):
        return replace(request, cluster=cluster == _CREATE)
    found = azure_clusters.find(proposal.clusters, cluster)
    return _with(request, azure_clusters.facts(found, proposal.vnets) if found else {"cluster_id": cluster})


def _nodes(request: Request, proposal: Proposal) -> Request:
    """Ask for the ranges of the nodes in an existing VNet, and of the pods of an existing cluster."""
    answers = request.answers
    if "spoke_vnet_id" not in answers or "node_cidr" in answers:
        return request
    if "cluster_id" in answers:
        request = _asked(request, "node_cidr", "Ranges of the cluster's node subnets, separated by commas", Cidrs)
        text = "Overlay range of its pods, none, or unknown"
        if "pod_cidr" in answers:
            return request
        pods = click.prompt(text, UNKNOWN, value_proc=parsing.unless(NO, PodCidr))
        return _with(request, {"pod_cidr": str(pods)}) if pods else request
    if request.cluster and not _find(proposal, answers["spoke_vnet_id"]):
        if "subnet_in_use" not in answers:
            text, type_ = "Ranges of its other subnets, or unknown", TYPES["subnet_in_use"]
            request = _with(request, {"subnet_in_use": shown(click.prompt(text, UNKNOWN, value_proc=valid(type_)))})
        text = "Range of the nodes' new subnet, such as 10.41.8.0/22"
        return _with(request, {"node_cidr": str(parsing.ask(text, _free(request.answers)))})
    return request


def _free(answers: Mapping[str, str]) -> Callable[[str], IPv4Network]:
    """Return a function that converts a text to a range of the existing VNet, and refuses a range of its subnets."""
    used = () if answers["subnet_in_use"] == UNKNOWN else ranges_of(answers, "subnet_in_use")

    def convert(text: str) -> IPv4Network:
        cidr = parsing.inside(ranges_of(answers, "spoke_cidr"), "VNet")(text)
        if overlap := next((one for one in used if one.overlaps(cidr)), None):
            raise click.UsageError(f"{cidr} overlaps the existing subnet {overlap}")
        return cidr

    return convert


def _vnet(proposal: Proposal) -> Callable[[str], str]:
    """Return a function that converts an answer to the id of an existing VNet, or to an empty text for a new VNet."""

    def convert(text: str) -> str:
        if text == _CREATE:
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
