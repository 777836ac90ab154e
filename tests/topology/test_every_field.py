"""Every field of the topology has an effect, and is in the examples, the schema, the reference and the generators.

A field that the tool accepts and ignores would mislead users. A change of any field in an example, for new or existing
resources, must change a finding or the inputs of a workspace. Otherwise a rule must refuse the field.
"""

import json
import re
from collections import defaultdict
from collections.abc import Container, Iterable, Iterator, Mapping
from copy import copy, deepcopy
from itertools import islice
from typing import Any

import pytest
import yaml
from hypothesis import Phase, given, seed, settings
from pydantic import BaseModel, create_model

from hvn.check import load, shape
from hvn.topology.fields import SpokeName
from hvn.topology.manual_steps import manual_steps
from hvn.topology.model import Spoke, Topology
from hvn.yamlfile.source import Source, parse
from tests.check.cases import merged
from tests.conftest import PROJECT
from tests.findings import ids, reported
from tests.strategies import dump, topologies
from tests.topology.model_fields import ModelField, Place, has_fields, occurrences, other_values, walk

TOPOLOGIES = PROJECT / "tests" / "topologies"
FILES = (
    TOPOLOGIES / "everything.yaml",
    TOPOLOGIES / "everything-otherwise.yaml",
    # This example lacks a cluster, so the test adds the cluster of everything.yaml.
    PROJECT / "tests" / "topology" / "everything-existing.yaml",
)


def _examples() -> Mapping[str, Any]:
    """Return the examples by name. The existing VNet has the same cluster as the new VNet, in a different range.
    Existing clusters have the same apps.
    """
    examples = {file.stem: yaml.safe_load(file.read_text(encoding="utf-8")) for file in FILES}
    # With Route Server, the answers of `hvn reach` about the example would be unknown.
    examples["everything"]["hub"]["route_server"] = {"cidr": "10.0.3.0/27", "existing": True}
    new, existing = (examples[name]["spokes"]["payments"] for name in ("everything", "everything-existing"))
    existing["cluster"] = {**deepcopy(new["cluster"]), **existing["cluster"]}
    for spoke in ("search", "reports"):
        cluster = examples["everything-existing"]["spokes"][spoke]["cluster"]
        cluster |= {key: deepcopy(new["cluster"][key]) for key in ("vso", "existing_namespaces", "apps")}
    return examples


EXAMPLES = _examples()
SCHEMA = json.loads((PROJECT / "config" / "topology.schema.json").read_text(encoding="utf-8"))
REFERENCE = PROJECT / "docs" / "reference" / "topology.md"

OF_SHAPE = {rule.id for rule in shape.RULES}
"""Errors about invalid values. An invalid value does not show that a field has an effect."""

REFUSED: Mapping[str, tuple[str, Any]] = {
    "hvn(existing).region": ("HVN308", {"hvn": {"region": "westeurope"}}),
    "hvn(existing).backup.region": ("HVN308", {"hvn": {"backup": {"region": "westeurope"}}}),
    "vault(existing).tier": ("HVN308", {"vault": {"tier": "plus_small"}}),
    "vault(existing).upgrade": ("HVN308", {"vault": {"upgrade": {"type": "MANUAL"}}}),
    "vault(existing).audit_log": ("HVN308", {"vault": {"audit_log": {"type": "datadog", "region": "us1"}}}),
    "vault(existing).metrics": ("HVN308", {"vault": {"metrics": {"type": "datadog", "region": "us1"}}}),
    "hub(ExistingHub).peerings.*.reverse": ("HVN452", {"hub": {"peerings": {"west": {"reverse": True}}}}),
    "spokes.*(existing).names.vnet": ("HVN205", {"spokes": {"payments": {"names": {"vnet": "vnet-shop"}}}}),
    "spokes.*(existing).dns_servers": ("HVN411", {"spokes": {"payments": {"dns_servers": ["10.0.0.4"]}}}),
    "spokes.*(existing).more_cidrs": ("HVN303", {"spokes": {"payments": {"more_cidrs": ["10.34.0.0/16"]}}}),
    "spokes.*(existing).vnet_of": ("HVN320", {"spokes": {"payments": {"vnet_of": "orders"}}}),
    "spokes.*(existing).cidr": ("HVN303", {"spokes": {"payments": {"cidr": "10.34.0.0/16"}}}),
}
"""Fields that have no meaning for an existing resource: the rule that refuses them, and a patch of an example."""

ALTERNATIVES: Mapping[str, Any] = {
    "state(AzurermState).backend": {"backend": "local"},
    "state(CloudState).backend": {"backend": "local"},
    "state(LocalState).backend": {"backend": "cloud", "organization": "example-org"},
    "vault(new).upgrade(ScheduledUpgrade).type": {"type": "MANUAL"},
}
"""Fields that can change only together with other fields, each with a mapping that replaces the field's parent."""

NO_EFFECT: Mapping[str, str] = {
    "version": "the format has one version, so there is no other value",
    "in_use": "only proposals of free ranges avoid these ranges",
    "spokes.*(existing).existing.subnets_in_use": "only ranges of new subnets must avoid these ranges",
    "hub(ExistingHub).peerings.*.allow_gateway_transit": "only the answers of `hvn reach` depend on the field",
    "hub(ExistingHub).peerings.*.firewall.private_ip": "HVN440 reports an address outside the remote VNet; the owners "
    "of the hub create the routes",
}
"""Fields without an effect, each with the reason."""

NO_EFFECT_OF_REMOVAL: Mapping[str, str] = {
    "in_use": NO_EFFECT["in_use"],
    "spokes.*(existing).existing.subnets_in_use": NO_EFFECT["spokes.*(existing).existing.subnets_in_use"],
    "spokes.*(existing).subscription_id": "the id of the VNet has the same subscription; HVN306 refuses any other",
    "hub(ExistingHub).peerings.*.allow_gateway_transit": "only the answers of `hvn reach` depend on the field",
    "hub(NewHub).gateway(existing).type": "without a type only answers of `hvn reach` change",
    "hub(NewHub).gateway(new).type": "without a type only answers of `hvn reach` change",
    "hub(ExistingHub).existing.gateway_type": "without a type only answers of `hvn reach` change",
    "spokes.*(new).cluster(Cluster).outbound_type": "the example writes the value that a hub with a firewall implies",
}
"""Fields that have a value other than the default, but that an example can lose without an effect. Each has the
reason.
"""


# --- Missing fields, for any model: the last test adds a field


def paths(model: type[BaseModel]) -> dict[str, ModelField]:
    """Return all fields by path, without fields that a rule refuses."""
    return {field.path: field for field in walk(model) if not re.match(refused_prefix(), field.path)}


def refused_prefix() -> str:
    return "|".join(rf"{re.escape(path)}($|[.(\[])" for path in REFUSED)


def unused(model: type[BaseModel], data: Iterable[Any]) -> set[str]:
    """Return the paths of the fields that do not occur in these topologies."""
    return paths(model).keys() - {path for topology in data for path in occurrences(model, topology)}


def without_effect(model: type[BaseModel], data: Any, among: Container[str], values: int = 1) -> set[str]:
    """Return the paths of fields that have no effect in at least one of their places in this topology. There, one of
    the first `values` other values changes neither a finding nor an input.
    """
    before = outcome(data)
    silent = set()
    for field, place in used(model, data):
        if field.path not in among:
            continue
        others = [with_value(data, place, other) for other in other_values(field.info, at(data, place))]
        if field.path in ALTERNATIVES:
            others = [with_value(data, place[:-1], ALTERNATIVES[field.path])]
        results = (one for one in map(outcome, others[:3]) if not {finding[0] for finding in one[0]} & OF_SHAPE)
        after = [*islice(results, values)]
        if (not after and not has_fields(field.info)) or before in after:
            silent.add(field.path)
    return silent


def used(model: type[BaseModel], data: Any) -> Iterator[tuple[ModelField, Place]]:
    """Yield the fields of a topology with their places."""
    fields = paths(model)
    for path, places in occurrences(model, data).items():
        yield from ((fields[path], place) for place in places if path in fields)


Outcome = tuple[frozenset[tuple[str, str, str]], dict[str, str], tuple[str, ...]]


def outcome(data: Any) -> Outcome:
    """Return the findings of a topology, and the fingerprint of each workspace's inputs."""
    return outcome_of(parse(dump(data), "topology.yaml"))


def outcome_of(file: Source) -> Outcome:
    """Return the findings and the fingerprints of a topology file."""
    loaded = load.check(file, TOPOLOGIES / "jwks")
    findings = frozenset((finding.id, finding.path, finding.text) for finding in reported(loaded.findings))
    built = loaded.checked.workspaces() if loaded.checked else ()
    steps = tuple(one.text for one in manual_steps(loaded.checked.topology)) if loaded.checked else ()
    fingerprints = {str(workspace.id): workspace.inputs.fingerprint if workspace.inputs else "" for workspace in built}
    return findings, fingerprints, steps


def not_in_schema(model: type[BaseModel]) -> set[str]:
    """Return the paths of the fields that the committed schema does not have."""
    of_model = {**SCHEMA["$defs"], Topology.__name__: SCHEMA}
    return {field.path for field in walk(model) if field.name not in of_model[field.model.__name__]["properties"]}


def not_in_reference(model: type[BaseModel]) -> set[str]:
    """Return the paths of the fields that the reference does not list. The row of an outer field may refer to the
    section that lists its fields."""
    lists: dict[str, list[set[str]]] = defaultdict(list)
    references: dict[str, str] = {}
    for section in REFERENCE.read_text(encoding="utf-8").split("\n## ")[1:]:
        heading = re.match(r"(?:`([^`]*)`)?(?: \((\w+):)?", section)
        assert heading
        path = _wildcards(heading[1] or "")
        rows = {heading[2] or ""}  # the field has only one value
        for names, text in re.findall(r"^(\**`\w+`\**(?:, \**`\w+`\**)*)( \(.*|:.*|)$", section, re.MULTILINE):
            listed = re.findall(r"\w+", names)
            rows |= set(listed)
            if same := re.match(r" \(=`([^`]*)`", text):
                steps = re.search(r"(?:\.\*|\[\])*$", _wildcards(same[1]))
                assert steps
                references |= {f"{path}.{name}{steps[0]}".removeprefix("."): _wildcards(same[1]) for name in listed}
        if more := re.search(r"^As in `[^`]*`: (.*)\.$", section, re.MULTILINE):
            rows |= set(re.findall(r"`(\w+)`", more[1]))
        lists[path].append(rows)
    missing = set()
    for field in walk(model):
        section = re.sub(r"\([^)]*\)", "", field.path).removesuffix(field.name).removesuffix(".")
        while section not in lists and (other := _referred(section, references)) != section:
            section = other
        fields = field.model.model_fields.keys()
        rows = max(lists[section], key=lambda names: len(names & fields), default=set())
        if field.name not in rows:
            missing.add(field.path)
    return missing


def _wildcards(path: str) -> str:
    return re.sub("<[^>]*>", "*", path)


def _referred(section: str, references: Mapping[str, str]) -> str:
    """Return the section that describes the fields of this section."""
    outer = max((path for path in references if f"{section}.".startswith(f"{path}.")), key=len, default="")
    return references[outer] + section.removeprefix(outer) if outer else section


# --- Plain data


def at(data: Any, place: Place) -> Any:
    for part in place:
        data = data[part]
    return data


def with_value(data: Any, place: Place, value: Any) -> Any:
    """Return a copy with a different value at this place. Both share all other values."""
    if not place:
        return value
    other = copy(data)
    other[place[0]] = with_value(data[place[0]], place[1:], value)
    return other


def without(data: Any, place: Place) -> Any:
    """Return a copy without the key at this place."""
    inner = copy(at(data, place[:-1]))
    del inner[place[-1]]
    return with_value(data, place[:-1], inner)


# --- The fields


def test_every_field_is_in_an_example() -> None:
    assert unused(Topology, EXAMPLES.values()) == set()


@pytest.mark.whole
@pytest.mark.parametrize("example", EXAMPLES)
def test_three_other_values_of_a_field_have_an_effect(example: str) -> None:
    assert without_effect(Topology, EXAMPLES[example], paths(Topology), values=3) <= NO_EFFECT.keys()


@pytest.mark.whole
@pytest.mark.parametrize("example", EXAMPLES)
def test_the_removal_of_a_field_has_an_effect_if_its_value_is_not_the_default(example: str) -> None:
    data = EXAMPLES[example]
    before, model = outcome(data), Topology.model_validate(parse(dump(data), "").data)
    silent = set()
    for field, place in used(Topology, data):
        if not field.info.is_required():
            removed = parse(dump(without(data, place)), "topology.yaml")
            is_default = Topology.model_validate(removed.data) == model
            if not is_default and outcome_of(removed) == before:
                silent.add(field.path)
    assert silent <= NO_EFFECT_OF_REMOVAL.keys()


def test_exceptions_are_needed_and_have_a_reason() -> None:
    silent = (without_effect(Topology, data, NO_EFFECT) for data in EXAMPLES.values())
    assert NO_EFFECT.keys() == set().union(*silent)
    assert all((*NO_EFFECT.values(), *NO_EFFECT_OF_REMOVAL.values()))
    assert {*REFUSED, *ALTERNATIVES, *NO_EFFECT_OF_REMOVAL} <= {field.path for field in walk(Topology)}


@pytest.mark.parametrize("path", REFUSED)
def test_a_field_that_an_existing_resource_ignores_is_refused(path: str) -> None:
    rule, patch = REFUSED[path]
    data = merged(EXAMPLES["everything-existing"], patch)
    assert path in occurrences(Topology, data)
    loaded = load.check(parse(dump(data), "topology.yaml"), TOPOLOGIES / "jwks")
    assert rule in ids(loaded.findings)
    assert loaded.checked is None


def test_every_field_is_in_the_schema() -> None:
    assert not_in_schema(Topology) == set()


def test_every_field_is_in_the_reference() -> None:
    assert not_in_reference(Topology) == set()


def drawn(number: int) -> list[Any]:
    """Return topologies of the property tests; equal numbers give equal topologies."""
    collected = []

    @seed(number)
    @settings(max_examples=50, database=None, phases=[Phase.generate])
    @given(topologies(max_spokes=4))
    def collect(topology: Any) -> None:
        collected.append(topology)

    collect()
    return collected


@pytest.mark.whole
def test_every_field_is_in_the_topologies_of_the_property_tests() -> None:
    missing = set(paths(Topology))
    for number in range(200):
        missing &= unused(Topology, drawn(number))
        if not missing:
            break
    assert missing == set()


# --- A field that does nothing

SPOKE = create_model("Spoke", __base__=Spoke, more=(bool, False))
TOPOLOGY = create_model("Topology", __base__=Topology, spokes=(Mapping[SpokeName, SPOKE], ...))


def test_a_field_that_does_nothing_is_noticed_everywhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shape, "Topology", TOPOLOGY)
    new, existing = "spokes.*(new).more", "spokes.*(existing).more"
    assert unused(TOPOLOGY, EXAMPLES.values()) == {new, existing}
    for example, path in (("everything", new), ("everything-existing", existing)):
        data = merged(EXAMPLES[example], {"spokes": {"payments": {"more": True}}})
        assert outcome(data) == outcome(EXAMPLES[example]), "the field is valid and nothing reads it"
        assert without_effect(TOPOLOGY, data, {path, path.replace("more", "vault_route")}) == {path}
    assert not_in_schema(TOPOLOGY) == {new, existing}
    assert not_in_reference(TOPOLOGY) >= {new, existing}
