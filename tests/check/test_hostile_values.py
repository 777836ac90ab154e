"""With hostile YAML at any place, the check ends with findings at this place, without an exception.

`HOSTILE_SEED` selects other values.
"""

import os
from random import Random

import pytest

from hvn.check.load import Loaded
from hvn.diagnostics.finding import Finding, Level
from hvn.diagnostics.printable import is_visible
from hvn.diagnostics.text import render, statement
from hvn.diagnostics.to_github import to_github
from hvn.diagnostics.to_json import to_json
from tests import hostile, strategies
from tests.check.changed_topologies import Path, topology

BASES = {name: topology(name) for name in ("everything", "everything-otherwise", "existing")}
SHARES = [pytest.param(0.0005, marks=pytest.mark.slow), pytest.param(0.02, marks=pytest.mark.whole)]
MOST = 12
"""The maximum number of errors of one value. One range can overlap every other range."""
SHOWN = 100_000
"""The maximum number of characters of a terminal's output."""


@pytest.mark.parametrize("share", SHARES)
@pytest.mark.parametrize("name", BASES)
def test_a_hostile_value_ends_in_few_findings_at_its_place(name: str, share: float) -> None:
    random = Random(f"{os.environ.get('HOSTILE_SEED')} {name} value")
    for path, original in hostile.places(BASES[name]):
        for text in hostile.values(original):
            if random.random() < share:
                verify(strategies.check(hostile.with_text(BASES[name], path, text)), path, text)


@pytest.mark.parametrize("share", SHARES)
@pytest.mark.parametrize("name", BASES)
def test_a_hostile_key_ends_in_few_findings_at_its_place(name: str, share: float) -> None:
    random = Random(f"{os.environ.get('HOSTILE_SEED')} {name} key")
    for path, _ in hostile.places(BASES[name]):
        for text in hostile.keys() if isinstance(path[-1], str) else ():
            if random.random() < share:
                verify(strategies.check(hostile.with_key(BASES[name], path, text)), path[:-1], text, path[-1])


def verify(loaded: Loaded, path: Path, text: str, old_key: str | int = "") -> None:
    """Assert that the findings are few and contain no hidden characters. At least one error is near the path, or names
    the old key.
    """
    case = f"{path}: {text[:80]}"
    shown = f"{render(loaded.findings)}\n{to_github(loaded.findings)}"
    assert all(is_visible(line) for line in shown.split("\n")), case
    assert to_json(loaded.findings).isascii(), case
    assert len(shown) < SHOWN, case
    if loaded.checked:
        assert loaded.checked.workspaces(), case
        return
    errors = [finding for finding in loaded.findings if finding.severity is Level.ERROR]
    assert 0 < len(errors) <= MOST, case
    refers = [finding for finding in errors if old_key and str(old_key) in statement(finding)]
    assert refers or any(near(finding, path) for finding in errors), (case, [finding.path for finding in errors])


def near(finding: Finding, path: Path) -> bool:
    """Return whether the finding is in the section of the path (a spoke, or a part of the hub), above the path, or at a
    field of the same name. A field of the same name can repeat the value.
    """
    length = min(len(finding.path), len(path), 2)
    return finding.path[:length] == path[:length] or path[-1] in finding.path
