"""For every rule and every kind of wrong value, a topology has exactly the expected findings (cases.py)."""

import pathlib
import re
from collections import Counter
from importlib import import_module
from pkgutil import walk_packages

import pytest

from hvn import check, topology, yamlfile
from hvn.check import rules
from hvn.check.load import Loaded
from hvn.diagnostics.finding import Rule
from tests import strategies
from tests.check.cases import BASES, Case, Expected, every_case, merged, places
from tests.conftest import PROJECT
from tests.findings import Reported, ids, reported

WRONG = [case for case in every_case() if case.wrong is not None]
GOOD = [case for case in every_case() if case.good is not None]
OF_YAML = {f"HVN{number:03}" for number in range(2, 14)}  # tests/yamlfile/yaml has the cases of these rules
OF_COMMENTS = {"HVN030", "HVN031"}  # texts/ has these cases, because a patch has no comments
OF_TWO_FILES = {"HVN040"}  # tests/commands/test_check_with.py
OF_THE_USER = {"HVN041", "HVN042"}  # test_own_rules.py, test_extra_files.py


def name(case: Case) -> str:
    return case.name


def expected_place(expected: Expected) -> tuple[str, str]:
    return expected.id, expected.file or expected.path


def place(finding: Reported) -> tuple[str, str]:
    in_keys = finding.file.endswith(".json")
    return finding.id, pathlib.Path(finding.file).name if in_keys or not finding.path else finding.path


def fits(expected: Expected, finding: Reported, lines: dict[str, tuple[int, set[int]]]) -> bool:
    """Return whether the finding is at the expected place, and its text contains the expected values."""
    return (
        expected_place(expected) == place(finding)
        and all(finding.holds(value) for value in expected.values)
        and (not expected.line or finding.holds(lines[expected.line][0]))
    )


def assert_stops(loaded: Loaded) -> None:
    """Assert that the loaded file has a checked topology if and only if no finding is an error."""
    failed = any(finding.severity == "error" for finding in loaded.findings)
    assert (loaded.checked is None) is failed


@pytest.mark.parametrize("case", WRONG, ids=name)
def test_a_wrong_topology_has_the_expected_findings_only(case: Case, tmp_path: pathlib.Path) -> None:
    loaded = case.check(case.wrong, tmp_path)
    findings = [finding for finding in reported(loaded.findings) if finding.id not in case.beside]
    assert case.expected, "a case that expects nothing is a good one"
    assert Counter(map(place, findings)) == Counter(map(expected_place, case.expected))
    lines = places(strategies.dump(case.wrong))
    left = list(findings)
    for expected in case.expected:
        match = next((finding for finding in left if fits(expected, finding, lines)), None)
        assert match, (expected, left)
        left.remove(match)
    for finding in findings:
        assert not finding.path or finding.path in lines, f"{finding.path} is not in the file"
        at_line, columns = lines[finding.path] if finding.path else (1, {1})
        assert (finding.line, finding.column in columns) == (at_line, True), finding
    assert findings == sorted(
        findings, key=lambda finding: (finding.file.endswith(".json"), finding.file, finding.line)
    )
    assert_stops(loaded)


@pytest.mark.parametrize("case", GOOD, ids=name)
def test_a_nearly_wrong_topology_has_no_findings(case: Case, tmp_path: pathlib.Path) -> None:
    loaded = case.check(case.good, tmp_path)
    assert set(ids(loaded.findings)) == set(case.beside)
    assert loaded.checked
    assert loaded.checked.workspaces()


@pytest.mark.parametrize("base", ["smallest", "small", "cluster", "two-clusters", "existing-hub"])
def test_a_base_topology_has_no_findings(base: str) -> None:
    assert strategies.check(BASES.joinpath(f"{base}.yaml").read_text(encoding="utf-8")).findings == ()


def test_a_patch_merges_mappings_removes_with_null_and_replaces_the_rest() -> None:
    base = {"a": {"b": 1, "c": [1, 2]}, "d": 1}
    assert merged(base, {"a": {"b": None, "c": [3]}, "d": {"e": 2}}) == {"a": {"c": [3]}, "d": {"e": 2}}
    assert base == {"a": {"b": 1, "c": [1, 2]}, "d": 1}
    assert merged({}, {"s<2>": {"cidr": "<range>"}}) == {"s0": {"cidr": "10.64.0.0/24"}, "s1": {"cidr": "10.64.1.0/24"}}
    assert merged({}, {"id": "<rg-x>/y"})["id"].endswith("/resourceGroups/rg-x/providers/Microsoft.Network/y")


# --- All rules


def every_rule() -> list[Rule]:
    packages = (check, topology, yamlfile)
    modules = [
        import_module(module.name)
        for package in packages
        for module in walk_packages(package.__path__, f"{package.__name__}.")
    ]
    all_rules = {value for module in modules for value in vars(module).values() if isinstance(value, Rule)}
    return sorted(all_rules, key=lambda rule: (rule.id, rule.name))


def test_every_rule_is_reported_in_a_case() -> None:
    in_cases = {expected.id for case in WRONG for expected in case.expected}
    assert {rule.id for rule in every_rule()} - OF_YAML - OF_COMMENTS - OF_TWO_FILES - OF_THE_USER == in_cases


@pytest.mark.parametrize("module", rules.modules(), ids=lambda module: module.__name__.rpartition(".")[2])
def test_a_rule_has_a_wrong_and_a_good_case_in_the_file_of_its_name(module: rules.RuleModule) -> None:
    file = module.__name__.rpartition(".")[2].replace("_", "-")  # type: ignore[attr-defined]
    first = next((case for case in every_case() if case.name == file), None)
    assert first, f"add tests/check/cases/{file}.yaml"
    assert first.good is not None
    assert module.RULE.id in {expected.id for expected in first.expected}


def test_ids_and_names_are_unique_and_each_rule_has_a_reason_and_a_source() -> None:
    every = every_rule()
    assert len(every) > 70
    assert len({rule.id for rule in every}) == len({rule.name for rule in every}) == len(every)
    for rule in every:
        assert re.fullmatch(r"HVN\d{3}", rule.id)
        assert re.fullmatch(r"[a-z]+(-[a-z0-9]+)*", rule.name)
        assert rule.why
        assert rule.see.startswith("https://") or (PROJECT / rule.see).is_file()
