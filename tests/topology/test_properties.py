"""What holds for every topology: tried on many, generated or damaged by Hypothesis."""

import re
from collections.abc import Iterator
from copy import deepcopy
from ipaddress import IPv4Network
from itertools import combinations
from random import Random
from typing import Any

import click
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hvn.report import render, to_json
from hvn.topology.inputs import AksInputs, HubInputs, NetworkInputs, PeeringInputs
from hvn.topology.printable import is_visible
from tests.strategies import Topology, check, dump, topologies, with_spoke, workspaces


@given(topologies())
def test_generated_topologies_are_valid(topology: Topology) -> None:
    assert check(dump(topology)).findings == ()


@given(topologies(), st.randoms(use_true_random=False))
def test_the_order_of_keys_does_not_matter(topology: Topology, order: Random) -> None:
    assert list(workspaces(topology).items()) == list(workspaces(topology, order).items())


@given(topologies(min_spokes=1), st.data())
def test_a_spoke_that_comes_goes_or_changes_leaves_all_other_workspaces_alone(
    topology: Topology, data: st.DataObject
) -> None:
    name = data.draw(st.sampled_from(sorted(topology["spokes"])))
    changed = {**topology["spokes"][name], "vault_path": "none"}
    changed.pop("cluster", None)
    before = workspaces(topology)
    mine = {each.id for each in before.values() if each.spoke == name}
    assert mine
    for other in (with_spoke(topology, name, None), with_spoke(topology, name, changed)):
        after = workspaces(other)
        rest = {id_: each for id_, each in before.items() if id_ not in mine}
        assert {id_: each for id_, each in after.items() if each.spoke != name} == rest


# --- Ranges


@pytest.mark.slow
@given(topologies(min_spokes=2), st.data())
@settings(max_examples=300)
def test_what_passes_the_check_has_no_overlapping_ranges_that_can_meet(topology: Topology, data: st.DataObject) -> None:
    """Some ranges are replaced by others of the file, or by their neighbourhood: refused, or all are apart."""
    paths = [path for path, value in scalars(topology) if is_range(value)]
    for path in data.draw(st.lists(st.sampled_from(paths), min_size=1, max_size=2)):
        # Of the same spoke, of any spoke, of anything: near ones meet more often.
        share = data.draw(st.integers(0, 2))
        taken = data.draw(st.sampled_from([other for other in paths if other[:share] == path[:share]]))
        cidr = IPv4Network(at(topology, taken))
        topology = replaced(topology, path, str(data.draw(st.sampled_from([cidr, cidr.supernet(), *cidr.subnets()]))))
    loaded = check(dump(topology))
    if loaded.checked is None:
        assert loaded.findings
        return
    vnets = [IPv4Network(topology["hvn"]["cidr"])]
    hub = topology["hub"]
    vnets += map(IPv4Network, hub["existing"]["cidrs"] if "existing" in hub else [hub["cidr"]])
    inside: list[tuple[tuple[str, ...], list[str]]] = []
    destinations, clusters = vnets[:1], []
    for each in loaded.checked.workspaces():
        match each.inputs:
            case HubInputs() as made:
                inside.append(((made.cidr,), [made.firewall_subnet.cidr, made.runner_subnet.cidr]))
            case NetworkInputs() as made:
                vnets += map(IPv4Network, made.cidrs)
                inside.append((made.cidrs, [subnet.cidr for subnet in made.subnets]))
            case PeeringInputs() as made:
                destinations += (IPv4Network(route.destination) for route in made.routes)
            case AksInputs() as made:
                clusters.append([IPv4Network(made.pod_cidr), IPv4Network(made.service_cidr)])
    assert_apart(vnets)
    assert_apart(destinations)  # HCP refuses a route inside another, or inside the HVN
    for cluster in clusters:
        assert_apart([*cluster, *vnets])
    for around, subnets in inside:
        assert_apart([IPv4Network(subnet) for subnet in subnets])
        for subnet in subnets:
            assert any(IPv4Network(subnet).subnet_of(IPv4Network(vnet)) for vnet in around)


def assert_apart(ranges: list[IPv4Network]) -> None:
    for one, other in combinations(ranges, 2):
        assert not one.overlaps(other)


# --- Names


@given(topologies(longest=True) | topologies())
def test_no_two_routes_or_peerings_of_the_hvn_share_an_id(topology: Topology) -> None:
    """HCP's ids are cut at 36 characters: long names that begin alike must not become one."""
    peerings = [each.inputs for each in workspaces(topology).values() if isinstance(each.inputs, PeeringInputs)]
    for ids in (
        [each.peering_id for each in peerings],
        [route.route_id for each in peerings for route in each.routes],
    ):
        assert len({id_.casefold() for id_ in ids}) == len(ids)
        assert all(re.fullmatch("[0-9A-Za-z][-0-9A-Za-z]{1,34}[0-9A-Za-z]", id_) for id_ in ids)


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
# As they would be typed, without quotes.
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
@settings(max_examples=400)
def test_a_damaged_file_is_reported_at_a_line_and_nothing_else_happens(topology: Topology, data: st.DataObject) -> None:
    path, _ = data.draw(st.sampled_from(list(scalars(topology))))
    what = data.draw(st.sampled_from(("value", "key", "typed")))
    if what == "value":
        text = dump(replaced(topology, path, data.draw(st.sampled_from(NASTY))))
    elif what == "key":
        path = path[: data.draw(st.integers(1, len(path)))]
        text = dump(renamed(topology, path, data.draw(st.sampled_from(KEYS))))
    else:
        text = dump(replaced(topology, path, "PLACE")).replace('"PLACE"', data.draw(st.sampled_from(TYPED)))
    loaded = check(text)
    for each in loaded.findings:
        assert 1 <= each.line <= each.end_line <= text.count("\n") + 1
        assert each.column >= 1
        assert each.why
        assert each.fix
    assert (loaded.checked is None) == bool(loaded.findings)
    assert all(is_visible(line) for line in click.unstyle(render(loaded.findings)).split("\n"))
    assert to_json(loaded.findings).isascii()
    if loaded.checked:
        assert loaded.checked.workspaces()


# --- Plain data by path

Path = tuple[str | int, ...]


def scalars(value: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """All values that are no mapping and no list, with their paths."""
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
    """A copy with another value at this path."""
    other = deepcopy(topology)
    at(other, path[:-1])[path[-1]] = value
    return other


def renamed(topology: Topology, path: Path, key: str) -> Topology:
    """A copy with another key at this path; a list item stays."""
    other = deepcopy(topology)
    parent = at(other, path[:-1])
    if isinstance(parent, dict):
        parent[key] = parent.pop(path[-1])
    return other


def is_range(value: Any) -> bool:
    return isinstance(value, str) and re.fullmatch(r"\d+(\.\d+){3}/\d+", value) is not None
