"""One mistake in a valid file causes one finding: an invalid value or a misspelled key does not hide or cause other
findings."""

import copy
from collections.abc import Container, Iterator, Mapping
from functools import cache
from typing import Any

import pytest
import yaml

from hvn.check import model_paths
from hvn.diagnostics.finding import Level
from hvn.diagnostics.message import Message, dotted, values
from tests import strategies
from tests.check.cases import every_case
from tests.check.changed_topologies import Path, findings_of_shape, leaves, topology, with_values
from tests.conftest import SAMPLE
from tests.findings import reported

WRONG = "§"
"""A text that is invalid in every field except fields of free text."""
BASES = {
    "sample": yaml.safe_load(SAMPLE.read_text(encoding="utf-8")),
    **{name: topology(name) for name in ("everything", "everything-otherwise", "existing")},
}


def findings(file: Any) -> list[tuple[str, str]]:
    """Return id and path of each finding."""
    return [(finding.id, finding.path) for finding in reported(strategies.check(strategies.dump(file)).findings)]


@cache
def findings_of_base(name: str) -> list[tuple[str, str]]:
    """Return id and path of each finding about an unchanged topology of BASES."""
    return findings(BASES[name])


def keys(value: Any, path: Path = ()) -> Iterator[Path]:
    """Yield the path of each key."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield (*path, key)
            yield from keys(inner, (*path, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from keys(inner, (*path, index))


def with_key(base: Any, path: Path, key: str) -> Any:
    """Return a copy of a topology with another name for the key at the path."""
    changed = copy.deepcopy(base)
    mapping = changed
    for part in path[:-1]:
        mapping = mapping[part]
    items = list(mapping.items())
    mapping.clear()
    mapping.update({key if name == path[-1] else name: value for name, value in items})
    return changed


def misspelled(key: str) -> str:
    swapped = f"{key[0]}{key[2:3]}{key[1:2]}{key[3:]}"
    return swapped if swapped != key else f"{key}x"


def assert_one_finding_for_an_invalid_value(base: Any, path: Path, expected: Container[tuple[str, str]]) -> None:
    """Check that the invalid value is reported at its path and nowhere else. Free text has no invalid value; HVN640
    reports creation statements without placeholders. `expected` has the findings about the unchanged topology.
    """
    new = [finding for finding in findings(with_values(base, {path: WRONG})) if finding not in expected]
    place = dotted(path[:-1] if path[-2:-1] == ("creation_statements",) else path)
    assert {found for _, found in new} == (set() if _is_free_text(path) else {place}), new


def _is_free_text(path: Path) -> bool:
    tag = path[:-1] == ("azure", "tags") or (path[0] == "spokes" and path[2:-1] == ("tags",))
    return tag or path[-1] == "reason" or path[-2:-1] in (("templates",), ("revocation_statements",))


@pytest.mark.parametrize(
    ("name", "path"),
    [(name, path) for name, base in BASES.items() for path, _ in list(leaves(base))[:: 1 if name == "sample" else 6]],
    ids=str,
)
def test_an_invalid_value_gives_no_finding_elsewhere(name: str, path: Path) -> None:
    assert_one_finding_for_an_invalid_value(BASES[name], path, findings_of_base(name))


@pytest.mark.parametrize("path", [("hub", "names"), ("spokes", "payments", "cluster"), ("spokes", "payments", "names")])
def test_a_key_that_only_resembles_another_key_gives_one_finding(path: Path) -> None:
    base = BASES["everything-otherwise"]
    expected = findings_of_base("everything-otherwise")
    new = [finding for finding in findings(with_key(base, path, "true")) if finding not in expected]
    assert new == [("HVN020", dotted((*path[:-1], "true")))]  # the name resembles `routes`, but the value does not fit


def test_a_spoke_with_the_name_of_the_hub_gives_one_finding_about_names() -> None:
    base = BASES["everything-otherwise"]
    before, after = ([id_ for id_, _ in findings(one)] for one in (base, with_key(base, ("spokes", "payments"), "hub")))
    assert set(after) - set(before) == {"HVN201", "HVN420"}  # HVN420: a rule refers to spokes.payments


@pytest.mark.whole
@pytest.mark.parametrize("name", [case.name for case in every_case() if case.good and len(str(case.good)) < 6000])
def test_an_invalid_value_gives_no_finding_elsewhere_in_every_case(name: str) -> None:
    base = next(case for case in every_case() if case.name == name).good
    expected = findings(base)
    for path, _ in leaves(base):
        assert_one_finding_for_an_invalid_value(base, path, expected)


# The paths of all fields, without the keys that users choose as names.
FIELDS = [
    (name, path)
    for name, base in BASES.items()
    for path in list(keys(base))[:: 1 if name == "sample" else 6]
    if path[-1] in model_paths.keys(path[:-1])
]


def test_most_keys_are_fields() -> None:
    assert len(FIELDS) > 80


@pytest.mark.parametrize(("name", "path"), FIELDS, ids=str)
def test_a_misspelled_key_gives_one_finding(name: str, path: Path) -> None:
    key = misspelled(str(path[-1]))
    written = dotted((*path[:-1], key))
    found = findings(with_key(BASES[name], path, key))
    in_place = [(rule, place.replace(written, dotted(path), 1)) for rule, place in found if rule != "HVN020"]
    assert [place for rule, place in found if rule == "HVN020"] == [written]
    assert set(in_place) <= set(findings_of_base(name))  # the warnings about the value have the new key in their paths


def pattern(path: Path) -> tuple[str | int, ...]:
    """Return the path with `*` for the keys that users choose as names, and for indexes."""
    return tuple(part if part in model_paths.keys(path[:end]) else "*" for end, part in enumerate(path))


def is_required(path: Path) -> bool:
    """Return whether the model requires the key. The model cannot require `vault_route`; a check does."""
    info = model_paths.field(path) if path[-1] in model_paths.keys(path[:-1]) else None
    return path[-1] == "vault_route" or (info is not None and info.is_required())


# Each required key of the model, once.
REQUIRED = {pattern(path): (name, path) for name, base in BASES.items() for path in keys(base) if is_required(path)}


def test_the_bases_have_keys_of_all_parts_of_the_model() -> None:
    assert len(REQUIRED) > 120
    assert {("hub",), ("hub", "existing"), ("spokes", "*", "peerings", "*", "spoke")} <= REQUIRED.keys()


@pytest.mark.parametrize(("name", "path"), REQUIRED.values(), ids=str)
def test_a_misspelled_required_key_is_not_reported_as_missing_too(name: str, path: Path) -> None:
    key = str(path[-1])
    for wrong in {f"{key}s", key[:-1], key.upper()} - {key, *model_paths.keys(path[:-1])}:
        found = findings_of_shape(with_key(BASES[name], path, wrong))
        keys_ = [(one.rule.id, dotted(one.path)) for one in found if one.rule.id in ("HVN020", "HVN021")]
        assert keys_ == [("HVN020", dotted((*path[:-1], wrong)))]


def test_an_unsupported_key_with_another_value_explains_the_missing_key() -> None:
    base = with_values(with_key(BASES["sample"], ("hub",), "hubs"), {("hubs",): {"east": BASES["sample"]["hub"]}})
    new = [finding for finding in findings(base) if finding not in findings_of_base("sample")]
    assert new == [("HVN020", "hubs")]


# Each rule about this part of the file reports its own error, although another value is invalid.
@pytest.mark.parametrize(
    ("invalid", "path"),
    [
        (("hvn", "cidr"), "spokes.orders.cidr"),
        (("hub", "cidr"), "spokes.orders.cidr"),
        (("hub", "firewall", "cidr"), "spokes.orders.cidr"),
        (("azure", "region"), "spokes.orders.cidr"),
        (("spokes", "analytics", "cidr"), "spokes.orders.cidr"),
        (("vault", "tier"), "spokes.orders.cidr"),
        (("state", "backend"), "spokes.orders.cidr"),
    ],
    ids=str,
)
def test_an_invalid_value_hides_no_overlap(invalid: Path, path: str) -> None:
    overlapping: dict[Path, Any] = {("spokes", "orders", "cidr"): "10.64.128.0/17", invalid: WRONG}
    found = findings(with_values(BASES["sample"], overlapping))
    assert ("HVN111", path) in found
    assert dotted(invalid) in {place for _, place in found}


def test_a_value_below_a_misspelled_key_is_checked_too() -> None:
    base = with_key(BASES["sample"], ("azure", "region"), "regoin")
    found = findings(with_values(base, {("azure", "regoin"): "Japan East"}))
    assert [finding for finding in found if finding[1].startswith("azure")] == [
        ("HVN020", "azure.regoin"),
        ("HVN023", "azure.regoin"),
    ]


POOL = ("spokes", "orders", "cluster", "node_pool")


@pytest.mark.parametrize(
    ("base", "path", "fix"),
    [
        # The missing required key max_count is proposed, not max_pods, which is more similar.
        (with_key(BASES["sample"], (*POOL, "max_count"), "max_nodes"), (*POOL, "max_nodes"), "max_count"),
        # AKS refuses 5 as max_pods, but max_pods is a guess.
        (with_values(BASES["sample"], {(*POOL, "max_nodes"): 5}), (*POOL, "max_nodes"), "max_pods"),
        # A key of this name is missing in the cluster: more_cidrs is not proposed.
        (
            with_values(BASES["sample"], {("spokes", "orders", "node_subnet"): "nodes"}),
            ("spokes", "orders", "node_subnet"),
            "spokes.orders.cluster.node_subnet",
        ),
    ],
)
def test_a_guessed_key_gives_one_finding(base: Any, path: Path, fix: str) -> None:
    new = [one for one in strategies.check(strategies.dump(base)).findings if one.severity is Level.ERROR]
    assert [(one.rule.id, dotted(one.path)) for one in new] == [("HVN020", dotted(path))]
    assert isinstance(new[0].fix, Message)
    assert fix in values(new[0].fix)


def test_an_unsupported_key_stands_for_the_missing_key_that_its_fix_names() -> None:
    base = with_key(BASES["sample"], ("spokes", "orders", "cluster", "kubernetes_version"), "version")
    new = [finding for finding in findings(base) if finding not in findings_of_base("sample")]
    assert new == [("HVN020", "spokes.orders.cluster.version")]


def test_a_comment_with_many_unused_ids_is_one_finding() -> None:
    comment = f"# hvn: allow {'HVN405,HVN406,' * 5000} the reason"
    text = strategies.dump(BASES["sample"])
    loaded = strategies.check(f"{text}{comment}\n")
    assert [finding.rule.id for finding in loaded.findings].count("HVN031") == 1
    without = strategies.check(f"{text}{comment.removesuffix(' the reason')}\n")
    (one,) = [finding for finding in without.findings if finding.rule.id == "HVN030"]
    assert len(str(one.message)) < 200
