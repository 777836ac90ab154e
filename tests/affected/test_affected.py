"""Test the output of `hvn affected` after edits of the topology in a repository."""

import json
import re
import shutil
from typing import Any

import pytest
from click.testing import CliRunner

from hvn.affected import history
from hvn.affected.waves import azure_devops, matrix
from hvn.cli import cli
from tests.affected.conftest import Repository
from tests.conftest import SAMPLE
from tests.topology.test_jwks import key_set, rsa_key


def affected(repository: Repository, *arguments: str, exits: int = 0) -> str:
    run = CliRunner().invoke(
        cli, ["affected", "--base", "main", "--topology", str(repository.file), *arguments], catch_exceptions=False
    )
    assert run.exit_code == exits, run.output
    return run.output


def as_json(repository: Repository) -> Any:
    return json.loads(affected(repository, "--format", "json"))


def names(found: Any) -> dict[str, str]:
    return {each["workspace"]: each["change"] for each in (*found["affected"], *found["removed"])}


def waves_of(found: Any) -> list[list[str]]:
    return [[job["workspaces"] for job in wave["include"]] for wave in found["waves"]]


def spoke(name: str, cidr: str) -> str:
    return f"  {name}:\n    cidr: {cidr}\n    vault_route: direct\n"


def test_an_unchanged_file_affects_no_workspace(repository: Repository) -> None:
    assert affected(repository).startswith("no workspace differs from ")


def test_a_change_has_its_responsible_lines(repository: Repository) -> None:
    repository.edit(("max_count: 5", "max_count: 6"), ("refresh_after: 30s", "refresh_after: 40s"))
    found = as_json(repository)
    assert names(found) == {"aks-orders": "changed", "secrets-payments": "changed"}
    lines = {one["workspace"]: [(line["path"], line["line"]) for line in one["lines"]] for one in found["affected"]}
    assert lines == {
        "aks-orders": [("spokes.orders.cluster.node_pool.max_count", repository.line("max_count: 6"))],
        "secrets-payments": [
            ("spokes.payments.cluster.apps.webapp.secrets[0].refresh_after", repository.line("refresh_after: 40s"))
        ],
    }


def test_a_shared_line_is_named_at_each_workspace_that_it_changes(repository: Repository) -> None:
    repository.edit(("owner: platform-team", "owner: network-team"), ("kv_mount: kvv2", "kv_mount: kv"))
    found = as_json(repository)
    lines = {one["workspace"]: [line["path"] for line in one["lines"]] for one in found["affected"]}
    assert lines["hub"] == ["azure.tags.owner"]
    assert lines["network-orders"] == ["azure.tags.owner"]
    assert lines["vault-auth-payments"] == ["vault.kv_mount"]


def test_each_edit_that_alone_has_the_effect_is_named(repository: Repository) -> None:
    """The edit adds the first two apps. Each app alone would create `vso`, so `lines` contains both apps."""
    text = repository.file.read_text(encoding="utf-8")
    start, end = text.index("        checkout:"), text.index("\n  analytics:")
    apps = text[start:end]
    repository.git("switch", "-q", "main")
    repository.edit((f"apps:\n{apps}", "apps: {}\n"))
    repository.commit()
    repository.git("switch", "-q", "-C", "change")
    repository.edit(("apps: {}\n", f"apps:\n{apps}{apps.replace('checkout', 'returns')}"))
    found = as_json(repository)
    created = dict.fromkeys(("vault-auth-orders", "vso-orders", "secrets-orders"), "created")
    # `network-orders` changes too, because the firewall rules of the spoke allow the registries of the operator's
    # images.
    assert names(found) == {"network-orders": "changed", **created}
    for one in found["affected"]:
        paths = [line["path"] for line in one["lines"]]
        assert paths == [f"spokes.orders.cluster.apps.{app}" for app in ("checkout", "returns")], one["workspace"]


def test_a_removed_spoke_is_destroyed_from_the_base_and_backwards(repository: Repository) -> None:
    text = repository.file.read_text(encoding="utf-8")
    start, end = text.index("  orders:"), text.index("  analytics:")
    repository.file.write_text(text[:start] + text[end:], encoding="utf-8")
    found = as_json(repository)
    assert [one["workspace"] for one in found["removed"]] == [
        *("secrets-orders", "vso-orders", "vault-auth-orders", "aks-orders", "peering-orders", "network-orders")
    ]
    assert found["affected"] == []
    assert found["removed"][0]["lines"] == [
        {"file": "config/topology.yaml", "line": text[:start].count("\n") + 1, "path": "spokes.orders", "before": True}
    ]


def test_a_new_cluster_comes_in_waves(repository: Repository) -> None:
    text = repository.file.read_text(encoding="utf-8")
    start, end = text.index("  orders:"), text.index("  analytics:")
    copy = text[start:end].replace("orders", "shipping").replace("10.65.", "10.66.")
    repository.file.write_text(text + "\n" + copy, encoding="utf-8")
    found = as_json(repository)
    assert waves_of(found) == [
        ["network-shipping", "peering-shipping", "aks-shipping"],
        ["vault-auth-shipping", "vso-shipping"],
        ["secrets-shipping"],
    ]


POD_CIDR = ("      vault_login: {keys: issuer}\n", "      vault_login: {keys: issuer}\n      pod_cidr: 100.80.0.0/16\n")


def test_the_workspaces_in_a_replaced_cluster_follow_it(repository: Repository) -> None:
    repository.edit(POD_CIDR)
    found = as_json(repository)
    assert names(found) == {
        "network-orders": "changed",
        "aks-orders": "changed",
        **dict.fromkeys(("vault-auth-orders", "vso-orders", "secrets-orders"), "follows"),
    }
    assert {one["follows"] for one in found["affected"]} == {None, "aks-orders"}
    assert waves_of(found) == [
        ["network-orders", "aks-orders"],
        ["vault-auth-orders", "vso-orders"],
        ["secrets-orders"],
    ]
    assert re.search("follows +vso-orders +aks-orders", affected(repository))


def test_a_cluster_in_a_moved_subnet_is_recreated(repository: Repository) -> None:
    repository.edit(("node_cidr: 10.65.0.0/20", "node_cidr: 10.65.16.0/20"))
    assert waves_of(as_json(repository)) == [
        ["network-orders", "aks-orders"],
        ["vault-auth-orders", "vso-orders"],
        ["secrets-orders"],
    ]


def test_edited_workspaces_in_a_replaced_cluster_wait_too(repository: Repository) -> None:
    repository.edit(POD_CIDR, ("path: orders/checkout,", "path: orders/other,"))
    found = as_json(repository)
    assert names(found)["secrets-orders"] == names(found)["vault-auth-orders"] == "changed"
    assert waves_of(found) == [
        ["network-orders", "aks-orders"],
        ["vault-auth-orders", "vso-orders"],
        ["secrets-orders"],
    ]


VAULT = "  cluster_id: vault-prod\n"
IN_VAULT = ["vault-auth-orders", "vault-auth-payments"], ["secrets-orders", "secrets-payments"]


def test_workspaces_that_read_vault_wait_for_a_replaced_one(repository: Repository) -> None:
    repository.edit((VAULT, VAULT.replace("prod", "other")))
    found = as_json(repository)
    assert {one["follows"] for one in found["affected"][1:]} == {"hcp"}
    assert waves_of(found) == [["hcp"], ["vault", "vso-orders", "vso-payments"], *IN_VAULT]


@pytest.mark.parametrize(
    ("old", "new"),
    [("project_id: 33333333", "project_id: 77777777"), ("cidr: 172.25.16.0/20", "cidr: 172.25.32.0/20")],
)
def test_peerings_wait_for_a_replaced_hvn(repository: Repository, old: str, new: str) -> None:
    repository.edit((old, new))
    first, *later = waves_of(as_json(repository))
    assert not [each for each in first if each.startswith(("peering", "vault", "vso", "secrets"))]
    assert later == [
        ["peering-hub", "peering-orders", "peering-payments"],
        ["vault", "vso-orders", "vso-payments"],
        *IN_VAULT,
    ]


def test_workspaces_in_vault_follow_another_existing_one(repository: Repository) -> None:
    repository.git("switch", "-q", "main")
    repository.edit(
        ("  cidr: 172.25.16.0/20\n", "  cidr: 172.25.16.0/20\n  existing: true\n"),
        (f"{VAULT}  tier: standard_small\n", f"{VAULT}  existing: true\n"),
    )
    repository.commit()
    repository.git("switch", "-q", "-C", "change")
    repository.edit((VAULT, VAULT.replace("prod", "other")))
    auth = ["vault-auth-orders", "vso-orders", "vault-auth-payments", "vso-payments"]
    found = as_json(repository)
    assert waves_of(found) == [["vault"], auth, ["secrets-orders", "secrets-payments"]]
    assert {one["follows"] for one in found["affected"][1:]} == {"vault"}
    assert re.search("follows +vault-auth-orders +", affected(repository))


def test_a_mount_with_keys_does_not_follow_its_cluster(repository: Repository) -> None:
    node_subnet = "      node_cidr: 10.64.0.0/20\n"
    repository.edit((node_subnet, node_subnet + "      pod_cidr: 100.80.0.0/16\n"))
    assert waves_of(as_json(repository)) == [
        ["network-payments", "aks-payments"],
        ["vso-payments"],
        ["secrets-payments"],
    ]


def test_no_workspace_follows_a_cluster_that_stays(repository: Repository) -> None:
    repository.edit(("max_count: 5", "max_count: 6"))
    assert waves_of(as_json(repository)) == [["aks-orders"]]


def test_a_change_of_keys_affects_the_mount(repository: Repository) -> None:
    repository.file.with_name("jwks").joinpath("payments.json").write_bytes(key_set(rsa_key()[0]))
    found = as_json(repository)
    assert names(found) == {"vault-auth-payments": "changed"}
    assert [line["file"] for line in found["affected"][0]["lines"]] == [
        str(repository.file.parent / "jwks" / "payments.json")
    ]


def test_missing_keys_block_workspaces(repository: Repository) -> None:
    shutil.rmtree(repository.file.with_name("jwks"))
    found = as_json(repository)
    assert [each["workspace"] for each in found["blocked"]] == ["vault-auth-payments", "secrets-payments"]
    assert found["removed"] == []


def test_the_comparison_uses_the_merge_base(repository: Repository) -> None:
    repository.edit(("max_count: 5", "max_count: 6"))
    repository.commit()
    repository.git("switch", "-q", "main")
    repository.edit(("max_count: 3", "max_count: 4"))
    repository.commit()
    repository.git("switch", "-q", "change")
    assert names(as_json(repository)) == {"aks-orders": "changed"}


CODE = ("Pipfile.lock", "stacks/network.py", "hvn/topology/naming.py", "hvn/kinds/aks/inputs.py", "hvn/check/shape.py")


@pytest.mark.parametrize("file", CODE)
def test_changed_code_affects_all(repository: Repository, monkeypatch: pytest.MonkeyPatch, file: str) -> None:
    monkeypatch.setattr(history, "PROJECT", repository.folder.resolve())
    (repository.folder / file).parent.mkdir(parents=True, exist_ok=True)
    (repository.folder / file).write_text("other")
    repository.edit(("max_count: 5", "max_count: 6"))
    found = as_json(repository)
    assert found["code"] == [file]
    assert names(found)["aks-orders"] == "changed"
    assert names(found)["hub"] == "code"
    assert len(found["affected"]) == 17


def test_a_failure_of_git_is_an_error(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(history, "PROJECT", repository.folder.resolve())
    (repository.folder / ".git" / "index").write_bytes(b"broken")
    assert "git cannot compare the code" in affected(repository, exits=2)


def test_a_base_with_errors_affects_all(repository: Repository) -> None:
    repository.git("switch", "-q", "main")
    repository.edit(("  cidr: 10.0.0.0/22", "  cidr: 10.0.0.0/99"))
    repository.commit()
    repository.git("switch", "-q", "-C", "change")
    repository.edit(("  cidr: 10.0.0.0/99", "  cidr: 10.0.0.0/22"))
    found = as_json(repository)
    assert set(names(found).values()) == {"code"}
    assert "config/topology.yaml has errors" in found["unknown"]


def test_a_renamed_file_is_followed(repository: Repository) -> None:
    repository.git("mv", "config/topology.yaml", "config/network.yaml")
    repository.file = repository.file.with_name("network.yaml")
    repository.edit(("max_count: 5", "max_count: 6"))
    assert names(as_json(repository)) == {"aks-orders": "changed"}


def test_an_edit_that_changes_nothing_is_named(repository: Repository) -> None:
    repository.edit(("vault_route: direct", "vault_route: direct\n    subnets: {}"))
    assert "spokes.payments.subnets (" in affected(repository)
    assert [each["path"] for each in as_json(repository)["unused"]] == ["spokes.payments.subnets"]


@pytest.mark.parametrize("ref", ["no-such-branch", "--since=1", "--help", "main:config", "\u202e"])
def test_an_unknown_base_is_an_error(repository: Repository, ref: str) -> None:
    run = CliRunner().invoke(cli, ["affected", f"--base={ref}", "--topology", str(repository.file)])
    assert run.exit_code == 2
    assert "is not a commit in this repository" in run.output


def test_a_folder_outside_of_a_repository_is_an_error(tmp_path: Any) -> None:
    file = tmp_path / "topology.yaml"
    file.write_text(SAMPLE.read_text(encoding="utf-8"))
    run = CliRunner().invoke(cli, ["affected", "--base", "main", "--topology", str(file)])
    assert run.exit_code == 2
    assert "not in a readable git repository" in run.output


def test_a_matrix_has_256_jobs_at_most(repository: Repository) -> None:
    repository.edit(("owner: platform-team", "owner: network-team"))
    spokes = "".join(spoke(f"more{number}", f"10.70.{number}.0/24") for number in range(200))
    text = repository.file.read_text(encoding="utf-8").replace(
        "spokes:\n  payments", "spokes:\n" + spokes + "  payments"
    )
    repository.file.write_text(text, encoding="utf-8")
    found = as_json(repository)
    jobs = found["waves"][0]["include"]
    assert len(jobs) <= 256
    assert sum(len(job["workspaces"].split()) for job in jobs) > 400


def test_the_matrices_of_both_pipelines_have_the_same_jobs_in_waves(repository: Repository) -> None:
    repository.edit(("  orders:", spoke("new-app", "10.70.0.0/16") + "  orders:"))
    found = json.loads(affected(repository, "--format", "matrix"))["waves"]
    assert [wave["github"] for wave in found] == as_json(repository)["waves"]
    assert [[*wave["azure_devops"].values()] for wave in found] == [
        [{"workspaces": job["workspaces"]} for job in wave["github"]["include"]] for wave in found
    ]
    jobs = [name for wave in found for name in wave["azure_devops"]]
    assert "network_new_app" in jobs
    assert all(re.fullmatch("[A-Za-z][A-Za-z0-9_]{0,99}", name) for name in jobs)


def test_the_matrix_of_an_empty_wave_is_empty() -> None:
    assert azure_devops(()) == {}
    assert matrix(()) == {"include": []}
