"""Print findings as JUnit XML, which Azure DevOps, GitLab and Jenkins show as test results.

https://github.com/testmoapp/junitxml (the format has no official schema)
"""

from collections.abc import Sequence
from xml.etree import ElementTree

from hvn.diagnostics.finding import Finding, Level
from hvn.diagnostics.printable import printable
from hvn.diagnostics.text import explanation, statement, where


def to_junit(findings: Sequence[Finding]) -> str:
    """Return the findings as one test suite with a test case for each finding.

    An error is a failed test case, and a check that could not run is a skipped test case. A warning is a passed test
    case, because warnings do not change the exit code. The text of a warning is the output of its test case. Without
    findings the suite has one passed test case, because CI systems report an empty suite as an error.
    """
    cases = [_case(finding) for finding in findings] or [
        ElementTree.Element("testcase", classname="hvn", name="no findings")
    ]
    suite = ElementTree.Element(
        "testsuite",
        name="hvn",
        tests=str(len(cases)),
        failures=str(sum(case.find("failure") is not None for case in cases)),
        errors="0",
        skipped=str(sum(case.find("skipped") is not None for case in cases)),
    )
    suite.extend(cases)
    document = ElementTree.Element("testsuites")
    document.append(suite)
    ElementTree.indent(document)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ElementTree.tostring(document, encoding="unicode")


def _case(finding: Finding) -> ElementTree.Element:
    """Return the test case of a finding. ElementTree escapes all texts; they have no character that XML forbids."""
    case = ElementTree.Element(
        "testcase", classname=f"{finding.rule.id} {finding.rule.name}", name=f"{where(finding)} {statement(finding)}"
    )
    if finding.span:
        case.set("file", printable(finding.file, 200))
        case.set("line", str(finding.span.line))
    text = "\n".join(line.strip() for line in explanation(finding))
    if finding.severity is Level.ERROR:
        ElementTree.SubElement(case, "failure", type="error", message=statement(finding)).text = text
    elif finding.severity is Level.NOT_CHECKED:
        ElementTree.SubElement(case, "skipped", message=statement(finding))
    else:
        ElementTree.SubElement(case, "system-out").text = f"{finding.severity}: {text}"
    return case
