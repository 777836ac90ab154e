"""Test findings that need only the topology, without a plan. Every rule has an edit or a test."""

import importlib

import pytest
from click.testing import CliRunner

from hvn.affected import history
from hvn.check.load import load
from hvn.cli import cli
from hvn.kinds.vault_auth.inputs import VaultAuthInputs
from hvn.review import rules
from hvn.review.build import build
from tests.affected.conftest import Repository
from tests.conftest import PROJECT
from tests.review.conftest import begin
from tests.review.edits import ORDERS, SHIPPING
from tests.review.findings import findings, impact, steps
from tests.review.plans import plan

REVIEW = ["review", "../plans", "--base", "main", "--topology", "config/topology.yaml"]
MORE = "            - {{path: {}, destination: {}}}\n"
NO_CLUSTER = "  orders:\n    cidr: 10.65.0.0/16\n    vault_route: direct\n"
NO_WAY = NO_CLUSTER.replace("direct", "none")
BY_FIREWALL = NO_CLUSTER.replace("direct", "via-hub").replace("10.65.0.0/16", "10.96.32.0/19")


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        ("cidr: 172.25.16.0/20", "cidr: 172.25.32.0/20", "vault-lost"),
        ("id: hvn-japaneast", "id: hvn-other", "vault-lost"),
        ("cluster_id: vault-prod", "cluster_id: vault-two", "vault-lost"),
        ("namespace: admin", "namespace: admin/other", "secrets-engine-changed"),
        ("      node_cidr: 10.64.0.0/20\n", "      node_cidr: 10.64.0.0/20\n      service_cidr: 100.70.0.0/20\n",
         "cluster-replaced"),
        ("\nname: platform", "\nname: other", "state-moved"),
        ("cidr: 10.64.0.0/16", "cidr: 10.64.0.0/17", "network-moved"),
        ("    sku_tier: Standard", "    private_ip: 10.0.0.5", "firewall-ip-changed"),
        ("    cidr: 10.0.0.0/26\n", "    cidr: 10.0.0.0/26\n    allow_fqdns: [evil.example]\n", "firewall-opened"),
        ("vm_size: Standard_D4s_v5, min_count: 2, max_count: 3", "vm_size: Standard_D8s_v5, min_count: 2, max_count: 3",
         "nodes-replaced"),
        ("min_count: 2, max_count: 3", "min_count: 2, max_count: 3, zones: ['1']", "nodes-replaced"),
        ("      vault_login: {keys: pubkeys}\n",
         "      vault_login: {keys: pubkeys}\n      vso: {image_registry: registry.example.com}\n",
         "operator-source-changed"),
        ("min_count: 2, max_count: 3", "min_count: 2, max_count: 2", "scaled-down"),
        ("min_count: 2, max_count: 3", "min_count: 1, max_count: 3", "scaled-down"),
        ("    cidr: 10.0.0.0/26\n", "    cidr: 10.0.0.0/26\n    threat_intelligence: 'off'\n",
         "threat-intelligence-weakened"),
        ("    cidr: 10.65.0.0/16\n", "    cidr: 10.65.0.0/16\n    dns_servers: [10.0.0.4]\n", "dns-servers-changed"),
        ("  cidr: 10.0.0.0/22\n", "  cidr: 10.0.0.0/22\n  dns_servers: [10.0.0.4]\n", "dns-servers-changed"),
        ("    cidr: 10.65.0.0/16\n",
         "    cidr: 10.65.0.0/16\n    routes: {kms: {destination: AzureCloud, next_hop: internet}}\n", "route-opened"),
        ("    cidr: 10.65.0.0/16\n",
         "    cidr: 10.65.0.0/16\n    routes: {kms: {destination: AzureCloud, next_hop: none}}\n", "route-closed"),
    ],
)  # fmt: skip
def test_an_edit_is_reported_without_a_plan(
    repository: Repository, monkeypatch: pytest.MonkeyPatch, old: str, new: str, rule: str
) -> None:
    repository.edit((old, new))
    assert rule in findings(repository, monkeypatch)


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        ("      vault_login: {keys: pubkeys}\n",
         '      vault_login: {keys: pubkeys}\n      vso: {version: "1.4.0"}\n', "operator-source-changed"),
        ("min_count: 2, max_count: 3", "min_count: 3, max_count: 4", "scaled-down"),
        ("    cidr: 10.0.0.0/26\n", "    cidr: 10.0.0.0/26\n    threat_intelligence: alert\n",
         "threat-intelligence-weakened"),
        ("    cidr: 10.0.0.0/26\n", "    cidr: 10.0.0.0/26\n    threat_intelligence: deny\n",
         "threat-intelligence-weakened"),
        ("    cidr: 10.65.0.0/16\n",
         "    cidr: 10.65.0.0/16\n    routes: {closed: {destination: AzureCloud, next_hop: none}}\n", "route-opened"),
        ("    cidr: 10.65.0.0/16\n",
         "    cidr: 10.65.0.0/16\n    routes: {same: {destination: 192.0.2.0/24, next_hop: firewall}}\n",
         "route-opened"),
        ("    cidr: 10.65.0.0/16\n",
         "    cidr: 10.65.0.0/16\n    routes: {same: {destination: 192.0.2.0/24, next_hop: firewall}}\n",
         "route-closed"),
    ],
)  # fmt: skip
def test_a_similar_edit_is_not_reported(
    repository: Repository, monkeypatch: pytest.MonkeyPatch, old: str, new: str, rule: str
) -> None:
    repository.edit((old, new))
    assert rule not in findings(repository, monkeypatch)


def test_a_spoke_that_leaves_or_joins_the_gateway_is_reported(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    gateway = ("  cidr: 10.0.0.0/22\n", "  cidr: 10.0.0.0/22\n  gateway: {cidr: 10.0.2.0/27, existing: true}\n")
    join = ("    cidr: 10.65.0.0/16\n", "    cidr: 10.65.0.0/16\n    use_remote_gateways: true\n")
    begin(repository, gateway)
    repository.edit(join)
    found = findings(repository, monkeypatch)
    assert ("gateway-left" in found, "gateway-joined" in found) == (False, True)
    repository.edit((join[1], join[0]))
    begin(repository, join)
    repository.edit((join[1], join[0]))
    found = findings(repository, monkeypatch)
    (finding,) = found["gateway-left"]
    assert (finding["workspace"], finding["facts"]) == ("network-orders", {"ranges": ["10.65.0.0/16"]})


def test_a_route_that_drops_traffic_to_vault_loses_the_connection(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    cidr = "    cidr: 10.65.0.0/16\n"
    repository.edit((cidr, f"{cidr}    routes: {{vault: {{destination: 172.25.16.0/20, next_hop: none}}}}\n"))
    (finding,) = findings(repository, monkeypatch)["reach-lost"]
    assert finding["workspace"] == "network-orders"
    assert finding["facts"] == {"source": "orders", "destination": "vault", "protocol": "TCP", "port": 8200}


@pytest.mark.parametrize(
    ("field", "before", "after"),
    [("tier", "plus_small", "standard_large"), ("sku_tier", "Premium", "Standard")],
)
def test_a_lower_tier_is_reported_and_a_higher_one_is_not(
    repository: Repository, monkeypatch: pytest.MonkeyPatch, field: str, before: str, after: str
) -> None:
    lines = {"tier": "  tier: standard_small\n", "sku_tier": "    sku_tier: Standard\n"}
    line = lines[field]
    high, low = (f"{line.partition(':')[0]}: {value}\n" for value in (before, after))
    begin(repository, (line, high))
    repository.edit((high, low))
    (finding,) = findings(repository, monkeypatch)["scaled-down"]
    assert finding["facts"] == {"argument": field, "pool": "", "before": before, "after": after}
    begin(repository)
    repository.edit((low, high))
    assert "scaled-down" not in findings(repository, monkeypatch)


def test_a_replaced_hvn_affects_peerings_and_secrets(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    repository.edit(("cidr: 172.25.16.0/20", "cidr: 172.25.32.0/20"))
    (lost,) = findings(repository, monkeypatch)["vault-lost"]
    assert "prevent_destroy" in lost["message"]
    assert all(f"peering-{name}" in impact(lost) for name in ("hub", "orders", "payments"))
    assert all(f"secrets-{name}" in impact(lost) for name in ("orders", "payments"))


def test_a_project_id_that_is_written_down_loses_nothing(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    line = "  project_id: 33333333-3333-4333-8333-333333333333\n"
    begin(repository, (line, ""))
    repository.edit(("  cidr: 172.25.16.0/20\n", "  cidr: 172.25.16.0/20\n" + line))
    assert not {"vault-lost", "peering-cut"} & findings(repository, monkeypatch).keys()


@pytest.mark.parametrize(
    ("old", "new", "values"),
    [
        ('"1.36"', '"1.35"', ("1.36", "1.35")),
        ('"1.36"', '"1.35.9"', ("1.36", "1.35.9")),
        ("tier: standard_small", "tier: dev", ("standard_small", "dev")),
    ],
)
def test_a_change_that_a_cloud_refuses_and_the_plan_does_not(
    repository: Repository, monkeypatch: pytest.MonkeyPatch, old: str, new: str, values: tuple[str, str]
) -> None:
    repository.edit((old, new))
    found = findings(repository, monkeypatch)
    (refused,) = found["change-refused"]
    assert tuple(refused["facts"].values()) == values
    assert "nodes-replaced" not in found


@pytest.mark.parametrize(
    ("before", "after", "refused", "skips"),
    [("1.35", "1.35.1", False, False), ("1.36.2", "1.36.1", True, False), ("1.36.2", "1.36", False, False),
     ("1.34", "1.36", False, True), ("1.9", "1.10", False, False), ("1.36.10", "1.36.9", True, False)],
)  # fmt: skip
def test_versions_are_compared_as_numbers(
    repository: Repository, monkeypatch: pytest.MonkeyPatch, before: str, after: str, refused: bool, skips: bool
) -> None:
    begin(repository, ('"1.36"', f'"{before}"'))
    repository.edit((f'"{before}"', f'"{after}"'))
    found = findings(repository, monkeypatch)
    assert ("change-refused" in found) == refused
    upgraded = [one["message"] for one in found.get("nodes-replaced", ())]
    assert ["skip a minor version" in message for message in upgraded] == ([] if refused else [skips])


def test_administrators_of_a_cluster(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    line = "      vault_login: {keys: pubkeys}\n"
    one, two = (f"6b1f2d3c-0a9e-4c57-8f7d-3a2b1c0d9e8{end}" for end in "12")
    groups = f"      admin_groups: [{one}]\n{line}"
    repository.edit((line, groups))
    (changed,) = findings(repository, monkeypatch)["cluster-admins-changed"]
    assert (one in changed["message"], "disabled" in changed["message"]) == (True, True)
    assert "rotate the certificates" in steps(changed)
    begin(repository, (one, f"{one}, {two}"))
    assert "cluster-admins-changed" not in findings(repository, monkeypatch)
    repository.edit((groups.replace(one, f"{one}, {two}"), line))
    (changed,) = findings(repository, monkeypatch)["cluster-admins-changed"]
    assert "local accounts are enabled" in changed["message"]


@pytest.mark.parametrize(
    ("before", "after", "upgrade"),
    [
        ("1.36", "1.36.1", "the patch of 1.36 is unknown"),
        ("1.36.3", "1.36", "AKS starts no upgrade"),
        ("1.35.3", "1.36", "AKS upgrades node by node, and cannot revert the upgrade"),
    ],
)
def test_a_version_without_a_patch_is_no_certain_upgrade(
    repository: Repository, monkeypatch: pytest.MonkeyPatch, before: str, after: str, upgrade: str
) -> None:
    if before != "1.36":
        begin(repository, ('"1.36"', f'"{before}"'))
    repository.edit((f'"{before}"', f'"{after}"'))
    (replaced, *_) = findings(repository, monkeypatch)["nodes-replaced"]
    assert upgrade in replaced["facts"]["upgrade"]
    assert (replaced["facts"]["old"], replaced["facts"]["new"]) == (before, after)


def test_a_change_of_the_code_of_the_review(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    rule = repository.folder / "hvn" / "review" / "rules" / "vault_lost.py"
    rule.parent.mkdir(parents=True)
    rule.write_text("as it was")
    begin(repository, ("max_count: 3", "max_count: 4"))
    assert "review-changed" not in findings(repository, monkeypatch)
    rule.write_text("muted")
    (changed,) = findings(repository, monkeypatch)["review-changed"]
    assert changed["facts"]["files"] == ["hvn/review/rules/vault_lost.py"]


@pytest.mark.parametrize(
    "file",
    [
        *("sitecustomize.py", "Makefile", "tools/setup.py", ".npmrc", "pyproject.toml", ".ci/run", "CODEOWNERS"),
        *("docs/CODEOWNERS", ".github/actions/plan/action.yml", ".github/workflows/review.yml", "bin/hvn"),
    ],
)
def test_a_file_that_can_change_the_review(repository: Repository, monkeypatch: pytest.MonkeyPatch, file: str) -> None:
    path = repository.folder / file
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("changed", encoding="utf-8")
    (changed,) = findings(repository, monkeypatch)["review-changed"]
    assert changed["facts"]["files"] == [file]


@pytest.mark.parametrize("file", ["docs/how-to/rehearse.md", "tests/test_x.py", "README.md", "config/jwks/x.json"])
def test_a_file_that_cannot_change_the_review(
    repository: Repository, monkeypatch: pytest.MonkeyPatch, file: str
) -> None:
    path = repository.folder / file
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("{}", encoding="utf-8")
    assert "review-changed" not in findings(repository, monkeypatch)


def test_the_last_app_is_removed_with_its_namespace(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    repository.edit((ORDERS[ORDERS.index("      apps:") :], "\n"))
    (removed,) = findings(repository, monkeypatch)["workspace-removed"]
    assert "namespaces checkout" in removed["impact"][0]
    assert removed["impact"][1].startswith("the operator")


def test_a_plan_of_an_unknown_workspace(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    (unknown,) = findings(repository, monkeypatch, network_nowhere=plan())["incomplete-review"]
    assert (unknown["level"], unknown["workspace"]) == ("error", "network-nowhere")


def test_the_plans_of_a_wave_are_required(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    repository.edit((ORDERS, ORDERS + SHIPPING))
    first, second = (findings(repository, monkeypatch, "--wave", wave)["incomplete-review"] for wave in ("1", "2"))
    ids = [[one["workspace"] for one in wave] for wave in (first, second)]
    assert ids == [
        ["network-shipping", "peering-shipping", "aks-shipping"],
        ["vault-auth-shipping", "vso-shipping"],
    ]


def test_a_blocked_workspace_is_not_removed(repository: Repository) -> None:
    (repository.file.parent / "jwks" / "payments.json").unlink()
    loaded = load(repository.file)
    assert loaded.checked
    context = build(history.base("main", repository.file), loaded, loaded.checked, {}, 1)
    assert context.after["vault-auth-payments"].blocked
    assert list(context.changed(VaultAuthInputs)) == []


def test_logins_of_a_blocked_workspace_stay(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    (repository.file.parent / "jwks" / "payments.json").unlink()
    monkeypatch.chdir(repository.folder)
    (repository.folder.parent / "plans").mkdir()
    text = CliRunner().invoke(cli, REVIEW, catch_exceptions=False).stdout
    assert "**incomplete-review** `vault-auth-payments`, `secrets-payments`:" in text
    assert "can no longer log in" not in text


def test_ids_and_names_are_used_once() -> None:
    found = [module.RULE for module in rules.modules()]
    assert len({rule.id for rule in found}) == len({rule.name for rule in found}) == len(found)
    assert all(rule.id.startswith("HVN9") for rule in found)


def test_every_rule_is_documented() -> None:
    for module in rules.modules():
        rule = module.RULE
        assert all((rule.reports, rule.why, rule.fix, rule.example, rule.see)), rule.id
        assert importlib.import_module(f"hvn.review.rules.{rule.name.replace('-', '_')}") is module


def test_every_rule_has_an_edit_or_a_test() -> None:
    folder = PROJECT / "tests" / "review"
    comments = "".join(each.read_text(encoding="utf-8") for each in folder.rglob("*.md"))
    tests = "".join(each.read_text(encoding="utf-8") for each in folder.glob("test_*.py"))
    lines = [line for line in tests.splitlines() if "not in" not in line]
    names = [each.RULE.name for each in rules.modules()]
    assert [
        name for name in names if f"**{name}**" not in comments and not any(f'"{name}"' in line for line in lines)
    ] == []


def test_the_arguments_that_force_a_replacement_are_those_of_the_provider() -> None:
    from hvn.kinds import aks
    from hvn.kinds.peering import impact
    from hvn.rehearsal.tables import table
    from hvn.review.rules import egress_cut

    arguments = {
        "cluster": "name",
        "group": "resource_group_name",
        "node_group": "node_resource_group",
        "dns_zone": "private_dns_zone_id",
        "public_api_server": "private_cluster_enabled",
        **{name: f"network_profile.{name}" for name in ("pod_cidr", "service_cidr", "dns_service_ip")},
    }
    cluster = table("azurerm", "azurerm_kubernetes_cluster")
    # azurerm replaces a cluster that leaves the mode overlay. AKS cannot change between the two other modes.
    forces = [name for name in aks.FORCES if name != "network_mode"]
    assert all(cluster.of(arguments.get(name, name)).get("force_new") for name in forces)
    arguments = {"hvn": "hvn_link", "vnet": "peer_vnet_name", "location": "peer_vnet_region"}
    for argument, kinds in egress_cut.FORCES.items():
        name = {"public_ip": "name", "policy": "name", "management_ip": "management_ip_configuration"}.get(
            argument, argument
        )
        names = {"sku_tier": "sku", "address_zones": "zones"}.get(name, name)
        assert all(table("azurerm", kind).of(names).get("force_new") for kind in kinds)
    peering = table("hcp", "hcp_azure_peering_connection")
    assert all(peering.of(arguments.get(name, name)).get("force_new") for name in impact.FORCES)
