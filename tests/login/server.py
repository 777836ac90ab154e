"""Run a real server that answers logins: OpenBao in development mode, on loopback."""

import os
import pathlib
import secrets
import socket
import subprocess
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import requests

BAO = pathlib.Path(__file__).parents[2] / ".venv" / "bin" / "bao"
READY = "server started!"


class Refused(Exception):
    """An error response of the server: its status and the first error."""

    def __init__(self, status: int, error: str) -> None:
        super().__init__(f"{status}: {error}")
        self.status = status
        self.error = error


class Server:
    """A client of the server's HTTP API. The default token is the root token."""

    def __init__(self, url: str, token: str) -> None:
        self.url = url
        self.token = token
        self.session = requests.Session()
        self.session.trust_env = False  # ignore proxy variables, because the server is on loopback

    def ask(self, method: str, path: str, body: Any = None, token: str | None = None, namespace: str = "") -> Any:
        """Send a request, and return the JSON of the response, or None if the response is empty. Raises `Refused`."""
        headers = {"X-Vault-Token": self.token if token is None else token}
        if namespace:
            headers["X-Vault-Namespace"] = namespace
        answer = self.session.request(method, f"{self.url}/v1/{path}", json=body, headers=headers, timeout=60)
        if answer.status_code >= 400:
            errors = answer.json().get("errors") or [""]
            raise Refused(answer.status_code, errors[0])
        return answer.json() if answer.content else None

    def write(self, path: str, body: Mapping[str, Any], namespace: str = "") -> Any:
        """Write data to a path with the default token, and return the response."""
        return self.ask("POST", path, body, namespace=namespace)

    def login(self, mount: str, body: Mapping[str, Any], namespace: str = "") -> Any:
        """Log in without a Vault token, and return `auth` of the response."""
        return self.ask("POST", f"auth/{mount}/login", body, token="", namespace=namespace)["auth"]


@contextmanager
def openbao(folder: pathlib.Path) -> Iterator[Server]:
    """Yield a server on a free port, and stop its process at the end of the `with` block."""
    root = secrets.token_hex(16)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    arguments = [f"-dev-listen-address=127.0.0.1:{port}", f"-dev-root-token-id={root}", "-dev-no-store-token"]
    with subprocess.Popen(
        [BAO, "server", "-dev", *arguments],
        cwd=folder,
        env={"PATH": os.environ["PATH"], "HOME": str(folder)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        try:
            assert process.stdout
            log: list[str] = []
            for line in process.stdout:
                log.append(line)
                if READY in line:
                    break
            else:
                raise AssertionError(f"bao did not start:\n{''.join(log)}")
            # Read the rest of the output, because the server would block when the pipe is full.
            threading.Thread(target=process.stdout.read, daemon=True).start()
            yield Server(f"http://127.0.0.1:{port}", root)
        finally:
            process.terminate()
            process.wait()
