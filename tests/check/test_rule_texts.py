"""Each rule about the file itself has all texts, and reports its own example."""

import pathlib
import re

import pytest

from hvn.check import acceptance, key_files, kubernetes_auth, shape
from hvn.check.load import check
from hvn.diagnostics.finding import Rule
from hvn.diagnostics.message import Message, plain
from hvn.topology import jwks
from hvn.yamlfile import reader, scalars, source, syntax, texts
from hvn.yamlfile.source import parse
from tests.conftest import PROJECT, SAMPLE

MODULES = (acceptance, jwks, key_files, kubernetes_auth, reader, scalars, shape, source, syntax, texts)
RULES = sorted(
    {value for module in MODULES for value in vars(module).values() if isinstance(value, Rule)},
    key=lambda rule: rule.id,
)
OF_KEY_FILES = {"HVN610", "HVN611", "HVN612", "HVN613", "HVN615"}
OF_THE_FILE = [rule for rule in RULES if rule.id not in OF_KEY_FILES]


def rule_id(rule: Rule) -> str:
    return rule.id


def reported(text: str) -> set[str]:
    return {finding.rule.id for finding in check(parse(text, "topology.yaml"), PROJECT / "no-such-folder").findings}


def test_all_rules_are_known() -> None:
    assert len(OF_THE_FILE) == 12 + 5 + 2
    assert {rule.id for rule in RULES} - {rule.id for rule in OF_THE_FILE} == OF_KEY_FILES


@pytest.mark.parametrize("rule", RULES, ids=rule_id)
def test_a_rule_has_all_its_texts(rule: Rule) -> None:
    assert re.fullmatch(r"[A-Z].*\.", rule.reports)
    assert all((rule.why, rule.fix, rule.example))
    assert rule.see.startswith("https://") or (PROJECT / rule.see).is_file()


@pytest.mark.parametrize("rule", [rule for rule in OF_THE_FILE if rule.id != "HVN031"], ids=rule_id)
def test_the_example_of_a_rule_is_reported(rule: Rule) -> None:
    assert rule.id in reported(rule.example)


def test_the_example_of_an_unused_acceptance_is_reported() -> None:
    sample = SAMPLE.read_text(encoding="utf-8")  # only a complete check knows which acceptances are unused
    example = acceptance.UNUSED.example
    assert "HVN031" not in reported(sample)
    assert "HVN031" in reported(re.sub(r"(?m)^name: platform.*$", example, sample))


def why(text: str) -> str:
    finding = next(one for one in parse(text, "f").findings if one.rule.id == "HVN003")
    return str(finding.why or finding.rule.why)


def test_each_kind_of_wrong_encoding_has_its_own_reason(tmp_path: pathlib.Path) -> None:
    other = tmp_path / "topology.yaml"
    other.write_bytes("a: b\n".encode("utf-16"))
    utf_16 = str(source.read(other).findings[0].why)
    reasons = [why("a: b\rc: d\n"), why("\ufeffa: b\n"), utf_16, why("a: b\x07\n"), why("a: \udcfc\n")]
    assert len(set(reasons)) == len(reasons)
    # YAML readers accept a byte order mark and UTF-16: https://yaml.org/spec/1.2.2/#52-character-encodings
    assert not any("refuse" in reason for reason in reasons[1:3])


def test_the_fix_of_a_lone_carriage_return_joins_no_lines() -> None:
    finding = parse("a: b\rc: d\r", "f").findings[0]
    assert (finding.rule.id, str(finding.fix).startswith("delete")) == ("HVN003", False)
    assert {"LF", "CRLF"} <= set(re.findall(r"\w+", str(finding.fix)))


def test_values_in_messages_are_typed() -> None:
    finding = parse("a: 010\n", "f").findings[0]
    assert isinstance(finding.message, Message)
    assert dict(finding.message.facts) == {"text": "010", "octal": 8, "decimal": 10}
    assert "010" not in finding.message.template
    hostile = next(one for one in parse('"\u202e": 1\n', "f").findings if one.rule.id == "HVN011")
    assert isinstance(hostile.message, Message)
    assert plain(hostile.message).isprintable()
