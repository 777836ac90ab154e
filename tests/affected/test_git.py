"""Test comparisons in a git hook, in a repository that git refuses to read, and without git."""

import pathlib

import pytest

from hvn.affected import history
from hvn.affected.history import NoBase, base
from tests.affected.conftest import Repository, repository

__all__ = ["repository"]


@pytest.mark.parametrize("worktree", [True, False])
def test_a_hook_of_a_worktree_compares_the_code_too(
    repository: Repository, tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch, worktree: bool
) -> None:
    folder = repository.folder
    if worktree:
        folder = tmp_path / "worktree"
        repository.git("worktree", "add", "-q", "-b", "other", str(folder))
        monkeypatch.setattr(history, "PROJECT", folder)
    git_dir = repository.folder / ".git" / ("worktrees/worktree" if worktree else "")
    # Run the command as git runs a hook: in the top folder, with the index of the new commit.
    for name, value in {"GIT_DIR": git_dir, "GIT_INDEX_FILE": tmp_path / "index", "GIT_PREFIX": "config/"}.items():
        monkeypatch.setenv(name, str(value))
    monkeypatch.setenv("GIT_WORK_TREE", str(folder / "config"))
    assert base("main", folder / "config" / "topology.yaml").code == ()
    (folder / "main.py").write_text("other")
    assert base("main", folder / "config" / "topology.yaml").code == ("main.py",)


def test_a_refusal_of_git_is_named(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    # This variable of git's test suite makes git treat the repository as owned by another user.
    monkeypatch.setenv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")
    with pytest.raises(NoBase, match=r"fatal: .*dubious ownership in repository.* safe\.directory") as caught:
        base("main", repository.file)
    assert "\n" not in str(caught.value)


def test_a_missing_git_is_named(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(repository.folder))
    with pytest.raises(NoBase, match=r"git cannot be run \(No such file or directory\)"):
        base("main", repository.file)
