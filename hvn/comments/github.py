"""Read and write pull requests of GitHub in jobs of GitHub Actions.

https://docs.github.com/rest/issues/comments, https://docs.github.com/rest/issues/labels
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import quote

from hvn.comments.api import PAGES, Api, Shape
from hvn.comments.pull_request import CannotReach, PullRequest

BOT = "github-actions[bot]"
"""The author of comments that a job writes with its `GITHUB_TOKEN`."""
PER_PAGE = 100


@dataclass(frozen=True, slots=True)
class User:
    """The author of a comment, with the login name."""

    login: str


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment of a pull request. GitHub can leave out the author and the text."""

    id: int
    user: User | None
    body: str | None = None


@dataclass(frozen=True, slots=True)
class Label:
    """A label of a pull request."""

    name: str


@dataclass(frozen=True, slots=True)
class Merged:
    """A merged pull request, with its number."""

    number: int


class GithubPullRequest(PullRequest):
    """A pull request of GitHub, which the job changes through the REST API."""

    def __init__(self, api: Api, repository: str, number: int) -> None:
        self._api, self._repository, self._number = api, f"repos/{repository}", number

    def own_comments(self) -> Iterator[tuple[str, str]]:
        """Yield the id and the text of each comment by GitHub Actions, oldest first."""
        for comment in self._list(list[Comment], f"{self._repository}/issues/{self._number}/comments"):
            if comment.user and comment.user.login == BOT:
                yield str(comment.id), comment.body or ""

    def create(self, text: str) -> None:
        """Add a comment to the pull request."""
        self._api.ask(object, "POST", f"{self._repository}/issues/{self._number}/comments", {"body": text})

    def update(self, comment: str, text: str) -> None:
        """Replace the text of a comment."""
        self._api.ask(object, "PATCH", f"{self._repository}/issues/comments/{comment}", {"body": text})

    def labels(self) -> Mapping[str, str]:
        """Return the pull request's labels: each name with its URL-encoded form."""
        listed = self._list(list[Label], f"{self._repository}/issues/{self._number}/labels")
        return {label.name: quote(label.name, safe="") for label in listed}

    def add_label(self, name: str) -> None:
        """Add a label. With `pull-requests: write`, GitHub refuses a label that the repository does not have. Only
        `issues: write` allows GitHub to create the label (actions/labeler#870)."""
        self._api.ask(object, "POST", f"{self._repository}/issues/{self._number}/labels", {"labels": [name]})

    def remove_label(self, key: str) -> None:
        """Remove a label from the pull request."""
        self._api.ask(object, "DELETE", f"{self._repository}/issues/{self._number}/labels/{key}")

    def _list(self, shape: type[list[Shape]], path: str) -> Iterator[Shape]:
        for page in range(1, PAGES + 1):
            items = self._api.ask(shape, "GET", path, per_page=PER_PAGE, page=page)
            yield from items
            if len(items) < PER_PAGE:
                return
        raise CannotReach(f"GET {path}: more than {PAGES * PER_PAGE} entries")


def number_of(api: Api, environment: Mapping[str, str], commit: str) -> int | None:
    """Return the number of the pull request merged by this commit, or None."""
    merged = api.ask(list[Merged], "GET", f"repos/{environment['GITHUB_REPOSITORY']}/commits/{commit}/pulls")
    return merged[0].number if merged else None
