"""Detect the CI system of this job from its environment variables."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from hvn.comments import azure_devops, github
from hvn.comments.api import Api
from hvn.comments.azure_devops import AzureDevOpsPullRequest
from hvn.comments.github import GithubPullRequest
from hvn.comments.pull_request import CannotReach, PullRequest


@dataclass(frozen=True, slots=True)
class Job:
    """A job of a CI system."""

    pull_request: Callable[[int], PullRequest]
    number_of: Callable[[str], int | None]
    """Returns the number of the pull request merged by a commit, or None."""


def job(environment: Mapping[str, str]) -> Job:
    """Return the job that these environment variables describe. Raises `CannotReach` outside GitHub Actions and Azure
    Pipelines, and for a missing variable."""
    try:
        if environment.get("GITHUB_ACTIONS") == "true":
            return _github(environment)
        if environment.get("TF_BUILD") == "True":
            return _azure_devops(environment)
    except KeyError as error:
        raise CannotReach(f"the variable {error.args[0]} is not set in this step") from None
    raise CannotReach("this command runs only in jobs of GitHub Actions and Azure Pipelines")


def _github(environment: Mapping[str, str]) -> Job:
    api = Api(environment.get("GITHUB_API_URL", "https://api.github.com"), environment["GH_TOKEN"])
    repository = environment["GITHUB_REPOSITORY"]
    return Job(
        pull_request=lambda number: GithubPullRequest(api, repository, number),
        number_of=lambda commit: github.number_of(api, environment, commit),
    )


def _azure_devops(environment: Mapping[str, str]) -> Job:
    api = Api(environment["SYSTEM_COLLECTIONURI"], environment["SYSTEM_ACCESSTOKEN"])
    azure_devops.repository(environment)
    return Job(
        pull_request=lambda number: AzureDevOpsPullRequest(api, environment, number),
        number_of=lambda commit: azure_devops.number_of(api, environment, commit),
    )
