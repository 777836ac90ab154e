"""Serve the parts of GitHub's and Azure DevOps' APIs that `hvn comment` uses, on loopback."""

import json
import re
import threading
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit
from uuid import NAMESPACE_OID, uuid5

TOKEN = "token-of-the-job"  # noqa: S105 - of a test
COMMIT = "c" * 40


class NoAnswer(Exception):
    """The API has no such path or method. The argument is the HTTP status of the response."""


class FakeApi(ABC):
    """The state of pull request 7, and the API's responses."""

    def __init__(self) -> None:
        self.comments: list[dict[str, str]] = []
        """The comments with `author` and `text`, in the order of their creation."""
        self.labels: list[str] = []
        self.missing: set[str] = set()
        """The labels that the repository does not have."""
        self.refuses = ""
        """The API refuses paths that contain this text with 403."""
        self.content: bytes | None = None
        """The content of every response; None for the content that the API documents."""
        self.url = ""

    def own(self, text: str) -> None:
        """Add a comment by the job's identity."""
        self.comments.append({"author": self.identity, "text": text})

    @property
    @abstractmethod
    def identity(self) -> str:
        """Return the author of comments that the job writes."""

    @property
    @abstractmethod
    def variables(self) -> dict[str, str]:
        """Return the environment variables of a job."""

    @abstractmethod
    def answer(self, method: str, path: str, query: dict[str, str], body: Any) -> Any:
        """Return the JSON of a response. Raises `NoAnswer` with a status."""


class FakeGithub(FakeApi):
    """https://docs.github.com/rest"""

    identity = "github-actions[bot]"
    home = "/api/v3/repos/o/r"

    @property
    def variables(self) -> dict[str, str]:
        """Return the variables of a step of GitHub Actions, including `GH_TOKEN`."""
        return {
            "GITHUB_ACTIONS": "true",
            "GITHUB_API_URL": f"{self.url}/api/v3",
            "GITHUB_REPOSITORY": "o/r",
            "GITHUB_SERVER_URL": "https://github.com",
            "GITHUB_RUN_ID": "99",
            "GH_TOKEN": TOKEN,
        }

    def answer(self, method: str, path: str, query: dict[str, str], body: Any) -> Any:
        """Return the JSON of a response."""
        match method, path.removeprefix(self.home).split("/")[1:]:
            case "GET", ["issues", "7", "comments"]:
                first = (int(query["page"]) - 1) * int(query["per_page"])
                page = [
                    {"id": number, "user": {"login": comment["author"]}, "body": comment["text"]}
                    for number, comment in enumerate(self.comments)
                ]
                return page[first : first + int(query["per_page"])]
            case "POST", ["issues", "7", "comments"]:
                self.own(body["body"])
                return {}
            case "PATCH", ["issues", "comments", number]:
                self.comments[int(number)]["text"] = body["body"]
                return {}
            case "GET", ["issues", "7", "labels"]:
                return [{"name": name} for name in self.labels] if query["page"] == "1" else []
            case "POST", ["issues", "7", "labels"]:
                # Since 2025, a token with `pull-requests: write` creates no labels (actions/labeler#870).
                if self.missing & {*body["labels"]}:
                    raise NoAnswer(403)
                self.labels += body["labels"]
                return [{"name": name} for name in self.labels]
            case "DELETE", ["issues", "7", "labels", name]:
                if name not in self.labels:
                    raise NoAnswer(404)
                self.labels.remove(name)
                return [{"name": name} for name in self.labels]
            case "GET", ["commits", commit, "pulls"]:
                return [{"number": 7}] if commit == COMMIT else []
        raise NoAnswer(404)


class FakeAzureDevOps(FakeApi):
    """https://learn.microsoft.com/rest/api/azure/devops/git"""

    identity = "4a8d9b6e-0000-4000-8000-000000000001"
    home = "/o/my net/_apis/git/repositories/0d3c"

    @property
    def variables(self) -> dict[str, str]:
        """Return the variables of a step of Azure Pipelines, including `SYSTEM_ACCESSTOKEN`."""
        return {
            "TF_BUILD": "True",
            "SYSTEM_COLLECTIONURI": f"{self.url}/o/",
            "SYSTEM_TEAMPROJECT": "my net",
            "BUILD_REPOSITORY_ID": "0d3c",
            "BUILD_REPOSITORY_NAME": "net",
            "BUILD_BUILDID": "99",
            "SYSTEM_ACCESSTOKEN": TOKEN,
        }

    def answer(self, method: str, path: str, query: dict[str, str], body: Any) -> Any:
        """Return the JSON of a response."""
        if (method, path) == ("GET", "/o/_apis/connectionData"):
            return {"authenticatedUser": {"id": self.identity}}
        if query != {"api-version": "7.1"}:
            raise NoAnswer(400)
        # ASP.NET: "A potentially dangerous Request.Path value was detected from the client (:)."
        if ":" in path:
            raise NoAnswer(400)
        match method, path.removeprefix(self.home).split("/")[1:]:
            case "GET", ["pullRequests", "7", "threads"]:
                return {"value": [self._thread(number) for number in range(len(self.comments))]}
            case "POST", ["pullRequests", "7", "threads"]:
                (comment,) = body["comments"]
                self.own(comment["content"])
                return self._thread(len(self.comments) - 1)
            case "PATCH", ["pullRequests", "7", "threads", thread, "comments", "1"]:
                self.comments[int(thread)]["text"] = body["content"]
                return {}
            case "GET", ["pullRequests", "7", "labels"]:
                labels = [{"id": _id(name), "name": name, "active": True} for name in self.labels]
                return {"value": labels, "count": len(labels)}
            case "POST", ["pullRequests", "7", "labels"]:
                # "Create a tag (if that does not exists yet) and add that as a label"
                self.missing.discard(body["name"])
                self.labels.append(body["name"])
                return {"id": _id(body["name"]), "name": body["name"], "active": True}
            case "DELETE", ["pullRequests", "7", "labels", key]:
                self.labels.remove(next(name for name in self.labels if key in (name, _id(name))))
                return None
            case "POST", ["pullRequestQuery"]:
                (asked,) = body["queries"]
                (commit,) = asked["items"]
                return {"results": [{COMMIT: [{"pullRequestId": 7}]} if commit == COMMIT else {}]}
        raise NoAnswer(404)

    def _thread(self, number: int) -> dict[str, Any]:
        comment = self.comments[number]
        return {"id": number, "comments": [{"id": 1, "author": {"id": comment["author"]}, "content": comment["text"]}]}


def _id(label: str) -> str:
    return str(uuid5(NAMESPACE_OID, label))


@contextmanager
def serve(api: FakeApi) -> Iterator[FakeApi]:
    """Serve the API on loopback, and yield it."""

    class Handler(BaseHTTPRequestHandler):
        def handle_one_request(self) -> None:
            self.raw_requestline = self.rfile.readline(65537)
            if not self.raw_requestline or not self.parse_request():
                self.close_connection = True
                return
            status, content = self.answered()
            self.send_response(status)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def answered(self) -> tuple[int, bytes]:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            url = urlsplit(self.path)
            if self.headers.get("Authorization") != f"Bearer {TOKEN}":
                return 203, b"<html>Sign in</html>"
            if api.content is not None:
                return 200, api.content
            if api.refuses and re.search(api.refuses, f"{self.command} {url.path}"):
                return 403, b"{}"
            query = {name: values[0] for name, values in parse_qs(url.query).items()}
            try:
                made = api.answer(self.command, unquote(url.path), query, json.loads(body) if body else None)
            except NoAnswer as error:
                return error.args[0], b"{}"
            return (200, json.dumps(made).encode()) if made is not None else (204, b"")

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    api.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield api
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
