"""The check refuses wrong values of single fields, and each finding states the limit of its field."""

import json
import os
import pathlib
import re
import threading
from ipaddress import IPv4Network
from typing import Any, get_args

import pytest
from jsonschema import Draft202012Validator

from hvn.check.load import Loaded
from hvn.commands import schema
from hvn.diagnostics.finding import Finding, dotted
from hvn.diagnostics.message import plain_text, values
from hvn.topology import fields
from hvn.topology.fields import Text
from hvn.yamlfile.source import Unreadable, read
from tests.check.changed_topologies import Path, check_with, findings_of_shape, leaves, topology, with_values

EVERYTHING = topology("everything")
EXISTING = topology("existing")
BASES = {"everything": EVERYTHING, "existing": EXISTING}
TEXTS = {
    name: mark
    for name in fields.__all__
    for mark in get_args(getattr(fields, name))[1:]
    if isinstance(mark, Text)
}  # fmt: skip
APP: Path = ("spokes", "payments", "cluster", "apps", "webapp")
VALIDATOR = Draft202012Validator(json.loads(schema.schema()))


def at(loaded: Loaded, path: Path) -> list[Finding]:
    return [finding for finding in loaded.findings if finding.path[: len(path)] == path]


def facts(finding: Finding) -> set[str]:
    """Return the values in message and fix."""
    return {value for text in (finding.message, finding.fix) if not isinstance(text, str) for value in values(text)}


LEAVES = [
    pytest.param(base, path, value, id=f"{name}:{dotted(path)}")
    for name, base in BASES.items()
    for path, value in leaves(base)
    if not isinstance(value, bool)
]


@pytest.mark.parametrize(("base", "path", "value"), LEAVES)
def test_a_wrong_value_has_the_limit_of_its_field_with_a_source(base: Any, path: Path, value: object) -> None:
    wrong = 10**6 if isinstance(value, int) else "§" * 1001
    # No rule reports an invalid value: test_one_finding.py.
    shape = findings_of_shape(with_values(base, {path: wrong}))
    findings = [finding for finding in shape if finding.path[: len(path)] == path]
    assert [finding.rule.id for finding in findings] == ["HVN023"]
    assert str(findings[0].why) not in ("", findings[0].rule.why)
    assert re.search(r"\(https://[^ ]+\)$|\(docs/[^ ]+\)$", str(findings[0].why))


def test_the_limits_of_two_vendors_differ() -> None:
    path: Path = ("hvn", "cidr")
    hcp = at(check_with(EVERYTHING, {path: "172.25.16.1/20"}), path)[0]
    azure = at(check_with(EVERYTHING, {("hub", "cidr"): "10.0.0.1/22"}), ("hub", "cidr"))[0]
    assert "hashicorp/hcp" in str(hcp.why)
    assert "hashicorp/hcp" not in str(azure.why)


@pytest.mark.parametrize(
    ("path", "wrong", "source"),
    [
        (("vault", "pki_engines", "internal_ca", "roles", "webapp", "allowed_domains", 0), "*.example.com", "/pki"),
        ((*APP, "certificates", 0, "common_name"), "https://web.example.com", "/pki"),
        ((*APP, "certificates", 0, "alt_names", 0), "10.0.0.4", "/pki"),
        (("hub", "vault_peering", "dns_forwarding", "*.corp"), ["10.0.0.132"], "/private-dns"),
        ((*APP, "secrets", 0, "path"), "webapp/../admin", "/policies"),
    ],
    ids=str,
)
def test_the_reason_is_about_the_field(path: Path, wrong: object, source: str) -> None:
    (finding,) = at(check_with(EVERYTHING, {path: wrong}), path)
    assert finding.rule.id == "HVN023"
    assert source in str(finding.why)


@pytest.mark.parametrize(("wrong", "right"), [(1025, {"1024", "1032"}), (4, {"0", "8"}), (63_999, {"63992", "64000"})])
def test_the_finding_of_a_number_between_two_steps_proposes_both(wrong: int, right: set[str]) -> None:
    path: Path = ("spokes", "payments", "cluster", "load_balancer", "ports_per_node")
    (finding,) = at(check_with(EVERYTHING, {path: wrong}), path)
    assert finding.rule.id == "HVN023"
    assert right | {str(wrong), "8"} <= facts(finding)
    assert "multiple of 8" in str(finding.why)


@pytest.mark.parametrize(
    "path",
    [("hvn", "cidr"), ("hub", "firewall"), ("spokes", "payments", "vault_route"), ("azure", "tenant_id")],
    ids=dotted,
)
def test_the_finding_of_a_missing_key_states_its_purpose(path: Path) -> None:
    base = topology("everything")
    parent = base
    for part in path[:-1]:
        parent = parent[part]
    del parent[path[-1]]
    finding = next(one for one in check_with(base, {}).findings if one.rule.id == "HVN021")
    assert finding.path == path[:-1]
    assert path[-1] in facts(finding)
    assert str(finding.why).startswith(f"{dotted(path)}: ")


@pytest.mark.parametrize(
    ("path", "wrong", "closest"),
    [
        (("spokes", "payments", "vault_route"), "via_hub", "via-hub"),
        (("vault", "tier"), "standart_small", "standard_small"),
        (("state", "backend"), "azure-rm", "azurerm"),
        (("hub", "firewall", "sku_tier"), "premium", "Premium"),
    ],
    ids=lambda value: value if isinstance(value, str) else dotted(value),
)
def test_an_unknown_choice_suggests_the_closest_one(path: Path, wrong: str, closest: str) -> None:
    finding = at(check_with(EVERYTHING, {path: wrong}), path)[0]
    assert finding.rule.id == "HVN023"
    assert {wrong, closest} <= facts(finding)
    assert f"did you mean {closest}?" in str(finding.fix)


SUBSCRIPTION = "/subscriptions/22222222-2222-4222-8222-222222222222"
VNET = f"{SUBSCRIPTION}/resourceGroups/rg/providers/Microsoft.Network/virtualNetworks/v1"


@pytest.mark.parametrize(
    ("right", "wrong", "written"),
    [
        ("resourceGroups", "resourcegroups", "resourceGroups"),
        ("Microsoft.Network", "microsoft.network", "Microsoft.Network"),
        ("virtualNetworks", "virtualnetworks", "virtualNetworks"),
        ("virtualNetworks", "privateDnsZones", "virtualNetworks"),
        ("22222222-2222-4222-8222-222222222222", "my-subscription", "6b1f2d3c-0a9e-4c57-8f7d-3a2b1c0d9e8f"),
        ("/rg/", "/rg./", "rg-network"),
        ("/v1", "/v1.", "vnet-hub"),
    ],
)
def test_the_wrong_segment_of_a_resource_id_is_named(right: str, wrong: str, written: str) -> None:
    path: Path = ("hub", "existing", "vnet_id")
    (finding,) = at(check_with(EXISTING, {path: VNET.replace(right, wrong)}), path)
    assert {wrong.strip("/"), written} <= facts(finding)


def test_all_wrong_segments_of_a_resource_id_are_named_at_once() -> None:
    path: Path = ("hub", "existing", "vnet_id")
    wrong = VNET.lower().replace("22222222-", "dev-")
    (finding,) = at(check_with(EXISTING, {path: wrong}), path)
    words = {"resourcegroups", "microsoft.network", "virtualnetworks", "dev-2222-4222-8222-222222222222"}
    assert words | {"resourceGroups", "Microsoft.Network", "virtualNetworks"} <= facts(finding)


@pytest.mark.parametrize(
    ("path", "value", "why", "fix"),
    [
        (("hvn", "existing"), {"id": "x"}, "managed outside this project", "true or false"),
        (("hub", "gateway"), None, "forgotten value", "gateway: {cidr: 10.64.0.0/16}, or delete the key"),
        (("hub", "bastion"), "10.0.1.0/26", "Azure Bastion", "bastion: {cidr: 10.0.1.0/26}"),
        (("hub", "firewall"), True, "Azure Firewall", "firewall: {cidr: 10.64.0.0/16}"),
        (("hub", "vault_peering"), False, "own peering", "vault_peering: {}"),
        (("hub", "more_cidrs"), "10.9.0.0/24", "Additional ranges", "more_cidrs: [10.9.0.0/24]"),
    ],
)
def test_a_wrong_type_gets_the_purpose_of_the_field_and_yaml_to_paste(
    path: Path, value: object, why: str, fix: str
) -> None:
    (finding,) = at(check_with(EVERYTHING, {path: value}), path)
    assert finding.rule.id == "HVN022"
    assert why in plain_text(finding.why)
    assert fix in plain_text(finding.fix)


@pytest.mark.parametrize("value", [VNET[1:], f"{VNET}/subnets/nodes", "vnet-hub", "/", VNET.rpartition("/")[0]])
def test_another_text_gets_a_complete_resource_id(value: str) -> None:
    path: Path = ("hub", "existing", "vnet_id")
    (finding,) = at(check_with(EXISTING, {path: value}), path)
    right = VNET if "/v1" in value else "/virtualNetworks/vnet-hub"
    assert any(fact.endswith(right) for fact in facts(finding))


def test_the_form_of_a_subject_has_no_id_of_another_tenant() -> None:
    path: Path = ("vault", "ci", "azure_devops", "plan")
    (finding,) = at(check_with(EVERYTHING, {path: "sc:/x"}), path)
    assert not [fact for fact in facts(finding) if "PC0fa54KV0yPfTorHA2ejw" in fact]
    assert any("<tenant>" in fact for fact in facts(finding))


@pytest.mark.parametrize("value", ["10.0.0.0/08", "10.0.0.0/00", "10.00.0.0/8", "１0.0.0.0/8", "10.0.0.0/８"])
def test_a_range_has_one_spelling_for_the_check_and_for_the_schema(value: str) -> None:
    changed = check_with(EVERYTHING, {("address_pools", "spokes"): value})
    assert "HVN023" in {finding.rule.id for finding in at(changed, ("address_pools", "spokes"))}
    assert refused_by_schema(EVERYTHING, ("address_pools", "spokes"), value)


APP = ("spokes", "payments", "cluster", "apps", "webapp")
OTHER_DIGITS: dict[Path, str] = {
    (*APP, "ttl"): "3０m",
    (*APP, "secrets", 0, "refresh_after"): "3０s",
    ("spokes", "payments", "cluster", "kubernetes_version"): "1.3６",
    ("spokes", "payments", "cluster", "node_pool", "max_surge"): "1０%",
    ("spokes", "payments", "cluster", "vso", "version"): "1.4.１",
    ("spokes", "payments", "cluster", "vso", "image_registry"): "registry.example.com:50０0",
    ("vault", "ci", "github", "subject_prefix"): "repo:example-org@123４/platform@5678",
    ("vault", "ci", "github", "issuer"): "https://token.example.com:44３",
    ("hub", "firewall", "private_ip"): "10.0.0.５",
    ("state", "subscription_id"): "5555555５-5555-4555-8555-555555555555",
}


@pytest.mark.parametrize(("path", "value"), OTHER_DIGITS.items(), ids=[dotted(path) for path in OTHER_DIGITS])
def test_digits_of_other_scripts_are_refused(path: Path, value: str) -> None:
    findings = at(check_with(EVERYTHING, {path: value}), path)
    assert [finding.rule.id for finding in findings] == ["HVN023"]
    if path[-1] != "private_ip":  # the schema has a `format` for this field, not a pattern
        assert refused_by_schema(EVERYTHING, path, value)


def test_the_cases_of_other_digits_pass_with_ascii_digits() -> None:
    ascii_digits = str.maketrans("０１２３４５６７８９", "0123456789")
    for path, value in OTHER_DIGITS.items():
        findings = at(check_with(EVERYTHING, {path: value.translate(ascii_digits)}), path)
        assert not [finding for finding in findings if finding.rule.id == "HVN023"], path


def test_a_letter_that_only_becomes_ascii_in_lower_case_is_refused() -> None:
    path: Path = ("hub", "firewall", "allow_fqdns", 0)
    assert not at(check_with(EVERYTHING, {path: "KUBE.Example.com"}), path)
    assert at(check_with(EVERYTHING, {path: "\u212aube.example.com"}), path)  # the lower case of the Kelvin sign is `k`


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("hub", "private_dns_zones", 0), "PrivateLink.vaultcore.azure.net"),
        (("vault", "ci", "github", "issuer"), "https://token.example.com/.."),
        (("vault", "ci", "github", "issuer"), "https://token.example.com/./a"),
    ],
    ids=["a zone", "a parent", "a folder"],
)
def test_a_text_that_another_text_equals_is_refused(path: Path, value: str) -> None:
    assert [finding.rule.id for finding in at(check_with(EVERYTHING, {path: value}), path)] == ["HVN023"]
    assert refused_by_schema(EVERYTHING, path, value)


@pytest.mark.parametrize("name", TEXTS)
def test_the_schema_has_the_whole_pattern_of_a_text(name: str) -> None:
    mark = TEXTS[name]
    pattern = mark.__get_pydantic_json_schema__({"type": "string"}, lambda part: part)["pattern"]  # type: ignore[arg-type]
    example = mark.example.strip('"')
    assert re.search(pattern, example)
    assert mark.check(example) == example
    if name not in ("TagValue", "Reason", "TemplateText", "Statement"):
        wrong = "%" if name == "TagKey" else "§"
        assert not re.search(pattern, f"{wrong}{example}")
        assert not re.search(pattern, f"{example}{wrong}")


def refused_by_schema(base: Any, path: Path, value: str) -> bool:
    return not VALIDATOR.is_valid(with_values(base, {path: value}))


FIRST_EDGES = ["0.0.0.0/0", "255.255.255.255/32"]
OTHER_EDGES = ["0.0.0.0/32", "0.0.0.0/31", "255.255.255.254/31", "255.255.255.248/29"]
ACCEPTED = {"HVN611"}
RANGES = [
    pytest.param(base, path, id=f"{name}:{dotted(path)}")
    for name, base in BASES.items()
    for path, value in leaves(base)
    if re.fullmatch(r"[0-9.]+/[0-9]+", str(value)) and not {"destination", "in_use"} & set(path)  # any range is valid
]


@pytest.mark.parametrize("edge", [*FIRST_EDGES, *(pytest.param(edge, marks=pytest.mark.whole) for edge in OTHER_EDGES)])
@pytest.mark.parametrize(("base", "path"), RANGES)
def test_a_range_at_the_edge_of_the_address_space_ends_in_findings(base: Any, path: Path, edge: str) -> None:
    loaded = check_with(base, {path: edge})
    at_range = {finding.rule.id for finding in loaded.findings if finding.path == path}
    # A remote network may use public addresses. The check also warns about a rule that never matches, or that matches
    # everything.
    warned = "HVN101" in at_range or {"dnat_rules", "firewall_rules", "rules"} & set(path)
    assert loaded.checked is None or warned
    assert {finding.rule.id for finding in loaded.findings} - ACCEPTED


@pytest.mark.parametrize("subnet", [*FIRST_EDGES, *OTHER_EDGES])
def test_a_firewall_address_in_a_subnet_at_the_edge_ends_in_findings(subnet: str) -> None:
    for address in ("0.0.0.4", "255.255.255.255", str(IPv4Network(subnet)[0])):
        changed: dict[Path, str] = {
            ("hub", "firewall", "cidr"): subnet,
            ("hub", "firewall", "private_ip"): address,
        }
        assert "HVN102" in {finding.rule.id for finding in check_with(EVERYTHING, changed).findings}


def test_a_named_pipe_and_a_device_are_no_topology_file(tmp_path: pathlib.Path) -> None:
    with pytest.raises(Unreadable, match="not a regular file"):
        read("/dev/null")
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    # If the check opened the pipe, the writer would end, and `read` would return.
    writer = threading.Thread(target=lambda: pipe.write_text("version: 1\n"), daemon=True)
    writer.start()
    with pytest.raises(Unreadable, match="not a regular file"):
        read(pipe)
    reader = os.open(pipe, os.O_RDWR)  # with this reader, the writer can end
    writer.join()
    os.close(reader)
