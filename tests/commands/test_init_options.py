"""The options of `hvn init` for fields of a company, and the values that `--vault-of` takes over."""

import json
import pathlib

import pytest
from click.testing import CliRunner, Result

from hvn.check.load import load
from hvn.cli import cli
from tests.commands.dialog import UUID, dialog
from tests.commands.test_init import HUB, LOGS, init, written

POOL = {"vm_size": "Standard_D8s_v5", "min_count": 0, "max_count": 5}
OTHER = UUID.replace("6b1f", "7b1f")


@pytest.mark.parametrize(
    ("options", "path", "expected"),
    [
        ("--tag env=prod --tag owner=net", "azure.tags", {"env": "prod", "owner": "net"}),
        (
            "--naming vnet=vnet-{spoke}-prod --naming subnet=snet-{subnet}",
            "naming",
            {"vnet": "vnet-{spoke}-prod", "subnet": "snet-{subnet}"},
        ),
        (f"--logs {LOGS}", "logs", {"workspace_id": LOGS}),
        (
            "--ci github:acme@12/net@34",
            "vault.ci.github",
            {
                "audience": "https://github.com/acme",
                "subject_prefix": "repo:acme@12/net@34",
                "apply": ["environment:production"],
            },
        ),
        ("--ci github:acme/net", "vault.namespace", "admin/acme"),
        ("--ci github:acme/net --vault-namespace admin/net", "vault.namespace", "admin/net"),
        ("--vault-namespace admin/net", "vault", {"cluster_id": "vault-acme", "namespace": "admin/net"}),
        (f"--cluster --admin-group {UUID}", "spokes.shop.cluster.admin_groups", [UUID]),
        ("--cluster --node-size Standard_D8s_v5", "spokes.shop.cluster.node_pool.vm_size", "Standard_D8s_v5"),
        ("--cluster --node-pool apps=Standard_D8s_v5:0-5", "spokes.shop.cluster.node_pools", {"apps": POOL}),
    ],
)
def test_an_option_sets_a_field(options: str, path: str, expected: object, tmp_path: pathlib.Path) -> None:
    file = tmp_path / "network.yaml"
    done = init(file, *options.split())
    assert done.exit_code == 0, done.output
    value = written(file)
    for key in path.split("."):
        value = value[key]
    assert value == expected
    assert load(file).findings == ()
    guess = "--ci github:acme/net" in options
    command = "gh api repos/acme/net/actions/oidc/customization/sub --jq .sub_claim_prefix"
    assert (command in done.stdout) is guess
    assert (f"# to do: compare with the output of {command}" in file.read_text()) is guess
    listed = CliRunner().invoke(cli, ["workspaces", str(file), "--format", "json"])
    assert ([command] in [step["commands"] for step in json.loads(listed.stdout)["manual_steps"]]) is guess
    assert ("vault namespace create -namespace=admin " in done.stdout) is (" admin/" in options or "--ci" in options)
    assert ("cannot rename" in done.stdout) is ("--naming" not in options)


CONNECTIONS = {
    "issuer": f"https://vstoken.dev.azure.com/{UUID}",
    "plan": "sc://acme/my net/hvn-plan",
    "apply": "sc://acme/net/hvn-apply",
}


def test_azure_pipelines_log_in_with_two_service_connections(tmp_path: pathlib.Path) -> None:
    file = tmp_path / "network.yaml"
    done = init(file, "--ci", f"azure_devops:{' '.join(CONNECTIONS.values())}")
    assert done.exit_code == 0, done.output
    vault = {"cluster_id": "vault-acme", "namespace": "admin/acme", "ci": {"azure_devops": CONNECTIONS}}
    assert written(file)["vault"] == vault
    assert load(file).findings == ()
    assert "to do: gh" not in file.read_text()


@pytest.mark.parametrize(("field", "wrong"), [("issuer", "https://acme"), ("apply", "sc://net"), ("plan", "/eid1/c")])
def test_a_wrong_fact_about_a_service_connection_is_an_error(field: str, wrong: str, tmp_path: pathlib.Path) -> None:
    done = init(tmp_path / "n.yaml", "--ci", f"azure_devops:{' '.join((CONNECTIONS | {field: wrong}).values())}")
    assert (done.exit_code, list(tmp_path.iterdir())) == (1, [])
    assert "--ci: error HVN023" in done.stderr
    assert f"vault.ci.azure_devops.{field}" in done.stderr


def test_a_fourth_fact_about_service_connections_is_an_error(tmp_path: pathlib.Path) -> None:
    values = " ".join((*CONNECTIONS.values(), CONNECTIONS["apply"]))
    done = init(tmp_path / "n.yaml", "--ci", f"azure_devops:{values}")
    assert (done.exit_code, list(tmp_path.iterdir())) == (1, [])
    assert "vault.ci.azure_devops.apply" in done.stderr


def test_the_printed_commands_quote_the_file(tmp_path: pathlib.Path) -> None:
    done = init(tmp_path / "a b;id.yaml")
    assert done.exit_code == 0, done.output
    assert f"bin/hvn rehearse --topology '{tmp_path}/a b;id.yaml'" in done.stdout


@pytest.mark.parametrize(("pool", "size"), [("10.0.0.0/16", "22"), ("10.0.0.0/23", "24"), ("10.0.0.0/29", "")])
def test_the_printed_spoke_fits_into_the_pool(pool: str, size: str, tmp_path: pathlib.Path) -> None:
    file = tmp_path / "network.yaml"
    done = init(file, "--pool-cidr", pool)
    assert done.exit_code == 0, done.output
    assert ("bin/hvn spoke add" in done.stdout, f"--size {size}" in done.stdout) == (bool(size), bool(size))
    if size:
        added = CliRunner().invoke(cli, ["spoke", "add", "mail", "--size", size, "--topology", str(file)])
        assert added.exit_code == 0, added.output


def test_a_region_can_have_its_name_in_the_portal(tmp_path: pathlib.Path) -> None:
    file = tmp_path / "network.yaml"
    done = init(file, "--region", "Canada Central")
    assert done.exit_code == 0, done.output
    assert written(file)["azure"]["region"] == "canadacentral"


def test_an_existing_vault_is_not_created(tmp_path: pathlib.Path) -> None:
    file = tmp_path / "network.yaml"
    done = init(file, "--existing-vault", "hvn-one/vault-one", "--hvn-cidr", "172.25.32.0/20")
    assert done.exit_code == 0, done.output
    assert written(file)["hvn"] == {"id": "hvn-one", "cidr": "172.25.32.0/20", "existing": True, "project_id": UUID}
    assert written(file)["vault"] == {"cluster_id": "vault-one", "existing": True}
    assert "--existing-vault" not in done.stdout


@pytest.mark.whole
def test_a_new_file_with_an_existing_vault_rehearses(tmp_path: pathlib.Path) -> None:
    file = tmp_path / "network.yaml"
    init(file, "--existing-vault", "hvn-one/vault-one", "--hvn-cidr", "172.25.32.0/20")
    rehearsed = CliRunner().invoke(cli, ["rehearse", "--topology", str(file)])
    assert rehearsed.exit_code == 0, rehearsed.output


def test_an_unknown_name_pattern_is_an_error_of_the_new_file(tmp_path: pathlib.Path) -> None:
    done = init(tmp_path / "network.yaml", "--naming", "vnets=v-{spoke}")
    assert (done.exit_code, list(tmp_path.iterdir())) == (1, [])
    assert "naming.vnets" in done.stderr


@pytest.mark.parametrize("hub", [{}, {"--hub": "none"}, HUB])
def test_one_scheme_names_all_kinds_that_the_hub_allows(hub: dict[str, str], tmp_path: pathlib.Path) -> None:
    file = tmp_path / "network.yaml"
    words = [word for option in hub.items() for word in option]
    names = ["--naming", "{type}-hl-{spoke}-gwc", "--naming", "cluster=k8s-{spoke}"]
    done = init(file, *words, *names)
    assert done.exit_code == 0, done.output
    naming = written(file)["naming"]
    assert {
        "vnet": "vnet-hl-{spoke}-gwc",
        "subnet": "snet-hl-{spoke}-{subnet}-gwc",
        "cluster": "k8s-{spoke}",
    }.items() <= naming.items()
    assert naming.get("firewall") == (None if hub else "afw-hl-hub-gwc")
    assert ("peering_to_hub" in naming) is (hub.get("--hub") != "none")
    assert not {finding.rule.id for finding in load(file).findings} & {"HVN204", "HVN205"}
    (later,) = [line for line in done.stdout.splitlines() if "name patterns" in line]
    assert "cluster" in later
    assert "vnet" not in later
    add = ["spoke", "add", "mail", "--size", "20", "--cluster", "--topology", str(file)]
    assert CliRunner().invoke(cli, add).exit_code == 0
    assert not {finding.rule.id for finding in load(file).findings} & {"HVN204", "HVN205"}


BACKENDS = {
    "local": {"backend": "local"},
    "cloud:acme": {"backend": "cloud", "organization": "acme", "project": "net"},
    "azurerm:rg-tf/sttf": {
        "backend": "azurerm",
        "resource_group": "rg-tf",
        "storage_account": "sttf",
        "container": "net",
    },
}


@pytest.fixture(params=BACKENDS)
def first(request: pytest.FixtureRequest, tmp_path: pathlib.Path) -> pathlib.Path:
    """Write the file of a first environment, and return its path."""
    file = tmp_path / "first" / "network.yaml"
    sites = ("--on-premises", "dc=192.168.0.0/16")
    done = init(file, "--tag", "env=prod", "--tag", "owner=net", "--logs", LOGS, *sites, state=request.param)
    assert done.exit_code == 0, done.output
    more = {"container": "net", "project": "net"}
    backend = BACKENDS[request.param]
    lines = "".join(f"\n  {key}: {value}" for key, value in more.items() if key in backend)
    account = f"storage_account: {backend.get('storage_account')}"
    for line in (account, "organization: acme"):
        file.write_text(file.read_text().replace(f"  {line}", f"  {line}{lines}"))
    assert written(file)["state"] == backend
    return file


def second(file: pathlib.Path, first: pathlib.Path, *more: str) -> Result:
    words = ["--name", "acmedev", "--subscription-id", OTHER, "--spoke", "shop", "--vault-of", str(first)]
    return CliRunner().invoke(cli, ["init", str(file), *words, *more])


def test_a_second_environment_takes_over_the_shared_values(first: pathlib.Path, tmp_path: pathlib.Path) -> None:
    file = tmp_path / "dev.yaml"
    done = second(file, first, "--tag", "env=dev")
    assert done.exit_code == 0, done.output
    one, two = written(first), written(file)
    account = {"subscription_id": UUID} if one["state"]["backend"] == "azurerm" else {}
    assert two["state"] == one["state"] | account, "the storage account stays in the first subscription"
    assert two["azure"] == one["azure"] | {"subscription_id": OTHER, "tags": {"env": "dev", "owner": "net"}}
    assert (two["logs"], two["on_premises"]) == (one["logs"], one["on_premises"])
    assert two["hvn"]["project_id"] == UUID
    line = next(line for line in done.stdout.splitlines() if line.startswith("from the file of --vault-of: "))
    assert line.endswith(": tenant-id, region, project-id, state, tag, logs, on-premises")
    other = CliRunner().invoke(cli, ["check", str(file), "--with", str(first)])
    assert other.exit_code == 0, other.output


def test_options_override_the_values_of_the_first_environment(first: pathlib.Path, tmp_path: pathlib.Path) -> None:
    file = tmp_path / "dev.yaml"
    options = {
        "--tenant-id": OTHER,
        "--region": "northeurope",
        "--state": "cloud:dev",
        "--logs": LOGS.replace("acme", "dev"),
        "--on-premises": "dc=192.168.1.0/24",
    }
    done = second(file, first, *(word for option in options.items() for word in option))
    assert done.exit_code == 0, done.output
    two = written(file)
    assert two["azure"]["tenant_id"] == OTHER
    assert two["azure"]["region"] == "northeurope"
    assert two["state"] == {"backend": "cloud", "organization": "dev"}
    assert two["logs"] == {"workspace_id": options["--logs"]}
    assert two["on_premises"] == {"dc": ["192.168.1.0/24"]}
    assert "from the file of --vault-of: project-id, tag\n" in done.stdout


@pytest.mark.parametrize(("region", "kept"), [("westeurope", True), ("northeurope", False)])
def test_a_storage_account_for_logs_stays_in_its_region(region: str, kept: bool, tmp_path: pathlib.Path) -> None:
    file, other = tmp_path / "first.yaml", tmp_path / "dev.yaml"
    assert init(file).exit_code == 0
    account = f"/subscriptions/{UUID}/resourceGroups/rg-logs/providers/Microsoft.Storage/storageAccounts/stlogs"
    file.write_text(file.read_text() + f"\nlogs:\n  workspace_id: {LOGS}\n  storage_account_id: {account}\n")
    done = second(other, file, "--region", region)
    assert done.exit_code == 0, done.output
    assert written(other)["logs"] == {"workspace_id": LOGS, **({"storage_account_id": account} if kept else {})}


def test_the_values_of_another_file_need_no_questions(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hvn.commands.init.questions.asks", lambda: True)
    first, file = tmp_path / "first.yaml", tmp_path / "dev.yaml"
    assert init(first, "--hub", "no-firewall", "--state", "local").exit_code == 0
    answers = {"Short name": "acmedev", "Subscription id": OTHER, "Hub": "no-firewall"}
    done, asked = dialog(file, answers, ["--vault-of", str(first)])
    assert done.exit_code == 0, done.output
    assert not [question for question in asked if question.startswith(("Entra", "HCP", "Vault", "State"))]
    assert written(file)["azure"] == written(first)["azure"] | {"subscription_id": OTHER}


PATTERNS = {"vnet": "vnet-{spoke}-prod", "route_table": "rt-{topology}-{spoke}"}


def test_a_second_environment_takes_over_the_name_patterns(tmp_path: pathlib.Path) -> None:
    one, two = tmp_path / "one.yaml", tmp_path / "two.yaml"
    assert init(one, *(word for pair in PATTERNS.items() for word in ("--naming", "=".join(pair)))).exit_code == 0
    done = second(two, one)
    assert done.exit_code == 0, done.output
    assert written(two)["naming"] == PATTERNS
    assert "naming" in next(line for line in done.stdout.splitlines() if line.startswith("from the file"))
    notes = [line for line in done.stdout.splitlines() if line.startswith("note: naming.")]
    assert [note.split()[1] for note in notes] == ["naming.vnet"], "the other pattern contains the file's name"
    own = second(tmp_path / "own.yaml", one, "--naming", "vnet=vnet-{spoke}-dev")
    assert own.exit_code == 0, own.output
    assert written(tmp_path / "own.yaml")["naming"] == PATTERNS | {"vnet": "vnet-{spoke}-dev"}
    assert "note: naming." not in own.stdout


def test_equal_names_of_two_environments_are_refused(tmp_path: pathlib.Path) -> None:
    one, two = tmp_path / "one.yaml", tmp_path / "two.yaml"
    assert init(one, "--naming", "resource_group=rg-{spoke}-net").exit_code == 0
    done = second(two, one, "--subscription-id", UUID)
    assert (done.exit_code, two.exists()) == (1, False)
    assert "--naming: error HVN040" in done.stderr
    assert second(two, one, "--subscription-id", UUID, "--naming", "resource_group=rg-{spoke}-dev").exit_code == 0


def test_a_second_environment_can_have_its_own_namespace(tmp_path: pathlib.Path) -> None:
    one, two = tmp_path / "one.yaml", tmp_path / "two.yaml"
    assert init(one).exit_code == 0
    assert "--vault-namespace: error HVN040" in second(two, one, "--vault-namespace", "admin").stderr
    assert second(two, one, "--vault-namespace", "admin/shared/dev").exit_code == 0
    assert written(two)["vault"]["namespace"] == "admin/shared/dev"


@pytest.mark.parametrize(
    ("pool", "size", "expected"),
    [
        ("10.0.0.0/16", None, "10.0.16.0/22"),
        ("10.0.0.0/16", "20", "10.0.16.0/20"),
        ("10.64.0.0/16", "16", "10.64.0.0/16"),
        ("10.64.0.0/16", "27", "10.64.0.0/27"),
    ],
)
def test_the_range_of_the_first_spoke(pool: str, size: str | None, expected: str, tmp_path: pathlib.Path) -> None:
    file = tmp_path / "network.yaml"
    hub = [word for option in (HUB | {"--hub-firewall-ip": "none", "--pool-cidr": pool}).items() for word in option]
    done = init(file, *hub, *(("--spoke-size", size) if size else ()))
    assert done.exit_code == 0, done.output
    assert written(file)["spokes"]["shop"]["cidr"] == expected


@pytest.mark.parametrize("size", ["12", "19"])
def test_a_pool_without_room_for_the_first_spoke(size: str, tmp_path: pathlib.Path) -> None:
    file = tmp_path / "network.yaml"
    hub = [word for option in (HUB | {"--pool-cidr": "10.0.0.0/19", "--spoke-size": size}).items() for word in option]
    done = init(file, *hub)
    assert (done.exit_code, file.exists()) == (2, False)
    assert "10.0.0.0/19" in done.stderr
    assert "--spoke-size" in done.stderr


@pytest.mark.parametrize("option", ["--dry-run", "--format json", "--topology n.yaml", "--help"])
def test_another_spoke_refuses_options_without_effect(option: str, tmp_path: pathlib.Path) -> None:
    done = init(tmp_path / "n.yaml", "--add-spoke", f"pay --size 24 {option}")
    assert (done.exit_code, done.stdout, list(tmp_path.iterdir())) == (2, "", [])
    assert option.partition(" ")[0] in done.stderr
