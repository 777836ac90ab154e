"""`hvn comment` writes one review comment, its labels, and the result of an apply. Servers on loopback replace both
APIs."""

import json
import pathlib
from collections.abc import Iterator

import pytest
from click.testing import CliRunner, Result

from hvn.cli import cli
from hvn.review.approval import STICKY, reviewed
from tests.comments.servers import COMMIT, TOKEN, FakeApi, FakeAzureDevOps, FakeGithub, serve

REVIEW = f"{STICKY}\n## No findings\n\nä — `x`\n<!-- hvn-reviewed:2 hub=0123 -->\n"


@pytest.fixture(params=[FakeGithub, FakeAzureDevOps])
def api(request: pytest.FixtureRequest) -> Iterator[FakeApi]:
    with serve(request.param()) as served:
        yield served


def run(api: FakeApi, *arguments: str, **variables: str | None) -> Result:
    """Run `hvn comment` in a job of the API's CI system, and return the result."""
    none = dict.fromkeys(("GITHUB_ACTIONS", "TF_BUILD", "SYSTEM_PULLREQUEST_PULLREQUESTID", "HVN_TOPOLOGY"))
    return CliRunner(env={**none, **api.variables, **variables}).invoke(cli, ["comment", *arguments])


def write(api: FakeApi, folder: pathlib.Path, text: str, *arguments: str) -> Result:
    (folder / "comment.md").write_text(text, encoding="utf-8")
    return run(api, "write", str(folder / "comment.md"), "--number", "7", *arguments)


def texts(api: FakeApi) -> list[str]:
    return [comment["text"] for comment in api.comments]


def test_the_review_is_written_once_and_then_replaced(api: FakeApi, tmp_path: pathlib.Path) -> None:
    api.own("a result of another job")
    assert write(api, tmp_path, REVIEW).exit_code == 0
    assert texts(api) == ["a result of another job", REVIEW]
    assert write(api, tmp_path, REVIEW + "again").exit_code == 0
    assert texts(api) == ["a result of another job", REVIEW + "again"]


def test_the_review_is_read_as_it_was_written(api: FakeApi, tmp_path: pathlib.Path) -> None:
    write(api, tmp_path, REVIEW)
    assert run(api, "read", str(tmp_path / "read.md"), "--number", "7").exit_code == 0
    assert (tmp_path / "read.md").read_text(encoding="utf-8") == REVIEW


def test_a_comment_of_somebody_else_is_not_a_review(api: FakeApi, tmp_path: pathlib.Path) -> None:
    api.comments.append({"author": "mallory", "text": REVIEW})
    done = run(api, "read", str(tmp_path / "read.md"), "--number", "7")
    assert (done.exit_code, (tmp_path / "read.md").exists()) == (1, False)
    assert write(api, tmp_path, "mine").exit_code == 0
    assert texts(api)[0] == REVIEW


def test_a_review_after_many_comments_is_replaced(api: FakeApi, tmp_path: pathlib.Path) -> None:
    api.comments += [{"author": "somebody", "text": "+1"}] * 250
    write(api, tmp_path, REVIEW)
    write(api, tmp_path, REVIEW + "again")
    assert len(api.comments) == 251


def test_the_labels_are_those_of_the_review(api: FakeApi, tmp_path: pathlib.Path) -> None:
    api.labels = ["urgent", "hvn: opens", "hvn: destroys"]
    file = tmp_path / "review.json"
    file.write_text(json.dumps({"labels": ["hvn: destroys", "hvn: incomplete", "not a label of a review"]}))
    assert write(api, tmp_path, REVIEW, "--review", str(file)).exit_code == 0
    assert api.labels == ["urgent", "hvn: destroys", "hvn: incomplete"]
    assert write(api, tmp_path, REVIEW).exit_code == 0
    assert api.labels == ["urgent"]


def test_a_label_that_the_repository_lacks_does_not_stop_the_others(api: FakeApi, tmp_path: pathlib.Path) -> None:
    """GitHub refuses a missing label with the token of `review.yml`. Azure DevOps creates the label."""
    api.missing = {"hvn: destroys"}
    file = tmp_path / "review.json"
    file.write_text(json.dumps({"labels": ["hvn: destroys", "hvn: opens"]}))
    done = write(api, tmp_path, REVIEW, "--review", str(file))
    github = isinstance(api, FakeGithub)
    assert api.labels == (["hvn: opens"] if github else ["hvn: destroys", "hvn: opens"])
    assert ("create it once" in done.stderr, done.exit_code) == (github, 0)


def test_a_label_that_cannot_be_set_is_a_warning(api: FakeApi, tmp_path: pathlib.Path) -> None:
    api.refuses = "(POST|DELETE) .*/labels"
    api.labels = ["hvn: opens"]
    (tmp_path / "review.json").write_text('{"labels": ["hvn: destroys"]}')
    done = write(api, tmp_path, REVIEW, "--review", str(tmp_path / "review.json"))
    assert (done.exit_code, done.stderr.count("warning: ")) == (0, 2)
    assert texts(api) == [REVIEW]


def test_the_result_of_an_apply_replaces_the_earlier_result(api: FakeApi, tmp_path: pathlib.Path) -> None:
    options = ["--wave", "2", "--number", "7"]
    assert run(api, "result", *options).exit_code == 1
    write(api, tmp_path, REVIEW)
    assert run(api, "result", *options, "--applied", "hub", "--failed", "`vault`", "--waiting", "a b").exit_code == 0
    (text,) = texts(api)
    assert text.startswith(f"{STICKY}\n<!-- hvn-result -->\n## Not applied, or only partly: wave 2\n")
    assert "- applied: `hub`\n- failed: `vault`\n- not reached: `a` `b`\n" in text
    assert text.endswith(REVIEW.partition("\n")[2])
    nothing = ("--failed", "", "--waiting", "")  # the workflows pass empty variables
    assert run(api, "result", *options, "--complete", "--applied", "hub", *nothing).exit_code == 0
    (text,) = texts(api)
    assert "## Applied: wave 2" in text
    assert "vault" not in text
    assert text.count("<!-- hvn-result -->") == 1


def test_the_number_is_that_of_the_merged_pull_request(api: FakeApi) -> None:
    assert run(api, "number", COMMIT).stdout == "7\n"
    other = run(api, "number", "d" * 40)
    assert (other.exit_code, other.stdout) == (0, "")
    assert run(api, "number", "main").exit_code == 2


def test_a_refusal_is_one_line_without_the_token(api: FakeApi, tmp_path: pathlib.Path) -> None:
    (variable,) = {"GH_TOKEN", "SYSTEM_ACCESSTOKEN"} & api.variables.keys()
    arguments = ("read", str(tmp_path / "read.md"), "--number", "7")
    wrong = run(api, *arguments, **{variable: "another-token"})
    two_lines = run(api, *arguments, **{variable: "another-token\n"})
    missing = run(api, *arguments, **{variable: None})
    api.refuses = "threads|comments"
    refused = run(api, *arguments)
    for done in (wrong, two_lines, missing, refused):
        assert (done.exit_code, done.stdout, done.stderr.count("\n")) == (2, "", 1)
        assert TOKEN not in done.stderr
        assert "another-token" not in done.stderr
    assert "403" in refused.stderr
    assert variable in missing.stderr


@pytest.mark.parametrize(
    "content",
    [
        b"<html>",
        b"[" * 200_000,
        b"9" * 5_000,
        b"\xff",
        b"null",
        b"{}",
        b"[1]",
        b'{"authenticatedUser": {}, "value": 1}',
        b'[{"id": 1, "user": {"login": 2}}]',
        b"",
    ],
    ids=lambda content: content[:40],
)
def test_a_response_without_the_documented_content_is_one_line(
    api: FakeApi, tmp_path: pathlib.Path, content: bytes
) -> None:
    api.content = content
    arguments = [["read", str(tmp_path / "read.md"), "--number", "7"], ["number", COMMIT]]
    for done in [write(api, tmp_path, REVIEW), *(run(api, *words) for words in arguments)]:
        assert (done.exit_code, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert texts(api) == []


def test_a_response_without_an_end_is_one_line(
    api: FakeApi, tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hvn.comments.api.MOST", 1024**2)
    api.content = b"[" + b" " * 1024**2 + b"]"
    done = write(api, tmp_path, REVIEW)
    assert (done.exit_code, done.stderr.count("\n")) == (2, 1)
    assert "1 MiB" in done.stderr


def test_a_comment_without_an_author_is_not_a_review(tmp_path: pathlib.Path) -> None:
    """GitHub documents `user` as nullable."""
    with serve(FakeGithub()) as api:
        api.content = b'[{"id": 1, "user": null, "body": null}]'
        assert run(api, "read", str(tmp_path / "read.md"), "--number", "7").exit_code == 1


def test_the_password_of_netrc_does_not_replace_the_token(api: FakeApi, tmp_path: pathlib.Path) -> None:
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login somebody password another\n")
    (tmp_path / "comment.md").write_text(REVIEW)
    done = run(api, "write", str(tmp_path / "comment.md"), "--number", "7", NETRC=str(tmp_path / ".netrc"))
    assert done.exit_code == 0, done.stderr


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"labels": 1}', '{"labels": [1]}', "null"])
def test_a_file_that_is_no_review_is_one_line(api: FakeApi, tmp_path: pathlib.Path, text: str) -> None:
    (tmp_path / "review.json").write_text(text)
    done = write(api, tmp_path, REVIEW, "--review", str(tmp_path / "review.json"))
    assert (done.exit_code, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert texts(api) == []


def test_an_unreachable_api_and_a_step_outside_of_ci_are_one_line(api: FakeApi, tmp_path: pathlib.Path) -> None:
    nowhere = {"GITHUB_API_URL": "http://127.0.0.1:9", "SYSTEM_COLLECTIONURI": "http://127.0.0.1:9/"}
    for variables in (nowhere, {"GITHUB_ACTIONS": None, "TF_BUILD": None}):
        done = run(api, "read", str(tmp_path / "read.md"), "--number", "7", **variables)
        assert (done.exit_code, done.stderr.count("\n")) == (2, 1)


def test_the_number_of_the_pull_request_is_a_variable_of_azure_pipelines(api: FakeApi, tmp_path: pathlib.Path) -> None:
    api.own(REVIEW)
    assert run(api, "read", str(tmp_path / "a.md"), SYSTEM_PULLREQUEST_PULLREQUESTID="7").exit_code == 0
    assert run(api, "read", str(tmp_path / "b.md"), SYSTEM_PULLREQUEST_PULLREQUESTID="8").exit_code == 2


DEV = "config/dev/topology.yaml"


def test_each_topology_file_has_its_own_review(api: FakeApi, tmp_path: pathlib.Path) -> None:
    file, read = tmp_path / "comment.md", tmp_path / "read.md"
    reviews = {"": "0" * 32, DEV: "1" * 32, "config/a`b.yaml": "2" * 32}
    for topology, digest in (*reviews.items(), *reviews.items()):
        file.write_text(REVIEW.replace("0123", digest), encoding="utf-8")
        done = run(api, "write", str(file), "--number", "7", HVN_TOPOLOGY=topology or None)
        assert done.exit_code == 0, done.output
    for topology, digest in reviews.items():
        options = ("--wave", "1", "--complete", "--applied", "hub", "--number", "7")
        for command in (("result", *options), ("read", str(read), "--number", "7")):
            assert run(api, *command, HVN_TOPOLOGY=topology or None).exit_code == 0
        stored = read.read_text(encoding="utf-8")
        assert reviewed(stored) == {"hub": digest}
        assert "## Applied: wave 1" in stored
        assert stored.count("Topology file: ") == bool(topology)
    assert len(api.comments) == len(reviews)
    assert run(api, "read", str(read), "--number", "7", HVN_TOPOLOGY="config/test.yaml").exit_code == 1


def test_a_review_keeps_the_labels_of_another_topology_file(api: FakeApi, tmp_path: pathlib.Path) -> None:
    def label(topology: str | None, *labels: str) -> set[str]:
        (tmp_path / "review.json").write_text(json.dumps({"labels": labels}), encoding="utf-8")
        (tmp_path / "comment.md").write_text(REVIEW, encoding="utf-8")
        options = ("--review", str(tmp_path / "review.json"), "--number", "7")
        done = run(api, "write", str(tmp_path / "comment.md"), *options, HVN_TOPOLOGY=topology)
        assert done.exit_code == 0, done.output
        return {*api.labels}

    destroys, opens = "hvn: destroys", "hvn: opens"
    assert label(None, destroys) == {destroys}
    assert label(None, opens) == {opens}
    assert label(DEV, destroys) == {destroys, opens}
    assert label(None) == {destroys, opens}
