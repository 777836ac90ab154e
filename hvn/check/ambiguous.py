"""Fit the fix of an ambiguous YAML value (HVN005) to the type of its field."""

from dataclasses import replace

from hvn.check.model_paths import marks
from hvn.check.wrong_type import NUMBER, as_text, takes
from hvn.diagnostics.finding import Finding, Message
from hvn.diagnostics.message import Words
from hvn.yamlfile.scalars import AMBIGUOUS


def fitted(finding: Finding) -> Finding:
    """Return the finding with a fix that the field accepts: quotes do not help for a number or a truth value."""
    if finding.rule is not AMBIGUOUS or not isinstance(finding.message, Message):
        return finding
    path, facts = finding.path, dict(finding.message.facts)
    if takes(path, bool):
        return replace(finding, fix=Message("write {value}", value=Words(facts.get("meaning", "true or false"))))
    if takes(path, int):
        number = str(facts.get("number", ""))
        known = number.isascii() and number.isdigit()
        return replace(finding, fix=Message("write {value}", value=Words(number if known else NUMBER)))
    if any(hasattr(mark, "check") for mark in marks(path)):
        return replace(finding, fix=as_text(path, str(facts["text"])))
    return finding
