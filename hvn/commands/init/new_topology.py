"""Write the text of a new topology file, with free ranges."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from ipaddress import IPv4Network, collapse_addresses
from typing import Annotated, Any

from pydantic import AfterValidator

from hvn.check.free_blocks import FreeBlocks
from hvn.commands.init import ci, first_spoke
from hvn.commands.init.hub_range import hvn_beside
from hvn.commands.init.naming_scheme import expanded
from hvn.commands.init.request import NoRange, Request, ranges_of
from hvn.commands.spoke import existing
from hvn.commands.spoke.conversion import UNKNOWN, UUID, subscription_of
from hvn.topology import unknown_ids
from hvn.topology.addresses import AKS_RESERVED
from hvn.topology.fields.marks import Text
from hvn.yamlfile.writing import OneLine, block

STATES = "State: local, azurerm:[SUBSCRIPTION/]RESOURCE-GROUP/STORAGE-ACCOUNT[/CONTAINER], or cloud:ORGANIZATION"
_BACKEND = Text(
    pattern=rf"(local|azurerm:({UUID}/)?[^/:]+/[^/:]+(/[^/:]+)?|cloud:[^/:]+)",
    kind="a backend",
    rule="local, azurerm:[SUBSCRIPTION/]RESOURCE-GROUP/STORAGE-ACCOUNT[/CONTAINER] or cloud:ORGANIZATION",
    example="local",
    why="this project supports only these backends",
    see="docs/how-to/state.md",
)
_EXAMPLES = {"azure": "azurerm:rg-terraform/stterraform", "cloud": "cloud:example-org"}


def _backend(value: str) -> str:
    """Return the backend. The message about an invalid backend has an example of the same kind."""
    backend, _, where = value.partition(":")
    if backend == "azurerm" and where.count("/") == 3:
        subscription_of(where)
    kind = next((kind for kind in _EXAMPLES if value.lower().startswith(kind)), "")
    return replace(_BACKEND, example=_EXAMPLES.get(kind, _BACKEND.example)).check(value)


State = Annotated[str, AfterValidator(_backend)]
_SLUG = "[0-9A-Za-z][0-9A-Za-z-]{1,34}[0-9A-Za-z]"
ExistingVault = Annotated[
    str,
    Text(
        pattern=f"{_SLUG}/{_SLUG}",
        kind="an HVN with a Vault cluster",
        rule="HVN-ID/CLUSTER-ID, ids of 3 to 36 letters, digits and hyphens",
        example="hvn-platform/vault-platform",
        why="the ids are in the HCP portal",
        see="docs/how-to/existing-network.md",
    ),
]

ZONE_OWNERS = "ask the network team for the id of the private DNS zone of AKS"
# The proposals for each range: the first free range of this length in the first network with such a range.
HUB = (22, ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"))
HVN = (20, ("172.25.16.0/20", "172.25.0.0/16", "172.16.0.0/12", "10.0.0.0/8", "192.168.0.0/16"))
POOLS = tuple((length, ("10.64.0.0/10", "10.0.0.0/8", "172.16.0.0/12")) for length in range(first_spoke.POOL, 21))
SHARED_HUB = "# hvn: allow HVN401 the topology file that creates the HVN also has the peering of this hub"


def text(request: Request, schema: str) -> str:
    """Return the text of the topology file. `schema` is the path of the JSON Schema from the file's folder.

    Raises `NoRange` if a network does not have a free range, and `new_spoke.Refused` if two apps would have the same
    name.
    """
    answers = request.answers
    sites = {name: [str(cidr) for cidr in cidrs] for name, cidrs in request.on_premises.items()}
    taken = [*taken_ranges(request), *(IPv4Network(answers[name]) for name in ("pool_cidr",) if name in answers)]
    in_use = _in_use(request)
    new_hub = _new_hub(request, taken) if answers["hub"] in ("new", "no-firewall") else {}
    pool = IPv4Network(answers["pool_cidr"]) if "pool_cidr" in answers else _free(POOLS, taken, "--pool-cidr")
    pools, transit = first_spoke.pools(request, pool)
    hub = _hub(request, new_hub, transit)
    hvn, vault = _vault(request, pool, taken)
    logs = _logs(request)
    naming = {**expanded(request.scheme, answers["hub"]), **request.naming}
    sections: tuple[Mapping[str, Any], ...] = (
        {"version": 1, "name": answers["name"], **({"naming": naming} if naming else {})},
        {"azure": _azure(request)},
        {"state": _state(request)},
        {"hvn": {**hvn, "project_id": answers["project_id"]}},
        {"vault": vault},
        {"address_pools": pools},
        *([{"on_premises": sites}] if sites else []),
        *([{"in_use": in_use}] if in_use else []),
        {"hub": hub},
        *([{"logs": logs}] if logs else []),
        {"spokes": {answers["spoke"]: first_spoke.fields(request, pool, taken)}},
    )
    head = (
        f"# yaml-language-server: $schema={schema}",
        "#",
        "# Every address is written out: this file is the address plan.",
    )
    parts = ["\n".join(block(section, 0, 2)) for section in sections]
    if request.peered_hub:
        parts = [part.replace("hub:", f"hub: {SHARED_HUB}", 1) if part.startswith("hub:") else part for part in parts]
    if "vault_route" not in answers:
        route = "    vault_route: direct"
        parts[-1] = parts[-1].replace(route, f"{route} # {_routes(answers)}", 1)
    parts = [_with_hints(part, answers) for part in parts]
    for field_, step in _reminders(request).items():
        parts = [part.replace(field_, f"{field_[: -len(field_.lstrip())]}# to do: {step}\n{field_}") for part in parts]
    return "\n".join(head) + "\n" + "\n\n".join(parts) + "\n"


def taken_ranges(request: Request) -> Iterator[IPv4Network]:
    """Yield the ranges that new networks must not overlap, except the pool."""
    yield from (*request.in_use, *request.taken, *AKS_RESERVED)
    yield from ranges_of(request.answers, "hvn_cidr")
    yield from ranges_of(request.answers, "hub_cidr")
    yield from request.shared.ranges if request.shared else ()
    yield from (cidr for vnet, _ in request.vnets for cidr in vnet.cidrs)
    yield from (cidr for cidrs in request.on_premises.values() for cidr in cidrs)


def _in_use(request: Request) -> list[str]:
    """Return the ranges from options and Azure that are outside the file's networks."""
    own = [*ranges_of(request.answers, "hub_cidr"), *(cidr for vnet, _ in request.vnets for cidr in vnet.cidrs)]
    own += [cidr for cidrs in request.on_premises.values() for cidr in cidrs]
    others = (cidr for cidr in (*request.in_use, *request.taken) if not any(cidr.subnet_of(one) for one in own))
    return [str(cidr) for cidr in collapse_addresses(others)]


def _with_hints(part: str, answers: Mapping[str, str]) -> str:
    """Return a section with comments about optional fields, for which there is no question."""
    if part.startswith("vault:") and answers.get("ci", ci.LATER) == ci.LATER:
        part += "\n  # ci: the login of your pipelines, see docs/how-to/ci-login.md. In Azure DevOps, first create"
        part += "\n  # the two service connections; skip ci until then"
    if "\n      node_pools:" in part:
        return part
    return re.sub(r"(\n +)(node_pool)(: \{vm_size: .*)", r"\1\2\3\1# \2s: {user\3} # a second node pool", part)


def _routes(answers: Mapping[str, str]) -> str:
    """Return the comment about the vault route of the first spoke. There is no question, because `direct` works with
    every hub; `via-hub` needs a firewall and a transit pool."""
    others = "or via-hub (through the firewall), or none" if has_firewall(answers) else "or none"
    return f"{others}: choose before the first deploy"


def has_firewall(answers: Mapping[str, str]) -> bool:
    """Return whether the hub has a firewall."""
    existing = answers["hub"] == "existing" and answers["hub_firewall_ip"] != "none"
    return existing or answers["hub"] == "new"


def _reminders(request: Request) -> Mapping[str, str]:
    """Return the open step of each field with a guessed value: the reminders stay in the file."""
    fields = {"hub_dns_zone_id": "    private_dns_zone_id:", "hub_runners_cidr": "    runners_cidr:"}
    reminders = {fields[option]: step for option, step in request.planned.items()}
    if request.answers.get("hub_dns_zone_id") == UNKNOWN:
        reminders[fields["hub_dns_zone_id"]] = f"{ZONE_OWNERS}; this id is a placeholder"
    if request.answers.get("subnet_in_use") == UNKNOWN:
        reminders["      vnet_id:"] = "subnets_in_use: [CIDR, CIDR], the ranges of its other subnets"
    if request.answers.get("pod_cidr") == UNKNOWN:
        reminders["        cluster_id:"] = f"pod_cidr, {existing.PODS}"
    if task := ci.prefix_task(request.answers.get("ci", "")):
        reminders["      subject_prefix:"] = f"{task}; this prefix is a guess"
    return reminders


def _vault(
    request: Request, pool: IPv4Network, taken: list[IPv4Network]
) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    """Return the sections `hvn`, without the project, and `vault`."""
    answers = request.answers
    namespace = _namespace(request)
    if shared := request.shared:
        return shared.hvn, {"cluster_id": shared.cluster_id, "existing": True, **namespace}
    hubs = ranges_of(answers, "hub_cidr")
    beside = hvn_beside(pool, hubs[0]) if hubs and answers["hub"] != "existing" else None
    cidr = answers.get("hvn_cidr") or str(_free((*([beside] if beside else []), HVN), taken, "--hvn-cidr"))
    if "existing_vault" in answers:
        hvn_id, _, cluster_id = answers["existing_vault"].partition("/")
        return {"id": hvn_id, "cidr": cidr, "existing": True}, {"cluster_id": cluster_id, "existing": True, **namespace}
    region = {"region": answers["hvn_region"]} if "hvn_region" in answers else {}
    tier = {"tier": answers["vault_tier"]} if "vault_tier" in answers else {}
    hvn = {"id": f"hvn-{answers['name']}", "cidr": cidr, **region}
    return hvn, {"cluster_id": f"vault-{answers['name']}", **tier, **namespace}


def _namespace(request: Request) -> Mapping[str, Any]:
    """Return the namespace and the pipelines' login. Without an answer, the namespace `admin`, which exists in every
    cluster, except for pipelines and for a second file."""
    answers = request.answers
    namespace = answers.get("vault_namespace", "")
    if not namespace and request.shared:
        # Each file needs its own namespace, because two files would write the same mounts. The CI of the other file is
        # an administrator of the other namespace, and so of the namespaces below it.
        above = request.shared.namespace.rpartition("/")[0] or request.shared.namespace
        namespace = f"{above}/{answers['name']}"
    elif not namespace and "ci" in answers:
        # The role `apply` is an administrator of its namespace.
        namespace = f"admin/{answers['name']}"
    login = {"ci": values} if (values := ci.fields(answers.get("ci", ci.LATER))) else {}
    return {**({"namespace": namespace} if namespace else {}), **login}


def _hub(request: Request, new_hub: Mapping[str, Any], transit: Sequence[str]) -> Mapping[str, Any] | str:
    """Return the section `hub`. The routes through the hub need transit pools."""
    kind = request.answers["hub"]
    if kind == "none":
        return kind
    hub = _existing_hub(request) if kind == "existing" else new_hub
    peering = OneLine(transit_pools=list(transit)) if transit else OneLine()
    return {**hub, **({} if request.peered_hub else {"vault_peering": peering})}


def _new_hub(request: Request, taken: list[IPv4Network]) -> Mapping[str, Any]:
    with_firewall = request.answers["hub"] == "new"
    cidr = next(iter(ranges_of(request.answers, "hub_cidr")), None) or _free((HUB,), taken, "--hub-cidr")
    # Without a firewall, the first /26 stays free for a later firewall.
    firewall = next(cidr.subnets(new_prefix=26))
    runners, for_gateway = list(cidr.subnets(new_prefix=27))[2:4]
    subscription = request.answers.get("hub_subscription_id")
    if subscription == request.answers["subscription_id"]:
        subscription = None
    type_ = {"type": request.gateway_type} if request.gateway_type else {}
    return {
        **({"subscription_id": subscription} if subscription else {}),
        "cidr": str(cidr),
        "firewall": {"cidr": str(firewall)} if with_firewall else "none",
        "runners": {"cidr": str(runners)} if with_firewall else {"cidr": str(runners), "nat_gateway": True},
        **({} if with_firewall else {"nat_gateway": OneLine()}),
        **({"gateway": {"cidr": str(for_gateway), **type_}} if request.gateway else {}),
    }


def _existing_hub(request: Request) -> Mapping[str, Any]:
    answers = request.answers
    zone = answers["hub_dns_zone_id"]
    return {
        "existing": {
            "vnet_id": answers["hub_vnet_id"],
            "cidrs": [str(cidr) for cidr in ranges_of(answers, "hub_cidr")],
            "firewall_private_ip": answers["hub_firewall_ip"],
            "private_dns_zone_id": unknown_ids.zone(answers["region"]) if zone == UNKNOWN else zone,
            "runners_cidr": answers["hub_runners_cidr"],
            **({"gateway": True} if request.gateway else {}),
            **({"gateway_type": request.gateway_type} if request.gateway_type else {}),
        }
    }


def _azure(request: Request) -> Mapping[str, Any]:
    tags = {**(request.shared.tags if request.shared else {}), **request.tags}
    ids = {key: request.answers[key] for key in ("tenant_id", "subscription_id", "region")}
    return ids | ({"tags": OneLine(tags)} if tags else {})


def _logs(request: Request) -> Mapping[str, str]:
    """Return the destinations of the resource logs. Azure accepts a storage account and an event hub only from the same
    region."""
    answers, shared = request.answers, request.shared
    if "logs" in answers:
        return {"workspace_id": answers["logs"]}
    if shared is None or answers["region"] == shared.defaults["region"]:
        return shared.logs if shared else {}
    return {key: value for key, value in shared.logs.items() if key == "workspace_id"}


def _state(request: Request) -> Mapping[str, str]:
    state = request.answers["state"]
    if request.shared and state == request.shared.defaults["state"]:
        return request.shared.state
    backend, _, where = state.partition(":")
    if backend == "azurerm":
        words = where.split("/")
        subscription = {"subscription_id": words.pop(0)} if len(words) > 2 and re.fullmatch(UUID, words[0]) else {}
        names = dict(zip(("resource_group", "storage_account", "container"), words, strict=False))
        return {"backend": backend, **subscription, **names}
    return {"backend": backend, "organization": where} if backend == "cloud" else {"backend": backend}


def _free(proposals: Iterable[tuple[int, Sequence[str]]], taken: list[IPv4Network], place: str) -> IPv4Network:
    """Return the first free range of the proposals, and add it to the taken ranges. `place` names the range in the
    error message."""
    for length, networks in proposals:
        for network in networks:
            if cidr := FreeBlocks((IPv4Network(network),), taken).take(length):
                taken.append(cidr)
                return cidr
    raise NoRange(
        f"the private address space lacks a free range for {place}: "
        f"{'set this option, or ' if place.startswith('--') else ''}correct --in-use and --on-premises"
    )
