"""Test comparisons with a base that has renamed files, different code, or no topology."""

import pathlib
import shutil

import pytest

from hvn.affected import history
from tests.affected.conftest import Repository
from tests.affected.test_affected import affected, as_json, names, waves_of


def without(repository: Repository, spoke: str, before: str) -> None:
    """Remove the lines from the spoke's key to the next spoke from the file."""
    text = repository.file.read_text(encoding="utf-8")
    start, end = text.index(f"  {spoke}:"), text.index(f"  {before}:")
    repository.file.write_text(text[:start] + text[end:], encoding="utf-8")


def rewrite(repository: Repository) -> None:
    """Rewrite the file with the same topology in a different form, so that every line differs."""
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
    """Return a new repository that has `repository` as its submodule `code`."""
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


def test_code_that_is_moved_to_the_docs_is_changed(repository: Repository) -> None:
    for folder in ("docs", "stacks"):
        (repository.folder / folder).mkdir()
    (repository.folder / "stacks" / "hub.py").write_text("a = 1\n" * 20)
    repository.commit()
    repository.git("branch", "-qf", "main")
    repository.git("mv", "stacks/hub.py", "docs/hub.py")
    assert as_json(repository)["code"] == ["stacks/hub.py"]


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


def test_the_first_own_file_removes_nothing_of_the_sample(repository: Repository) -> None:
    for folder in ("examples/sample", "tests/topologies"):
        (repository.folder / folder).mkdir(parents=True)
    repository.git("mv", "config/topology.yaml", "examples/sample/topology.yaml")
    (repository.folder / "tests" / "topologies" / "broken.yaml").write_text("address_pools: [", encoding="utf-8")
    repository.git("add", ".")
    repository.git("commit", "-q", "-m", "A fresh clone")
    repository.git("branch", "-f", "main")
    sample = (repository.folder / "examples" / "sample" / "topology.yaml").read_text(encoding="utf-8")
    repository.file.write_text(sample.replace("name: platform", "name: acme"), encoding="utf-8")
    found = as_json(repository)
    assert (found["unknown"], found["removed"]) == (None, [])
    assert {affected["change"] for affected in found["affected"]} == {"created"}
