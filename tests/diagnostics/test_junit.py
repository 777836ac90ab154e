"""`hvn check` and `hvn review` write findings as JUnit XML."""

import json
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner

from hvn.cli import cli
from hvn.diagnostics.finding import Finding, Message
from hvn.diagnostics.message import Text
from hvn.diagnostics.to_junit import to_junit
from tests.commands.test_check_formats import RIGHT, WRONG
from tests.diagnostics import samples


def suite(text: str) -> ElementTree.Element:
    """Return the one suite of a JUnit document. The counts of the suite match its test cases."""
    document = ElementTree.fromstring(text)  # noqa: S314 - our own output
    (only,) = document
    assert (document.tag, only.tag) == ("testsuites", "testsuite")
    assert int(only.attrib["tests"]) == len(only) > 0
    assert int(only.attrib["failures"]) == len(only.findall("testcase/failure"))
    assert int(only.attrib["skipped"]) == len(only.findall("testcase/skipped"))
    return only


def test_an_error_fails_a_warning_passes_with_its_text_and_a_check_that_did_not_run_is_skipped() -> None:
    cases = suite(to_junit(samples.ALL))
    assert [[result.tag for result in case] for case in cases] == [
        ["failure"],
        ["system-out"],
        ["system-out"],
        ["skipped"],
        ["failure"],
    ]
    first, warning = cases[0], cases[1]
    assert first.attrib["classname"] == "HVN111 spoke-overlap"
    assert (first.attrib["file"], first.attrib["line"]) == ("config/topology.yaml", "42")
    assert "fix: use '10.65.0.0/17'" in (first[0].text or "")
    assert "manual step: vault token revoke -accessor X" in (warning[0].text or "")


@pytest.mark.parametrize("text", ['<a b="c">&', "]]>", "\x00\x0b", "\ud800", "\ufffe"])
def test_foreign_text_is_valid_xml(text: str) -> None:
    finding = Finding(rule=samples.RULE, message=Message("{text}", text=Text(text)), workspace=text)
    (case,) = suite(to_junit([finding]))
    if text.isprintable():
        assert text in case[0].attrib["message"]


@pytest.mark.parametrize("command", ["check", "keys check"])
def test_a_run_without_findings_has_one_passed_case(command: str) -> None:
    file = RIGHT
    done = CliRunner().invoke(cli, [*command.split(), "--topology", str(file), "--format", "junit"])
    assert (done.exit_code, len(suite(done.stdout)), len(suite(done.stdout)[0])) == (0, 1, 0)


def test_check_has_a_case_for_each_finding_and_the_same_exit_code() -> None:
    junit, data = (CliRunner().invoke(cli, ["check", str(WRONG), "--format", form]) for form in ("junit", "json"))
    assert junit.exit_code == data.exit_code == 1
    found = [f"{finding['id']} {finding['name']}" for finding in json.loads(data.stdout)]
    assert [case.attrib["classname"] for case in suite(junit.stdout)] == found
