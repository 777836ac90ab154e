"""The review sets labels of the pull request, and writes links into the comment."""

import json

import pytest

from hvn.review import rules
from hvn.review.labels import LABELS
from hvn.review.links import Links, links
from tests.affected.conftest import Repository
from tests.review.plans import plan, resource
from tests.review.test_review import JSON, Review, review

__all__ = ["review"]

GITHUB = {"GITHUB_SERVER_URL": "https://github.com", "GITHUB_REPOSITORY": "o/r", "GITHUB_RUN_ID": "99"}
AZURE = {
    "TF_BUILD": "True",
    "SYSTEM_COLLECTIONURI": "https://dev.azure.com/o/",
    "SYSTEM_TEAMPROJECT": "my net",
    "BUILD_REPOSITORY_NAME": "net)",
    "BUILD_BUILDID": "99",
}
PAGE = "docs/reference/rules.md#the-effects-of-a-change-hvn-review"


def test_every_label_belongs_to_a_rule() -> None:
    assert {module.RULE.name: module.LABEL for module in rules.modules() if module.LABEL not in LABELS} == {}
    assert {module.LABEL for module in rules.modules()} == {*LABELS}


def test_the_labels_of_a_review(review: Review, repository: Repository) -> None:
    gone = plan(resource("azurerm_kubernetes_cluster.cluster", actions=("delete",), before={"a": 1}))
    assert json.loads(review(*JSON).stdout)["labels"] == []
    assert json.loads(review(*JSON, aks_payments=gone).stdout)["labels"] == ["hvn: destroys", "hvn: unexplained"]


@pytest.mark.parametrize(
    ("variables", "folder", "expected"),
    [
        (GITHUB, ".", Links("https://github.com/o/r/actions/runs/99", f"https://github.com/o/r/blob/HEAD/{PAGE}")),
        (GITHUB, "infra/vault", Links("https://github.com/o/r/actions/runs/99",
                                      f"https://github.com/o/r/blob/HEAD/infra/vault/{PAGE}")),
        ({**GITHUB, "GITHUB_RUN_ID": "x)"}, ".", Links("", f"https://github.com/o/r/blob/HEAD/{PAGE}")),
        ({**GITHUB, "GITHUB_REPOSITORY": "o/r) ["}, ".", Links()),
        ({**GITHUB, "GITHUB_SERVER_URL": "javascript:"}, ".", Links()),
        ({}, ".", Links()),
        (AZURE, "", Links("https://dev.azure.com/o/my%20net/_build/results?buildId=99",
                          "https://dev.azure.com/o/my%20net/_git/net%29?path=/docs/reference/rules.md")),
        ({**AZURE, "BUILD_BUILDID": "9)"}, "infra/a b", Links("",
                          "https://dev.azure.com/o/my%20net/_git/net%29?path=/infra/a%20b/docs/reference/rules.md")),
        ({**AZURE, "SYSTEM_COLLECTIONURI": "javascript:x"}, ".", Links()),
    ],
)  # fmt: skip
def test_links_by_the_variables_of_the_job(variables: dict[str, str], folder: str, expected: Links) -> None:
    assert links(variables, folder) == expected


def test_the_comment_links_to_the_job_and_to_the_rules(review: Review, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in GITHUB.items():
        monkeypatch.setenv(name, value)
    lines = review(nowhere=plan()).stdout.splitlines()
    assert any(line.endswith(" [Job](https://github.com/o/r/actions/runs/99)") for line in lines)
    assert any("([HVN912](https://github.com/o/r/blob/HEAD/" in line for line in lines)
