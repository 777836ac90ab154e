"""`hvn affected` after edits in a repository."""

import json
import pathlib
import re
import shutil
from typing import Any

import pytest
from click.testing import CliRunner

from hvn.affected import history
from hvn.affected.waves import matrix
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


def test_nothing_differs(repository: Repository) -> None:
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


def test_a_shared_line_is_named_at_each_workspace_it_changes(repository: Repository) -> None:
    repository.edit(("owner: platform-team", "owner: network-team"), ("kv_mount: kvv2", "kv_mount: kv"))
    found = as_json(repository)
    lines = {one["workspace"]: [line["path"] for line in one["lines"]] for one in found["affected"]}
    assert lines["hub"] == ["azure.tags.owner"]
    assert lines["network-orders"] == ["azure.tags.owner"]
    assert lines["vault-auth-payments"] == ["vault.kv_mount"]


def test_edits_that_are_enough_on_their_own_are_all_named(repository: Repository) -> None:
    """Either app alone brings the operator: without one of them nothing would be different."""
    text = repository.file.read_text(encoding="utf-8")
    start, end = text.index("        checkout:"), text.index("\n  analytics:")
    apps = text[start:end]
    repository.git("switch", "-q", "main")
    repository.edit((f"apps:\n{apps}", "apps: {}\n"))
    repository.commit()
    repository.git("switch", "-q", "-C", "change")
    repository.edit(("apps: {}\n", f"apps:\n{apps}{apps.replace('checkout', 'returns')}"))
    found = as_json(repository)
    assert names(found) == dict.fromkeys(("vault-auth-orders", "vso-orders", "secrets-orders"), "created")
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
        "aks-orders": "changed",
        **dict.fromkeys(("vault-auth-orders", "vso-orders", "secrets-orders"), "follows"),
    }
    assert {one["follows"] for one in found["affected"]} == {None, "aks-orders"}
    assert waves_of(found) == [["aks-orders"], ["vault-auth-orders", "vso-orders"], ["secrets-orders"]]
    assert re.search("follows +vso-orders +aks-orders", affected(repository))


def test_a_cluster_whose_subnet_moves_is_recreated(repository: Repository) -> None:
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
    assert waves_of(found) == [["aks-orders"], ["vault-auth-orders", "vso-orders"], ["secrets-orders"]]


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
    assert waves_of(as_json(repository)) == [["aks-payments"], ["vso-payments"], ["secrets-payments"]]


def test_no_workspace_follows_a_cluster_that_stays(repository: Repository) -> None:
    repository.edit(("max_count: 5", "max_count: 6"))
    assert waves_of(as_json(repository)) == [["aks-orders"]]


def test_keys_count(repository: Repository) -> None:
    repository.file.with_name("jwks").joinpath("payments.json").write_bytes(key_set(rsa_key()[0]))
    found = as_json(repository)
    assert names(found) == {"vault-auth-payments": "changed"}
    assert [line["file"] for line in found["affected"][0]["lines"]] == [
        str(repository.file.parent / "jwks" / "payments.json")
    ]


def test_missing_keys_block(repository: Repository) -> None:
    shutil.rmtree(repository.file.with_name("jwks"))
    found = as_json(repository)
    assert [each["workspace"] for each in found["blocked"]] == ["vault-auth-payments", "secrets-payments"]
    assert found["removed"] == []


def test_it_compares_with_the_merge_base(repository: Repository) -> None:
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


@pytest.mark.parametrize("ref", ["no-such-branch", "--since=1", "--help", "", "main:config", "\u202e"])
def test_no_such_base(repository: Repository, ref: str) -> None:
    run = CliRunner().invoke(cli, ["affected", f"--base={ref}", "--topology", str(repository.file)])
    assert run.exit_code == 2
    assert "is not a commit here" in run.output


def test_no_repository(tmp_path: Any) -> None:
    file = tmp_path / "topology.yaml"
    file.write_text(SAMPLE.read_text(encoding="utf-8"))
    run = CliRunner().invoke(cli, ["affected", "--base", "main", "--topology", str(file)])
    assert run.exit_code == 2
    assert "no git repository" in run.output


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


def test_the_matrix_of_an_empty_wave_is_empty() -> None:
    assert matrix(()) == {"include": []}


def without(repository: Repository, spoke: str, before: str) -> None:
    """Take a spoke out of the file: all lines from its key to the next one's."""
    text = repository.file.read_text(encoding="utf-8")
    start, end = text.index(f"  {spoke}:"), text.index(f"  {before}:")
    repository.file.write_text(text[:start] + text[end:], encoding="utf-8")


def rewrite(repository: Repository) -> None:
    """The same topology, and no line as it was."""
    lines = repository.file.read_text(encoding="utf-8").splitlines()
    repository.file.write_text("".join(f"{line} # {'rewritten ' * 9}\n" if line else "\n" for line in lines))


def test_a_file_that_is_renamed_and_rewritten_is_followed(repository: Repository) -> None:
    repository.git("mv", "config/topology.yaml", "config/network.yaml")
    repository.file = repository.file.with_name("network.yaml")
    without(repository, "orders", "analytics")
    rewrite(repository)
    found = as_json(repository)
    assert len(found["removed"]) == 6
    assert set(names(found).values()) == {"removed"}


def test_an_ambiguous_rename_is_unknown(repository: Repository) -> None:
    repository.git("switch", "-q", "main")
    shutil.copy(repository.file, repository.file.with_name("other.yaml"))
    repository.commit()
    repository.git("switch", "-q", "-C", "change")
    repository.git("mv", "-f", "config/topology.yaml", "config/network.yaml")
    repository.file = repository.file.with_name("network.yaml")
    (repository.file.parent / "other.yaml").unlink()
    found = as_json(repository)
    assert set(names(found).values()) == {"code"}
    assert "(config/other.yaml, config/topology.yaml)" in found["unknown"]


def test_a_copy_of_a_file_is_not_a_new_network(repository: Repository) -> None:
    shutil.copy(repository.file, repository.file.with_name("network.yaml"))
    repository.file = repository.file.with_name("network.yaml")
    without(repository, "orders", "analytics")
    assert "(config/topology.yaml)" in as_json(repository)["unknown"]


@pytest.mark.parametrize("beside", [True, False])
def test_a_new_network_is_created(repository: Repository, beside: bool) -> None:
    if beside:
        text = repository.file.read_text(encoding="utf-8").replace("name: platform", "name: second", 1)
    else:
        text = repository.file.read_text(encoding="utf-8")
        repository.git("switch", "-q", "main")
        repository.file.unlink()
        repository.commit()
        repository.git("switch", "-q", "-C", "change")
    repository.file = repository.file.with_name("second.yaml")
    repository.file.write_text(text, encoding="utf-8")
    found = as_json(repository)
    assert (found["unknown"], set(names(found).values())) == (None, {"created"})


def submodule(repository: Repository, folder: pathlib.Path) -> Repository:
    """Return a repository with the topology; this repository is its submodule `code`."""
    outer = Repository(folder)
    outer.git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(repository.folder), "code")
    outer.git("switch", "-q", "main")
    outer.commit()
    outer.git("switch", "-q", "-C", "change")
    return outer


@pytest.mark.parametrize("committed", [True, False])
def test_code_in_a_submodule_is_compared_with_the_recorded_commit(
    repository: Repository, tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch, committed: bool
) -> None:
    outer = submodule(repository, tmp_path / "outer")
    code = (outer.folder / "code").resolve()
    monkeypatch.setattr(history, "PROJECT", code)
    assert affected(outer).startswith("no workspace differs from ")
    (code / "main.py").write_text("other")
    if committed:
        outer.git("-C", "code", "commit", "-qam", "other code")
        outer.commit()
    found = as_json(outer)
    assert found["code"] == ["main.py"]
    assert set(names(found).values()) == {"code"}


@pytest.mark.parametrize("inside", [True, False])
def test_code_without_a_known_base_affects_all(
    repository: Repository, tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch, inside: bool
) -> None:
    code = (repository.folder if inside else tmp_path) / "code"
    code.mkdir()
    (code / "main.py").touch()
    (repository.folder / ".gitignore").write_text("code\n")
    monkeypatch.setattr(history, "PROJECT", code)
    found = as_json(repository)
    assert found["code"] == [str(code)]
    assert len(found["affected"]) == 17
    assert str(code) in affected(repository)


@pytest.mark.parametrize("looked_up", [True, False])
def test_a_new_network_comes_in_waves(repository: Repository, looked_up: bool) -> None:
    repository.git("rm", "-q", "--cached", "config/topology.yaml")
    repository.git("commit", "-qm", "no network")
    repository.git("branch", "-qf", "main")
    if looked_up:
        repository.edit(("  project_id: 33333333-3333-4333-8333-333333333333\n", ""))
    without(repository, "orders", "analytics")
    found = waves_of(as_json(repository))
    peerings = ["peering-hub", "peering-payments"]
    assert [each for each in found[0] if each.startswith("peering-")] == ([] if looked_up else peerings)
    assert [each for each in found[1] if each in (*peerings, "vault")] == (peerings if looked_up else ["vault"])
    assert ("vault" in found[2]) == looked_up


def test_a_blocked_workspace_of_the_base_is_not_removed(repository: Repository) -> None:
    repository.git("rm", "-q", "-r", "config/jwks")
    repository.git("commit", "-qm", "no keys")
    repository.git("branch", "-qf", "main")
    without(repository, "payments", "orders")
    assert [each["workspace"] for each in as_json(repository)["removed"]] == [
        *("vso-payments", "aks-payments", "peering-payments", "network-payments")
    ]


def test_a_key_file_with_an_odd_name_is_no_key_file(repository: Repository) -> None:
    (repository.file.parent / "jwks" / "a\n.json").write_text("{}")
    repository.commit()
    repository.git("branch", "-qf", "main")
    (repository.file.parent / "jwks" / "a\n.json").unlink()
    assert affected(repository).startswith("no workspace differs from ")
