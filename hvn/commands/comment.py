"""`hvn comment`: read and write the review comment of a pull request, in a job of CI."""

import os
import pathlib
import re
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import wraps
from typing import Any

import click
from pydantic import TypeAdapter, ValidationError

from hvn import files
from hvn.comments.job import job
from hvn.comments.pull_request import CannotReach
from hvn.comments.result import with_result
from hvn.diagnostics.printable import printable
from hvn.options import Group, stop
from hvn.review.labels import LABELS
from hvn.review.links import links

MOST = 64 * 1024 * 1024
"""The maximum number of bytes to read from a file."""
FILE = click.Path(path_type=pathlib.Path, readable=False)


@dataclass(frozen=True, slots=True)
class Review:
    """The part of a review in JSON that this command needs."""

    labels: Sequence[str]


def number_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Return the command with the option `--number`. The command exits with 2 if it cannot reach the API."""

    @wraps(command)
    def reached(**arguments: Any) -> Any:
        try:
            return command(**arguments)
        except CannotReach as error:
            stop(f"comment: {printable(str(error), 300)}")

    return click.option(
        "--number",
        type=click.IntRange(1),
        envvar="SYSTEM_PULLREQUEST_PULLREQUESTID",
        required=True,
        metavar="N",
        help="The number of the pull request.  [env: SYSTEM_PULLREQUEST_PULLREQUESTID]",
    )(reached)


@click.group(cls=Group)
def command() -> None:
    """Read and write the review comment of a pull request.

    Runs in jobs of GitHub Actions (with GH_TOKEN) and of Azure Pipelines (with SYSTEM_ACCESSTOKEN). Only a comment of
    the job's identity counts as a review.
    """


@command.command()
@click.argument("file", type=FILE)
@number_option
def read(file: pathlib.Path, number: int) -> None:
    """Write the review comment to FILE.

    Exit code 1 if the pull request has no review.

    \b
    Example:
      hvn comment read comment.md --number 7
    """
    text = job(os.environ).pull_request(number).read(_topology())
    if text is None:
        click.echo(f"pull request {number} has no review", err=True)
        sys.exit(1)
    try:
        file.write_bytes(text.encode())
    except OSError as error:
        stop(f"comment: {printable(str(file), 200)} cannot be written: {error.strerror}")


@command.command()
@click.argument("file", type=FILE)
@click.option(
    "--review", type=FILE, metavar="JSON", help="Set the labels from this output of 'hvn review --format json'."
)
@number_option
def write(file: pathlib.Path, review: pathlib.Path | None, number: int) -> None:
    """Write FILE as the review comment.

    Replaces the existing review and its labels. Prints a warning for each label that cannot be set.

    \b
    Example:
      hvn comment write comment.md --review review.json --number 7
    """
    text = _read(file)
    wanted = [label for label in _labels(review) if label in LABELS] if review else []
    request = job(os.environ).pull_request(number)
    request.write(text, _topology())
    for warning in request.set_labels(wanted, _topology()):
        click.echo(f"warning: {printable(warning, 300)}", err=True)


@command.command()
@click.option("--wave", type=click.IntRange(1), required=True, metavar="N", help="The wave of the apply.")
@click.option("--complete", is_flag=True, help="The apply succeeded.")
@click.option("--applied", metavar="WORKSPACES", help="The applied workspaces, separated by spaces.")
@click.option("--failed", metavar="WORKSPACES", help="The workspace that failed.")
@click.option("--waiting", metavar="WORKSPACES", help="The workspaces that the apply did not reach.")
@number_option
def result(
    wave: int, complete: bool, applied: str | None, failed: str | None, waiting: str | None, number: int
) -> None:
    """Add the result of an apply to the review comment.

    Exit code 1 if the pull request has no review.

    \b
    Example:
      hvn comment result --wave 1 --complete --applied "hub vault" --number 7
    """
    request = job(os.environ).pull_request(number)
    text = request.read(_topology())
    if text is None:
        click.echo(f"pull request {number} has no review", err=True)
        sys.exit(1)
    names = [re.findall(r"[a-z0-9-]+", value or "") for value in (applied, failed, waiting)]
    request.write(
        with_result(
            text,
            wave,
            complete=complete,
            applied=names[0],
            failed=names[1],
            waiting=names[2],
            job=links(os.environ, "").job,
        ),
        _topology(),
    )


@command.command()
@click.argument("commit")
def number(commit: str) -> None:
    """Print the number of the pull request merged by COMMIT.

    Prints nothing if COMMIT is not the merge of a pull request.

    \b
    Example:
      hvn comment number "$GITHUB_SHA"
    """
    if not re.fullmatch("[0-9a-f]{40}", commit):
        stop("comment: pass the full SHA of a commit, 40 hex digits, as COMMIT")
    try:
        merged = job(os.environ).number_of(commit)
    except CannotReach as error:
        stop(f"comment: {printable(str(error), 300)}")
    if merged is not None:
        click.echo(merged)


def _topology() -> str:
    return os.environ.get("HVN_TOPOLOGY", "")


def _labels(file: pathlib.Path) -> Sequence[str]:
    try:
        return TypeAdapter(Review).validate_json(_read(file)).labels
    except ValidationError:
        stop(f"comment: {printable(str(file), 200)} is not the output of 'hvn review --format json'")


def _read(file: pathlib.Path) -> str:
    try:
        return files.read(file, MOST).decode("utf-8", "replace")
    except OSError as error:
        stop(f"comment: {printable(str(file), 200)} cannot be read: {error.strerror}")
