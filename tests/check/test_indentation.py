"""Keys with a wrong indentation give one finding, and the check reads their values at the right place."""

import re

import pytest

from hvn.check.load import check
from hvn.diagnostics.message import dotted, plain_text
from hvn.yamlfile.source import parse
from tests.conftest import SAMPLE

LINES = SAMPLE.read_text(encoding="utf-8").splitlines()


def line(key: str, after: str = "") -> int:
    """Return the number of the first line with this key and indentation after the line of another key."""
    start = line(after) if after else 0
    return next(number for number, text in enumerate(LINES, 1) if number > start and re.match(rf"{key}:", text))


def shifted(first: int, last: int, by: int) -> str:
    """Return the sample with more or less spaces before some lines."""
    moved = [text[-by:] if by < 0 else " " * by + text for text in LINES]
    return "\n".join([*LINES[: first - 1], *moved[first - 1 : last], *LINES[last:]])


def findings(text: str) -> list[tuple[str, str, int]]:
    """Return id, path and line of each finding."""
    loaded = check(parse(text, "topology.yaml"), SAMPLE.parent / "jwks")
    assert not loaded.skipped
    return [(one.rule.id, dotted(one.path), one.span.line if one.span else 0) for one in loaded.findings]


def corrected(text: str) -> str:
    """Return the text after the fixes of the findings about indentation."""
    lines = text.splitlines()
    for one in check(parse(text, "topology.yaml"), SAMPLE.parent / "jwks").findings:
        fix = re.fullmatch(r"(insert|remove) (\d+) spaces .* lines? (\d+)(?: to (\d+))?", plain_text(one.fix))
        assert fix, one
        count = int(fix[2])
        for at in range(int(fix[3]) - 1, int(fix[4] or fix[3])):
            if lines[at].strip():
                lines[at] = " " * count + lines[at] if fix[1] == "insert" else lines[at][count:]
    return "\n".join(lines)


def block(number: int) -> tuple[int, int]:
    """Return the first and the last line of the value of a key."""
    indent = len(LINES[number - 1]) - len(LINES[number - 1].lstrip())
    end = number
    while end < len(LINES) and (not LINES[end].strip() or LINES[end].startswith(" " * (indent + 1))):
        end += 1
    return number, end - (not LINES[end - 1].strip())


HUB, SPOKES, PAYMENTS, ORDERS, ANALYTICS = (
    line(one) for one in ("hub", "spokes", "  payments", "  orders", "  analytics")
)
CLUSTER = line("    cluster", after="  orders")
END = len(LINES)


@pytest.mark.parametrize(
    ("first", "last", "by", "path"),
    [
        (CLUSTER, ANALYTICS - 1, -2, "spokes.cluster"),
        (CLUSTER, CLUSTER, -2, "spokes.cluster"),  # the lines below the key have the right indentation
        (END - 1, END, -2, "spokes.subnets"),
        (line("          secrets"), line("          secrets") + 1, -2, "spokes.payments.cluster.apps.secrets"),
        # The key above has no value in the file.
        (HUB + 1, SPOKES - 1, -2, "cidr"),
        (SPOKES + 1, END, -2, "payments"),
        (PAYMENTS + 1, ORDERS - 1, -2, "spokes.cidr"),
        (line("    cluster") + 1, ORDERS - 1, -2, "spokes.payments.kubernetes_version"),
        # The key above has other keys.
        (ANALYTICS, END, -2, "analytics"),
        (HUB + 2, SPOKES - 1, -2, "firewall"),
        # The indentation is too large.
        (ORDERS, END, 2, "spokes.payments.orders"),
    ],
)
def test_keys_with_a_wrong_indentation_give_one_finding(first: int, last: int, by: int, path: str) -> None:
    assert findings(shifted(first, last, by)) == [("HVN020", path, first)]


@pytest.mark.parametrize("by", [-4, -2, 2, 4])
@pytest.mark.parametrize(
    "key",
    [
        "  firewall",
        "  vault_peering",
        "  payments",
        "    cluster",
        "      node_pool",
        "      apps",
        "    subnets",
        "hub",
    ],
)
def test_the_fix_restores_the_indentation(key: str, by: int) -> None:
    if by + len(key) - len(key.lstrip()) >= 0:
        assert corrected(shifted(*block(line(key)), by)) == "\n".join(LINES)


@pytest.mark.parametrize("key", ["cluster", "apps", "node_pool"])
@pytest.mark.parametrize("by", [-4, -2, 2])
def test_each_of_several_blocks_with_the_same_mistake_has_a_fix(key: str, by: int) -> None:
    text = "\n".join(LINES)
    for number, written in enumerate(LINES, 1):
        if re.match(rf" +{key}:", written):
            first, last = block(number)
            lines = text.splitlines()
            moved = [one[-by:] if by < 0 else " " * by * bool(one.strip()) + one for one in lines[first - 1 : last]]
            text = "\n".join([*lines[: first - 1], *moved, *lines[last:]])
    assert corrected(text) == "\n".join(LINES)


def test_lines_with_different_corrections_keep_the_error_of_the_parser() -> None:
    text = "\n".join(LINES).replace("  region:", "   region:").replace("  tier:", " tier:")
    loaded = check(parse(text, "topology.yaml"), SAMPLE.parent / "jwks")
    assert [(one.rule.id, one.span.line if one.span else 0) for one in loaded.findings] == [
        ("HVN002", line("  region"))
    ]


def test_values_below_a_wrong_indentation_are_checked_in_place() -> None:
    text, key = shifted(CLUSTER, ANALYTICS - 1, -2), ("HVN020", "spokes.cluster", CLUSTER)
    value = "spokes.cluster.node_cidr", CLUSTER + 2
    assert findings(text.replace("10.65.0.0/20", "10.65.0.0/33")) == [key, ("HVN023", *value)]
    assert findings(text.replace("10.65.0.0/20", "10.66.0.0/20")) == [key, ("HVN120", *value)]


def test_a_spoke_can_have_the_name_of_a_field_of_a_spoke() -> None:
    text = "\n".join(LINES).replace("analytics", "tags").replace("vault_route: via-hub", "vault_rout: via-hub")
    assert findings(text) == [("HVN020", "spokes.tags.vault_rout", ANALYTICS + 2)]
