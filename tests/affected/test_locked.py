"""Test the comparison of the locked packages of two commits."""

import json
from collections.abc import Mapping

import pytest

from hvn.affected import history
from hvn.affected.locked import Package, packages
from tests.affected.conftest import Repository


def lock(**versions: str) -> bytes:
    return json.dumps({"default": {name: {"version": f"=={one}"} for name, one in versions.items()}}).encode()


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (lock(click="1"), lock(click="1"), []),
        (lock(click="1"), lock(click="2"), [("click", "1", "2")]),
        (lock(), lock(click="2"), [("click", "none", "2")]),
        (lock(click="1"), None, [("click", "1", "none")]),
        (lock(click="1"), b"{", [("Pipfile.lock", "", "unreadable")]),
        (b"[]", lock(click="1"), [("Pipfile.lock", "unreadable", "")]),
        (b'{"default": {"a": {"hashes": ["b"]}}}', b'{"default": {"a": {"hashes": ["c"]}}}', [("a", "none", "none")]),
    ],
)
def test_packages_with_another_version_or_other_files(
    before: bytes | None, after: bytes | None, expected: list[tuple[str, str, str]]
) -> None:
    found = [(one.name, one.before, one.after.removesuffix(" with other files")) for one in _of(before, after)]
    assert found == expected


def _of(before: bytes | None, after: bytes | None) -> list[Package]:
    return list(packages("Pipfile.lock", before, after))


def test_bindings_belong_to_a_provider() -> None:
    (package,) = _of(lock(**{"cdktf-cdktf-provider-hcp": "1"}), lock(**{"cdktf-cdktf-provider-hcp": "2"}))
    assert package.provider == "hcp"
    assert Package("Pipfile.lock", "click", "1", "2").provider == ""
    assert Package("Pipfile.lock", "cdktn-provider-hcp", "1", "2").provider == "hcp"


@pytest.mark.parametrize("name", ["Pipfile.lock", "package-lock.json"])
def test_locks_of_the_base_and_of_the_working_tree_are_compared(repository: Repository, name: str) -> None:
    section = "default" if name == "Pipfile.lock" else "packages"
    sides: Mapping[str, str] = {side: json.dumps({section: {"a": {"version": side}}}) for side in ("1", "2")}
    repository.git("switch", "-q", "main")
    (repository.folder / name).write_text(sides["1"])
    repository.commit()
    repository.git("switch", "-q", "-C", "change")
    assert history.base("main", repository.file).locked == ()
    (repository.folder / name).write_text(sides["2"])
    assert history.base("main", repository.file).locked == (Package(name, "a", "1", "2"),)


def test_a_new_engine_affects_every_workspace_and_compares_the_locks_of_both(repository: Repository) -> None:
    home = repository.folder / "engines" / "cdktn"
    repository.git("switch", "-q", "main")
    for folder in (home, repository.folder / "config"):
        folder.mkdir(parents=True, exist_ok=True)
    (home / "Pipfile.lock").write_bytes(lock(**{"cdktn-provider-hcp": "2"}))
    (repository.folder / "Pipfile.lock").write_bytes(lock(**{"cdktf-cdktf-provider-hcp": "1"}))
    (repository.folder / "config" / "engine").write_text("cdktn\n")
    repository.commit()
    repository.git("switch", "-q", "-C", "change")
    (repository.folder / "config" / "engine").unlink()
    base = history.base("main", repository.file)
    assert base.code == ("config/engine",)
    assert [(one.name, one.before, one.after) for one in base.locked if one.lock == "Pipfile.lock"] == [
        ("cdktf-cdktf-provider-hcp", "none", "1"),
        ("cdktn-provider-hcp", "2", "none"),
    ]
