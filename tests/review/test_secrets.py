"""The review reports Kubernetes Secrets that get the content of a different Vault path."""

import pytest

from tests.affected.conftest import Repository
from tests.review.conftest import begin
from tests.review.findings import findings

SYNCED = "            - {path: webapp/config, destination: webapp-config, refresh_after: 30s}\n"


def secrets(*pairs: tuple[str, str]) -> str:
    return "".join(f"            - {{path: {path}, destination: {name}}}\n" for path, name in pairs)


@pytest.mark.parametrize(
    ("before", "after", "changed"),
    [
        ([("a", "one"), ("b", "two")], [("b", "one"), ("a", "two")], ["one", "two"]),
        ([("a", "one")], [("b", "one")], ["one"]),
        ([("a", "one"), ("b", "two")], [("b", "two"), ("a", "one")], []),
        ([("a", "one")], [("a", "one"), ("b", "two")], []),
        ([("a", "one"), ("b", "two")], [("a", "one")], []),
    ],
)
def test_another_path_with_the_same_destination_is_reported(
    repository: Repository,
    monkeypatch: pytest.MonkeyPatch,
    before: list[tuple[str, str]],
    after: list[tuple[str, str]],
    changed: list[str],
) -> None:
    begin(repository, (SYNCED, secrets(*before)))
    repository.edit((secrets(*before), secrets(*after)))
    reported = findings(repository, monkeypatch).get("secret-source-changed", [])
    assert [finding["facts"]["name"] for finding in reported] == changed
    assert {finding["workspace"] for finding in reported} <= {"secrets-payments"}
