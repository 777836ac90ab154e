"""Read and write pull requests of Azure Repos in jobs of Azure Pipelines.

https://learn.microsoft.com/rest/api/azure/devops/git/pull-request-threads
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote

from hvn.comments.api import Api
from hvn.comments.pull_request import PullRequest

VERSION = "7.1"
TEXT = 1
"""The type of comments that people and jobs write; Azure DevOps itself writes comments of other types."""


@dataclass(frozen=True, slots=True)
class Identity:
    """A person or a pipeline, identified by its id in Azure DevOps."""

    id: str


@dataclass(frozen=True, slots=True)
class Connection:
    """The identity that the token belongs to."""

    authenticatedUser: Identity  # noqa: N815 - the API's name


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment of a thread, with its text in `content`."""

    id: int
    author: Identity
    content: str | None = None
    isDeleted: bool = False  # noqa: N815 - the API's name


@dataclass(frozen=True, slots=True)
class Thread:
    """A thread of a pull request, with its comments in their order."""

    id: int
    comments: Sequence[Comment]


@dataclass(frozen=True, slots=True)
class Threads:
    """All threads of a pull request."""

    value: Sequence[Thread]


@dataclass(frozen=True, slots=True)
class Label:
    """A label of a pull request."""

    id: str
    name: str
    active: bool = True


@dataclass(frozen=True, slots=True)
class Labels:
    """All labels of a pull request."""

    value: Sequence[Label]


@dataclass(frozen=True, slots=True)
class Merged:
    """A merged pull request, with its number."""

    pullRequestId: int  # noqa: N815 - the API's name


@dataclass(frozen=True, slots=True)
class Results:
    """The pull requests by commit, for each query."""

    results: Sequence[Mapping[str, Sequence[Merged]]]


class AzureDevOpsPullRequest(PullRequest):
    """A pull request of Azure Repos. The review is the first comment of a thread without a status, so no branch policy
    requires its resolution."""

    def __init__(self, api: Api, environment: Mapping[str, str], number: int) -> None:
        self._api = api
        self._path = f"{repository(environment)}/pullRequests/{number}"

    def own_comments(self) -> Iterator[tuple[str, str]]:
        """Yield the path `THREAD/comments/COMMENT` and the text of each comment by the pipeline's identity, oldest
        first."""
        own = self._api.ask(Connection, "GET", "_apis/connectionData").authenticatedUser.id
        for thread in self._api.ask(Threads, "GET", f"{self._path}/threads", **{"api-version": VERSION}).value:
            for comment in thread.comments:
                if comment.author.id == own and not comment.isDeleted:
                    yield f"{thread.id}/comments/{comment.id}", comment.content or ""

    def create(self, text: str) -> None:
        """Add a thread with one comment."""
        thread = {"comments": [{"parentCommentId": 0, "content": text, "commentType": TEXT}]}
        self._api.ask(object, "POST", f"{self._path}/threads", thread, **{"api-version": VERSION})

    def update(self, comment: str, text: str) -> None:
        """Replace the text of a comment."""
        self._api.ask(object, "PATCH", f"{self._path}/threads/{comment}", {"content": text}, **{"api-version": VERSION})

    def labels(self) -> Mapping[str, str]:
        """Return the pull request's active labels: their names and ids."""
        listed = self._api.ask(Labels, "GET", f"{self._path}/labels", **{"api-version": VERSION}).value
        return {label.name: label.id for label in listed if label.active}

    def add_label(self, name: str) -> None:
        """Add a label. Azure DevOps creates a label that does not exist."""
        self._api.ask(object, "POST", f"{self._path}/labels", {"name": name}, **{"api-version": VERSION})

    def remove_label(self, key: str) -> None:
        """Remove a label by its id. The labels' names contain a colon, and Azure DevOps refuses a path with a colon
        (githubnext/ado-aw#915)."""
        self._api.ask(object, "DELETE", f"{self._path}/labels/{quote(key, safe='')}", **{"api-version": VERSION})


def repository(environment: Mapping[str, str]) -> str:
    """Return the path of the job's repository in the API."""
    project, repository = (quote(environment[name], safe="") for name in ("SYSTEM_TEAMPROJECT", "BUILD_REPOSITORY_ID"))
    return f"{project}/_apis/git/repositories/{repository}"


def number_of(api: Api, environment: Mapping[str, str], commit: str) -> int | None:
    """Return the number of the pull request merged by this commit, or None."""
    query = {"queries": [{"type": "lastMergeCommit", "items": [commit]}]}
    path = f"{repository(environment)}/pullRequestQuery"
    results = api.ask(Results, "POST", path, query, **{"api-version": VERSION}).results
    return next((merged.pullRequestId for result in results for merged in result.get(commit, ())), None)
