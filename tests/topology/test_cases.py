"""Every rule and every kind of wrong value: the findings that a file must give, in their order, and no others.

A case is a small, complete topology in `cases/` whose head says what is found and, where it matters, in which words:

    # expect: <id> <line>:<column> <path>      the name of a file instead of a path: it is the file as a whole
    # says: <part of the message or the fix of that finding>

Its key files, if it has some, are in `jwks/<its name>/`. A `.good.yaml` is as close to wrong as can be, and nothing is
found in it. Those of a rule have the rule's name.
"""

import pathlib
import re
from importlib import import_module
from pkgutil import walk_packages

import pytest

from hvn import topology
from hvn.check import rules
from hvn.check.load import Loaded, check
from hvn.diagnostics.finding import Finding, Rule
from hvn.yamlfile.source import read
from tests.conftest import PROJECT

FOLDER = pathlib.Path(__file__).parent / "cases"
GOOD = sorted(FOLDER.glob("*.good.yaml"))
BAD = sorted(set(FOLDER.glob("*.yaml")) - set(GOOD))
OF_THE_READER = {f"HVN{number:03}" for number in range(2, 14)}  # their cases are in yaml/, see test_source.py


def name(file: pathlib.Path) -> str:
    return file.name.removesuffix(".yaml")


def load_case(file: pathlib.Path) -> Loaded:
    return check(read(file), FOLDER / "jwks" / name(file))


def place(each: Finding) -> str:
    return each.path or pathlib.Path(each.file).relative_to(FOLDER).as_posix()


def expectations(file: pathlib.Path) -> tuple[list[str], list[tuple[int, str]]]:
    """What is expected, and which of it has to say what."""
    expected: list[str] = []
    said = []
    for line in file.read_text(encoding="utf-8").splitlines():
        if match := re.match(r"# (expect|says): (.*)", line):
            if match[1] == "expect":
                expected.append(match[2])
            else:
                said.append((len(expected) - 1, match[2]))
    return expected, said


@pytest.mark.parametrize("file", BAD, ids=name)
def test_wrong(file: pathlib.Path) -> None:
    expected, said = expectations(file)
    loaded = load_case(file)
    found = [f"{each.id} {each.line}:{each.column} {place(each)}" for each in loaded.findings]
    assert expected, "a case that expects nothing is a good one"
    assert "\n".join(found) == "\n".join(expected)
    for index, text in said:
        assert text in f"{loaded.findings[index].message}\n{loaded.findings[index].fix}"
    refused = any(each.level == "error" for each in loaded.findings)
    assert (loaded.checked is None) is refused, "a warning stops nobody, an error everybody"


@pytest.mark.parametrize("file", GOOD, ids=name)
def test_good(file: pathlib.Path) -> None:
    loaded = load_case(file)
    assert loaded.findings == ()
    assert loaded.checked
    assert loaded.checked.workspaces()


def every_rule() -> list[Rule]:
    modules = [import_module(each.name) for each in walk_packages(topology.__path__, f"{topology.__name__}.")]
    found = {value for module in modules for value in vars(module).values() if isinstance(value, Rule)}
    return sorted(found, key=lambda rule: (rule.id, rule.name))


def test_every_rule_is_reported_in_a_case() -> None:
    reported = {each.split()[0] for file in BAD for each in expectations(file)[0]}
    assert {rule.id for rule in every_rule()} - OF_THE_READER <= reported


@pytest.mark.parametrize("rule", [module.RULE for module in rules.modules()], ids=lambda rule: rule.name)
def test_a_rule_has_a_bad_and_a_good_case_of_its_name(rule: Rule) -> None:
    assert rule.id in (FOLDER / f"{rule.name}.yaml").read_text(encoding="utf-8")
    assert (FOLDER / f"{rule.name}.good.yaml") in GOOD


def test_ids_and_names_are_unique_and_each_rule_says_why_and_where_that_is_written() -> None:
    found = every_rule()
    assert len(found) > 40
    assert len({rule.id for rule in found}) == len({rule.name for rule in found}) == len(found)
    for rule in found:
        assert re.fullmatch(r"HVN\d{3}", rule.id)
        assert re.fullmatch(r"[a-z]+(-[a-z0-9]+)*", rule.name)
        assert rule.why
        assert rule.see.startswith("https://") or (PROJECT / rule.see).is_file()
