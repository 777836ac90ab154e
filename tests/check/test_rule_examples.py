"""Every rule of `hvn check` reports its own example, and the reader can paste the rule's fixes.

An example is a YAML merge patch over config/topology.yaml: mappings merge, `null` removes a key, lists replace.
"""

import ast
import pathlib
import shutil
from collections.abc import Callable, Iterator, Mapping
from ipaddress import IPv4Network
from typing import Any

import pytest
import yaml

from hvn.check import rules
from hvn.check.load import load
from hvn.check.rules import RuleModule, hub_limits, rule_groups
from hvn.diagnostics.finding import Finding, Message, Rule
from hvn.diagnostics.message import Fact, Path, plain
from tests.conftest import PROJECT, SAMPLE

FOLDER = PROJECT / "hvn" / "check" / "rules"
MODULES = rules.modules()
RULES = [module.RULE for module in MODULES]

# The other rules that report an example too. Without the hub's peering the runners cannot reach Vault, and no pool is a
# transit pool. The committed keys belong to a cluster in the sample's region. The sample's Vault cluster has a tier.
ALSO = {
    "HVN617": {"HVN619"},  # HVN619 reports every stream
    "HVN618": {"HVN619"},
    "HVN636": {"HVN615"},  # no cluster uses the key file of payments
    "HVN637": {"HVN639"},  # no app uses the role of the refused engine
    "HVN638": {"HVN639"},  # the app misspells the only role
    "HVN310": {"HVN615"},  # the removed cluster leaves its key file behind
    "HVN302": {"HVN113", "HVN401"},
    "HVN304": {"HVN308"},
    "HVN408": {"HVN613"},
    "HVN430": {"HVN432", "HVN436"},
    "HVN432": {"HVN436"},
    "HVN435": {"HVN401", "HVN432"},
    "HVN436": {"HVN432"},
}

Reported = Callable[[Any], tuple[Finding, ...]]


class Dumper(yaml.SafeDumper):
    """A YAML writer that writes repeated values in full, because the reader refuses aliases."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def merged(base: Any, patch: Any) -> Any:
    if not isinstance(base, Mapping) or not isinstance(patch, Mapping):
        return patch
    both = {**base, **{key: merged(base.get(key, {}), value) for key, value in patch.items()}}
    return {key: value for key, value in both.items() if value is not None}


def example(rule: Rule) -> Any:
    return merged(yaml.safe_load(SAMPLE.read_text(encoding="utf-8")), yaml.safe_load(rule.example))


@pytest.fixture
def reported(tmp_path: pathlib.Path) -> Reported:
    """Return a function that checks a topology with the sample's key files, and returns the findings."""
    shutil.copytree(SAMPLE.parent / "jwks", tmp_path / "jwks")

    def run(topology: Any) -> tuple[Finding, ...]:
        file = tmp_path / "topology.yaml"
        file.write_text(yaml.dump(topology, Dumper=Dumper, sort_keys=False), encoding="utf-8")
        return load(file).findings

    return run


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_the_example_triggers_its_rule_only(rule: Rule, reported: Reported, monkeypatch: pytest.MonkeyPatch) -> None:
    if rule is hub_limits.RULE:  # an example with 500 spokes is too long to read
        monkeypatch.setattr(hub_limits, "LIMIT", 5)
    if rule is rule_groups.RULE:
        monkeypatch.setattr(rule_groups, "LIMIT", 3)
    ids = {finding.rule.id for finding in reported(example(rule))}
    assert rule.id in ids, "the example does not trigger the rule"
    others = ids - {rule.id}
    assert others == ALSO.get(rule.id, set()), f"change the example of {rule.id}, or add the ids to ALSO"


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_every_rule_has_complete_texts(rule: Rule) -> None:
    assert rule.reports.endswith(".")
    assert rule.reports[0].isupper()
    for text in (rule.why, rule.fix):
        assert text
        assert text == text.strip()
        assert not text.endswith(".")
    assert isinstance(yaml.safe_load(rule.example), Mapping)
    assert rule.see.startswith("https://") or (PROJECT / rule.see).is_file()


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.RULE.id)
def test_the_file_is_named_after_its_rule(module: RuleModule) -> None:
    file = pathlib.Path(str(vars(module)["__file__"]))
    assert file.stem == module.RULE.name.replace("-", "_")
    assert str(vars(module)["__doc__"]).startswith(f"{module.RULE.id} {module.RULE.name}: ")


@pytest.mark.parametrize("file", sorted(FOLDER.glob("*.py")), ids=lambda file: file.stem)
def test_templates_are_constants(file: pathlib.Path) -> None:
    """Values are facts of a message, so that every renderer can escape the values."""
    calls = [node for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))) if isinstance(node, ast.Call)]
    for call in calls:
        name = call.func.id if isinstance(call.func, ast.Name) else ""
        if name == "Message":
            assert is_constant(call.args[0]), ast.unparse(call)
        elif name in {"Finding", "Rule"}:
            texts = [word.value for word in call.keywords if word.arg in {"message", "fix", "why", "example"}]
            assert not any(isinstance(text, ast.JoinedStr | ast.BinOp) for text in texts), ast.unparse(call)


def is_constant(node: ast.expr) -> bool:
    if isinstance(node, ast.IfExp):
        return is_constant(node.body) and is_constant(node.orelse)
    return isinstance(node, ast.Constant)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_ranges_and_addresses_are_typed(rule: Rule, reported: Reported) -> None:
    for finding in reported(example(rule)):
        for name, fact in facts(finding.message):
            if isinstance(fact, str):
                assert fact.count(".") != 3 or not fact.replace(".", "").replace("/", "").isdigit(), name


def facts(text: Fact) -> Iterator[tuple[str, Fact]]:
    """Yield the values of a message and of all messages inside the message."""
    if isinstance(text, Message):
        for name, fact in text.facts:
            yield name, fact
            yield from facts(fact)


# The fixes of these rules name a range for the finding's path.
RANGES = (
    "HVN101",
    "HVN102",
    "HVN110",
    "HVN111",
    "HVN112",
    "HVN113",
    "HVN120",
    "HVN121",
    "HVN130",
    "HVN150",
    "HVN502",
)


@pytest.mark.parametrize("id_", RANGES)
def test_the_range_of_a_fix_is_accepted(id_: str, reported: Reported) -> None:
    topology = example(next(rule for rule in RULES if rule.id == id_))
    finding = next(finding for finding in reported(topology) if finding.rule.id == id_)
    cidr = next(fact for name, fact in facts(finding.fix) if name == "cidr" and isinstance(fact, IPv4Network))
    assert str(cidr) in str(finding.fix)
    put(topology, finding.path, str(cidr))
    after = {(finding.rule.id, finding.path) for finding in reported(topology)}
    assert (id_, finding.path) not in after


def put(topology: Any, path: Path, value: str) -> None:
    for part in path[:-1]:
        topology = topology[part]
    topology[path[-1]] = value


def test_a_message_states_values_and_lines(reported: Reported) -> None:
    topology = example(next(rule for rule in RULES if rule.id == "HVN111"))
    finding = next(finding for finding in reported(topology) if finding.rule.id == "HVN111")
    assert isinstance(finding.message, Message)
    assert dict(finding.message.facts)["cidr"] == IPv4Network("10.64.128.0/17")
    line = dict(finding.message.facts)["line"]
    assert plain(finding.message) == f"10.64.128.0/17 overlaps spokes.payments.cidr 10.64.0.0/16 (line {line})"
    assert "use 10.65.0.0/17, the next free /17 in address_pools.spokes" in str(finding.fix)
