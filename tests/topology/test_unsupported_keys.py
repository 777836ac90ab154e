"""The table of unsupported keys contains no key that is a field of the model, and every fix names only fields of the
model.
"""

import re
from collections.abc import Iterator

import pytest

from hvn.check.model_paths import field, keys
from hvn.check.unsupported import Unsupported
from hvn.check.unsupported_keys import UNSUPPORTED, entry
from hvn.topology.model import Topology
from tests.check.changed_topologies import check_with, topology
from tests.topology.model_fields import walk

FIELD = r"`([a-z_]+(?:\.(?:[a-z_]+|<[a-z]+>))*)(?:: [^`]*)?`"
EVERYWHERE = {one.name for one in walk(Topology)}
ALL = pytest.mark.parametrize("one", UNSUPPORTED, ids=lambda one: f"{one.keys.split()[0]}@{one.at or '*'}")


def places(one: Unsupported) -> Iterator[tuple[str, ...]]:
    """Yield the paths of the mappings to which the entry applies."""
    for place in one.at.split():
        yield () if place == "." else tuple(place.split("."))


def plain(keys_: set[str]) -> set[str]:
    return {key.replace("_", "") for key in keys_}


@ALL
def test_an_unsupported_key_is_not_a_field_of_its_place(one: Unsupported) -> None:
    names = plain(set(one.keys.split()))
    if not one.at:
        assert not names & plain(EVERYWHERE)
    for place in places(one):
        assert keys(place), f"no mapping is at {place}"
        assert not names & plain(set(keys(place)))


@ALL
def test_a_fix_names_fields_that_exist_or_deletes_the_key(one: Unsupported) -> None:
    named = re.findall(FIELD, one.fix)
    assert named or one.fix.startswith("delete the key")
    for path in named:
        place = tuple(path.split("."))
        assert field(place) is not None, path
        assert place[-1] in keys(place[:-1]), path


@ALL
def test_an_unsupported_key_is_reported_with_its_own_reason(one: Unsupported) -> None:
    base = topology("everything")
    inner = base
    path: tuple[str, ...] = ()
    for part in next(places(one), ("hub",)):
        name = next(key for key, value in inner.items() if isinstance(value, dict)) if part == "*" else part
        inner, path = inner.setdefault(name, {}), (*path, name)
    reported = check_with(base, {(*path, key): 1 for key in one.keys.split()}).findings
    for key in one.keys.split():
        findings = [finding for finding in reported if finding.path == (*path, key)]
        assert [(finding.rule.id, finding.why) for finding in findings] == [("HVN020", one.why)]
        assert str(findings[0].fix) == one.fix.replace("`", "'")


def test_the_spelling_of_a_key_does_not_count() -> None:
    assert entry(("spokes", "a", "cluster", "nodePools")) == entry(("spokes", "b", "cluster", "node-pools"))
    assert entry(("spokes", "a", "cluster", "nodePools")) != entry(("spokes", "a", "nodePools"))
    assert entry(("spokes", "a", "cluster", "nodepool")) is None
