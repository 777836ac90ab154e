"""An invalid value gets a valid spelling, and a character of another script is named."""

from typing import get_args

import pytest

from hvn.check.load import Loaded, check
from hvn.diagnostics.message import Message, plain_text, values
from hvn.diagnostics.similar import foreign, similar
from hvn.diagnostics.suggest import closest
from hvn.topology import fields
from hvn.topology.fields import Text
from hvn.yamlfile.source import parse
from tests.conftest import SAMPLE

SUBSCRIPTION = "/subscriptions/6b1f2d3c-0a9e-4c57-8f7d-3a2b1c0d9e8f"
VNET = f"{SUBSCRIPTION}/resourceGroups/rg/providers/Microsoft.Network/virtualNetworks/v1"


def mark(name: str) -> Text:
    return next(one for one in get_args(getattr(fields, name)) if isinstance(one, Text))


@pytest.mark.parametrize(
    ("field", "wrong", "right"),
    [
        ("Region", "Japan East", "japaneast"),
        ("Region", "japan\u0435ast", "japaneast"),
        ("Mount", "kvv2/", "kvv2"),
        ("Uuid", "{6B1F2D3C-0a9e-4c57-8f7d-3a2b1c0d9e8f}", "6b1f2d3c-0a9e-4c57-8f7d-3a2b1c0d9e8f"),
        ("Uuid", "/subscriptions/6b1f2d3c-0a9e-4c57-8f7d-3a2b1c0d9e8f/x", "6b1f2d3c-0a9e-4c57-8f7d-3a2b1c0d9e8f"),
        ("ObjectName", "webapp_Config", "webapp-config"),
        ("SecretPath", "/webapp/config/", "webapp/config"),
        ("KubernetesVersion", "v1.36", "1.36"),
        ("Fqdn", "https://registry.example.com:443/v2", "registry.example.com"),
        ("Fqdn", "*pkg.example.com", "*.pkg.example.com"),
        ("RulePort", "443/tcp", "tcp/443"),
        ("GithubIssuer", "https://token.actions.githubusercontent.com/", "https://token.actions.githubusercontent.com"),
        ("NextHop", "10.0.1.4/32", "10.0.1.4"),
        ("NextHop", "\u201cinternet\u201d", "internet"),
        ("VnetId", f"https://portal.azure.com/#@contoso/resource{VNET}/subnets", VNET),
        ("VnetId", f"{VNET[1:]}/subnets/nodes", VNET),
        ("NodeLabelKey", "kubernetes.azure.com/tier", ""),
        ("Duration", "1h30m", ""),
        ("Region", "\u6771\u4eac", ""),
    ],
)
def test_a_value_with_a_small_mistake_gets_a_valid_spelling(field: str, wrong: str, right: str) -> None:
    limit = mark(field)
    assert similar(wrong, lambda text: limit._matches(text)) == right


def test_a_valid_value_is_not_proposed_again() -> None:
    assert similar("a", lambda text: text == "a") == ""


def test_a_letter_of_another_script_is_named() -> None:
    assert foreign("japan\u0435ast") == "U+0435 CYRILLIC SMALL LETTER IE"
    assert foreign("japaneast") == ""


@pytest.mark.parametrize(
    ("wrong", "near"), [("TCP", "tcp"), ("STANDARD-SMALL", "standard_small"), ("\u0441idr", "cidr"), ("xyz", "")]
)
def test_the_closest_name_ignores_case_separators_and_scripts(wrong: str, near: str) -> None:
    assert closest(wrong, ("udp", "tcp", "standard_small", "plus_small", "cidr")) == near


def changed(old: str, new: str) -> Loaded:
    """Return the checked sample with another text."""
    text = SAMPLE.read_text(encoding="utf-8")
    assert old in text
    return check(parse(text.replace(old, new, 1), "topology.yaml"), SAMPLE.parent / "jwks")


FIXES = (
    ("min_count: 2", "min_count: 2.0", "2"),
    ("min_count: 2", "min_count: '2'", "2"),
    ("min_count: 2", "min_count: 0x2", "2"),
    ("min_count: 2", "min_count: 2 nodes", "2"),
    ("version: 1", "version: '1'", "1"),
    ("transit_pools: [transit]", "transit_pools: transit", "transit_pools: [transit]"),
    ("jobs: 10.96.0.0/24", "jobs: [10.96.0.0/24]", "jobs: 10.96.0.0/24"),
    ("cidr: 10.64.0.0/16", "cidr: 10.64.0.0/255.255.0.0", "10.64.0.0/16"),
    ("cidr: 10.64.0.0/16", "cidr: 10.64.0.0-10.64.255.255", "10.64.0.0/16"),
    ("cidr: 10.64.0.0/16", "cidr: \u201c10.64.0.0/16\u201d", "10.64.0.0/16"),
    ("vault_route: via-hub", "vault_route: via", "via-hub"),
    ("refresh_after: 30s", "refresh_after: 30", "30s"),
    ("kubernetes_version: \"1.36\"", "kubernetes_version: v1.36", '"1.36"'),
)  # fmt: skip


@pytest.mark.parametrize(("old", "new", "fix"), FIXES)
def test_the_fix_of_a_wrong_value_removes_the_finding(old: str, new: str, fix: str) -> None:
    (finding,) = changed(old, new).findings
    assert not isinstance(finding.fix, str)
    assert fix in set(values(finding.fix))
    corrected = fix if ":" in fix else f"{old.partition(':')[0]}: {fix}"
    assert corrected == old


@pytest.mark.parametrize("new", ["min_count: yes", "min_count: 017", "min_count: .inf", "min_count: ~"])
def test_the_fix_of_an_ambiguous_number_has_no_quotes(new: str) -> None:
    (finding,) = changed("min_count: 2", new).findings
    assert finding.rule.id == "HVN005"
    assert '"' not in plain_text(finding.fix)


def test_an_unclosed_bracket_gives_one_finding() -> None:
    findings = changed("refresh_after: 30s}", "refresh_after: 30s").findings
    assert [finding.rule.id for finding in findings] == ["HVN002"]


def test_a_key_without_a_value_in_brackets_has_no_space_after_its_colon() -> None:
    (finding,) = changed("min_count: 2,", "min_count:,").findings
    assert finding.rule.id == "HVN002"
    assert "min_count:" in plain_text(finding.message)


@pytest.mark.parametrize(
    ("old", "new", "rules"),
    [
        ("transit_pools: [transit]", "transit_pools: [trasnit]", ["HVN301"]),
        ("    vault_route: direct\n", "    <<: {vault_route: direct}\n", ["HVN006"]),
        ("sku_tier: Standard", "zones: [1, 2, 3]", ["HVN022"]),
        ("sku_tier: Standard", 'zones: ["1", "1"]', ["HVN023"]),
        (
            "cidr: 10.0.0.0/22",
            "cidr: 10.0.0.0/22 # hvn: allow HVN402 a reason\n  more_cidrs: [10.64.0.0/24]",
            ["HVN111"],
        ),
    ],
)
def test_one_mistake_gives_one_finding(old: str, new: str, rules: list[str]) -> None:
    assert [finding.rule.id for finding in changed(old, new).findings] == rules


def test_the_name_of_the_hub_gives_no_finding_about_ids() -> None:
    reported = {finding.rule.id for finding in changed("  payments: #", "  hub: #").findings}
    assert ("HVN201" in reported, "HVN202" in reported) == (True, False)


@pytest.mark.parametrize(
    ("written", "line"),
    [
        ("[checkout]", "{kind: Deployment, name: checkout}"),
        ("checkout", "restart: [{kind: Deployment, name: checkout}]"),
    ],
)
def test_a_name_in_place_of_a_mapping_becomes_its_name(written: str, line: str) -> None:
    end = "destination: checkout-secrets"
    (finding,) = changed(f"{end}}}", f"{end}, restart: {written}}}").findings
    assert isinstance(finding.fix, Message)
    assert line in set(values(finding.fix))
    assert not changed(f"{end}}}", f"{end}, restart: [{{kind: Deployment, name: checkout}}]}}").findings
