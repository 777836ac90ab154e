"""Test properties of every topology with files that Hypothesis generates or damages."""

import re
from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import fields, is_dataclass
from ipaddress import IPv4Network
from itertools import combinations
from random import Random
from typing import Any

import click
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from hvn.diagnostics.finding import Level
from hvn.diagnostics.printable import is_visible
from hvn.diagnostics.text import render
from hvn.diagnostics.to_json import to_json
from hvn.kinds.aks.inputs import AksInputs
from hvn.kinds.hub.inputs import HubInputs
from hvn.kinds.network.inputs import NetworkInputs
from hvn.kinds.peering.inputs import PeeringInputs
from hvn.kinds.workspace import Workspace
from hvn.topology.naming import Resource, ResourceGroup
from tests.conftest import PROJECT
from tests.findings import ids, reported
from tests.kinds.access import assert_roles_get_their_own_secrets
from tests.strategies import Topology, changes, check, dump, peered_networks, topologies, warnings, workspaces
from tests.strategies.examples import examples
from tests.strategies.no_firewall import hub_of


@given(topologies())
def test_generated_topologies_are_valid(topology: Topology) -> None:
    findings = check(dump(topology)).findings
    # The case files of these rules test them: internet-route.yaml, nsg-cuts-cluster.yaml, and route-cuts.yaml.
    found, predicted = set(ids(findings)) - {"HVN457", "HVN526"}, warnings(topology)
    assert predicted <= found <= predicted | {"HVN429"}
    assert all(finding.severity is Level.WARNING for finding in findings)


@given(topologies(), st.randoms(use_true_random=False))
def test_the_order_of_keys_does_not_matter(topology: Topology, order: Random) -> None:
    assert list(workspaces(topology).items()) == list(workspaces(topology, order).items())


@given(changes())
def test_adding_changing_or_removing_a_spoke_changes_no_other_workspace(
    change: tuple[Topology, Topology, str],
) -> None:
    """In reverse order, a pair of topologies is the removal of a spoke. The network of a peered spoke has the VNet and
    the ranges of the changed spoke.
    """
    one, other, name = change
    of_spoke = {id_ for id_, workspace in workspaces(one).items() if workspace.spoke == name}
    assert (f"network-{name}" in of_spoke) == ("vnet_of" not in one["spokes"][name])
    assert all(id_.endswith(f"-{name}") for id_ in of_spoke)
    peered = peered_networks(one, name)
    rest, rest_of_other = (
        {
            id_: workspace
            for id_, workspace in workspaces(topology).items()
            if workspace.spoke != name and id_ not in peered
        }
        for topology in (one, other)
    )
    assert rest == rest_of_other
    assert "vault" in rest
    # A spoke is listed after the spokes that its peerings name.
    if not any("peerings" in spoke for topology in (one, other) for spoke in topology["spokes"].values()):
        assert list(rest) == list(rest_of_other)


# --- Ranges


@pytest.mark.slow
@given(topologies(min_spokes=2), st.data())
@settings(max_examples=examples(50))
def test_a_valid_file_has_no_overlapping_ranges_that_can_meet(topology: Topology, data: st.DataObject) -> None:
    """Replace some ranges with other ranges of the file, or with neighbouring ranges. Then the check refuses the file,
    or the ranges in the file do not overlap.
    """
    paths = [path for path, value in scalars(topology) if is_range(value)]
    for path in data.draw(st.lists(st.sampled_from(paths), min_size=1, max_size=2)):
        # Draw from the same spoke, the same top-level key, or the whole file. A draw from the whole file rarely selects
        # two ranges of one spoke.
        depth = data.draw(st.integers(0, 2))
        source = data.draw(st.sampled_from([other for other in paths if other[:depth] == path[:depth]]))
        cidr = IPv4Network(at(topology, source))
        topology = replaced(topology, path, str(data.draw(st.sampled_from([cidr, cidr.supernet(), *cidr.subnets()]))))
    loaded = check(dump(topology))
    if loaded.checked is None:
        assert loaded.findings
        return
    hvns = (topology["hvn"], *([topology["hvn"]["backup"]] if "backup" in topology["hvn"] else []))
    vnets = [IPv4Network(hvn["cidr"]) for hvn in hvns]
    hub = hub_of(topology)
    of_hub = hub["existing"].get("cidrs", ()) if "existing" in hub else [hub["cidr"], *hub.get("more_cidrs", ())]
    vnets += map(IPv4Network, of_hub)
    subnets_by_vnet: list[tuple[tuple[str, ...], list[str]]] = []
    destinations, clusters = vnets[: len(hvns)], []
    for workspace in loaded.checked.workspaces():
        match workspace.inputs:
            case HubInputs() as hub_inputs:
                subnets = [hub_inputs.runner_subnet.cidr]
                if firewall := hub_inputs.firewall:
                    subnets.append(firewall.subnet.cidr)
                    subnets += [firewall.management_subnet.cidr] if firewall.management_subnet else []
                subnets_by_vnet.append((hub_inputs.cidrs, subnets))
            case NetworkInputs() as network:
                vnets += map(IPv4Network, network.cidrs)
                subnets_by_vnet.append((network.cidrs, [subnet.cidr for subnet in network.subnets]))
            case PeeringInputs() as peering:
                destinations += (IPv4Network(route.destination) for route in peering.routes)
            case AksInputs() as cluster:
                both = (cluster.pod_cidr, cluster.service_cidr)
                clusters.append([IPv4Network(cidr) for cidr in both if cidr])
    assert_apart(vnets)
    assert_apart(destinations)  # HCP refuses a route inside another route, or inside the HVN
    for ranges in clusters:
        assert_apart([*ranges, *vnets])
    for cidrs, subnets in subnets_by_vnet:
        assert_apart([IPv4Network(subnet) for subnet in subnets])
        for subnet in subnets:
            assert any(IPv4Network(subnet).subnet_of(IPv4Network(cidr)) for cidr in cidrs)


def assert_apart(ranges: list[IPv4Network]) -> None:
    """Check that no two ranges overlap."""
    for one, other in combinations(ranges, 2):
        assert not one.overlaps(other)


# --- Names


@given(topologies(longest=True) | topologies())
def test_names_ids_and_policies(topology: Topology) -> None:
    """One test checks three properties, because deriving the workspaces takes most of the time."""
    built = workspaces(topology)
    assert_names_fit(built)
    assert_ids_are_unique(built)
    assert_roles_get_their_own_secrets(built, topology)


def assert_ids_are_unique(built: Mapping[str, Workspace]) -> None:
    """Check that long names with the same beginning get different HCP ids, which have at most 36 characters."""
    inputs = [one.inputs for one in built.values() if isinstance(one.inputs, PeeringInputs)]
    peerings = [one for each in inputs for one in (each.own, each.backup) if one]
    for hcp_ids in (
        [peering.peering_id for peering in peerings],
        [route.route_id for peering in peerings for route in peering.routes],
    ):
        assert len({id_.casefold() for id_ in hcp_ids}) == len(hcp_ids)
        assert all(re.fullmatch("[0-9A-Za-z][-0-9A-Za-z]{1,34}[0-9A-Za-z]", id_) for id_ in hcp_ids)


def names_in(value: Any, kind: str = "") -> Iterator[tuple[str, str]]:
    """Yield each text of the inputs with its kind: the type of a resource, or the name of the field."""
    if isinstance(value, Resource):
        yield value.type, value.name
        yield "group", value.group.name
    elif isinstance(value, ResourceGroup):
        yield "group", value.name
    elif is_dataclass(value):
        for field in fields(value):
            yield from names_in(getattr(value, field.name), f"{type(value).__name__}.{field.name}")
    elif isinstance(value, tuple):
        for item in value:
            yield from names_in(item, kind)
    elif isinstance(value, str):
        yield kind, value


def azure(longest: int) -> str:
    """Return the pattern of an Azure name with this maximum length."""
    return rf"[A-Za-z0-9]([A-Za-z0-9_.-]{{0,{longest - 2}}}[A-Za-z0-9_])?"


# hvn/topology/fields/resource_names.py. Names of at most 63 characters become labels of nodes.
LIMITS = {
    "group": azure(63),
    "Microsoft.Network/virtualNetworks": rf"(?=..){azure(63)}",
    "Microsoft.Network/routeTables": azure(80),
    "Microsoft.Network/privateDnsZones": r"(?=.{1,253}$)(\w([\w-]{0,61}\w)?\.)+[A-Za-z0-9-]{1,63}",
    "Microsoft.ContainerService/managedClusters": r"[A-Za-z0-9]([A-Za-z0-9_-]{0,61}[A-Za-z0-9])?",
    "Subnet.name": azure(80),  # HVN203 checks the node subnet
    "Route.name": azure(80),
    "Microsoft.Network/networkSecurityGroups": azure(80),
    "SecurityRule.name": azure(80),
    "HubInputs.dns_link": azure(80),
    "FirewallInputs.name": azure(80),
    "FirewallInputs.policy": azure(80),
    "FirewallInputs.public_ip": azure(80),
    "FirewallInputs.more_public_ips": azure(80),
    "FirewallInputs.management_ip": azure(80),
    "LogInputs.setting": r"[A-Za-z0-9-]{1,260}",
    "NetworkRule.name": r"[A-Za-z0-9]([A-Za-z0-9_ .()-]{0,78}[A-Za-z0-9_)])?",
    "ApplicationRule.name": r"[A-Za-z0-9]([A-Za-z0-9_ .()-]{0,78}[A-Za-z0-9_)])?",
    "NetworkInputs.peering_to_hub": azure(80),
    "NetworkInputs.peering_from_hub": azure(80),
    "NetworkInputs.dns_link": azure(80),
    "AksInputs.cluster": r"[A-Za-z0-9]([A-Za-z0-9_-]{0,61}[A-Za-z0-9])?",
    "AksInputs.identity": r"[A-Za-z0-9][A-Za-z0-9_-]{2,127}",
    "AksInputs.dns_prefix": r"[A-Za-z0-9]([A-Za-z0-9-]{0,52}[A-Za-z0-9])?",
    "AksInputs.node_group": azure(63),
    "CloudBackend.name": r"[A-Za-z0-9_-]{1,90}",
    "AppRole.name": r"[a-z0-9_.-]+",  # Vault stores this name in lower case
    "SecretsApp.name": r"[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?",
    "SyncedSecret.destination": r"[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?",
}


def assert_names_fit(built: Mapping[str, Workspace]) -> None:
    for workspace in built.values():
        for kind, name in names_in(workspace.inputs):
            assert kind not in LIMITS or re.fullmatch(LIMITS[kind], name), kind


def test_each_limit_applies_to_a_name() -> None:
    text = (PROJECT / "tests" / "topologies" / "everything.yaml").read_text(encoding="utf-8")
    topology = yaml.safe_load(text.replace("keys: pubkeys", "keys: issuer"))
    topology["state"] = {"backend": "cloud", "organization": "example-org"}
    kinds = {kind for workspace in workspaces(topology).values() for kind, _ in names_in(workspace.inputs)}
    assert LIMITS.keys() - kinds == set()


# --- Damaged files

NASTY: list[Any] = [
    *(
        "${path.cwd}",
        "%{ if true }",
        "#{TfToken[TOKEN.0]}",
        "\x1b]0;owned\x07",
        "\u202e",
        "\0",
        "\ud800",
        "a\nb",
        "x" * 5000,
    ),
    *(
        '"',
        "'",
        "`",
        "<new>",
        "[key]",
        "",
        " ",
        "null",
        "10.0.0.0/99",
        "10.0.0.1/8",
        "999.0.0.0/8",
        "::/0",
        "../..",
        "é",
        "*",
    ),
    *(True, False, None, 0, -1, 1.5, 10**14, 10**30, [], {}, [[]], {"<new>": {}}, ["${a}"]),
]
KEYS = ["<new>", "[key]", "existing", "local", "${a}", "\x1b[2J", "", "a.b", "é", "x" * 200]
# The test writes these values without quotes into the file.
TYPED = [
    "no",
    "010",
    "1:30",
    "0x1F",
    "~",
    "*a",
    "&a",
    "!!python/object:os.system",
    "%",
    "@",
    "- a",
    "a: b",
    "{",
    "]",
    "\t",
    "|",
    "#",
]


@pytest.mark.slow
@given(topologies(max_spokes=2), st.data())
@settings(max_examples=examples(50))
def test_a_damaged_file_has_findings_at_lines_and_raises_no_exception(topology: Topology, data: st.DataObject) -> None:
    path, _ = data.draw(st.sampled_from(list(scalars(topology))))
    damage = data.draw(st.sampled_from(("value", "key", "typed")))
    if damage == "value":
        text = dump(replaced(topology, path, data.draw(st.sampled_from(NASTY))))
    elif damage == "key":
        path = path[: data.draw(st.integers(1, len(path)))]
        text = dump(renamed(topology, path, data.draw(st.sampled_from(KEYS))))
    else:
        text = dump(replaced(topology, path, "PLACE")).replace('"PLACE"', data.draw(st.sampled_from(TYPED)))
    loaded = check(text)
    for finding in reported(loaded.findings):
        assert 1 <= finding.line <= finding.span.end_line <= text.count("\n") + 1
        assert finding.column >= 1
    assert all((finding.message, finding.fix) for finding in loaded.findings)
    assert (loaded.checked is None) == any(finding.severity is Level.ERROR for finding in loaded.findings)
    assert all(is_visible(line) for line in click.unstyle(render(loaded.findings)).split("\n"))
    assert to_json(loaded.findings).isascii()
    if loaded.checked:
        assert loaded.checked.workspaces()


# --- Plain data by path

Path = tuple[str | int, ...]


def scalars(value: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Yield all values except mappings and lists, with their paths."""
    if isinstance(value, dict | list):
        for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield from scalars(inner, (*path, key))
    else:
        yield path, value


def at(value: Any, path: Path) -> Any:
    for part in path:
        value = value[part]
    return value


def replaced(topology: Topology, path: Path, value: Any) -> Topology:
    """Return a copy with a different value at this path."""
    other = deepcopy(topology)
    at(other, path[:-1])[path[-1]] = value
    return other


def renamed(topology: Topology, path: Path, key: str) -> Topology:
    """Return a copy with a different key at this path. A path of a list item has no key, so the copy is unchanged."""
    other = deepcopy(topology)
    parent = at(other, path[:-1])
    if isinstance(parent, dict):
        parent[key] = parent.pop(path[-1])
    return other


def is_range(value: Any) -> bool:
    return isinstance(value, str) and re.fullmatch(r"\d+(\.\d+){3}/\d+", value) is not None
