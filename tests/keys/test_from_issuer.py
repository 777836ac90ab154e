"""Test failures between `hvn keys` and an issuer: invalid responses, certificates, proxies."""

import contextlib
import pathlib
import socket
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler
from typing import Any

import pytest

from hvn.keys import from_issuer
from tests.keys.command import DISCOVERY, KEYS, ONE, run
from tests.keys.issuer import Issuer


def redirect(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(302)
    handler.send_header("Location", "https://elsewhere.example.com/")
    handler.end_headers()


def cut_off(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.send_header("Content-Length", "100")
    handler.end_headers()
    handler.wfile.write(b"{")
    handler.wfile.flush()
    handler.connection.close()


@pytest.mark.parametrize(
    ("path", "answer", "says"),
    [
        (DISCOVERY, (404, b""), "returned 404"),
        (DISCOVERY, (403, b""), "--kubeconfig"),
        (DISCOVERY, (200, b"<html>"), "is not a JSON object"),
        (DISCOVERY, (200, b"[]"), "is not a JSON object"),
        (DISCOVERY, redirect, "redirects"),
        (DISCOVERY, cut_off, "cannot be reached"),
        (KEYS, (200, b"x" * 300_000), "more than 256 KiB"),
        (KEYS, (200, b"<html>"), "is not JSON"),
        (KEYS, (200, b'{"keys": []}'), "holds no key"),
        (KEYS, (503, b""), "returned 503"),
    ],
)
def test_an_invalid_answer_is_one_line(
    topology: pathlib.Path, public: Issuer, path: str, answer: Any, says: str
) -> None:
    public.says(ONE)
    public.answers[path] = [answer]
    result = run(topology, "pull", "payments", "--issuer", public.url)
    assert result.exit_code == 2
    assert says in result.output
    assert result.output.count("\n") == 1
    assert not (topology.parent / "jwks").exists()


@pytest.mark.parametrize(
    ("document", "says"),
    [
        ({"issuer": "https://127.0.0.1/other/"}, "names another issuer"),
        ({"issuer": None}, "names another issuer"),
        ({"jwks_uri": "http://127.0.0.1/keys"}, "is not an https URL"),
        ({"jwks_uri": "file:///etc/passwd"}, "is not an https URL"),
        ({"jwks_uri": 5}, "has no jwks_uri"),
    ],
)
def test_a_discovery_document_that_is_wrong(
    topology: pathlib.Path, public: Issuer, document: dict[str, Any], says: str
) -> None:
    public.says(ONE, **document)
    result = run(topology, "pull", "payments", "--issuer", public.url)
    assert result.exit_code == 2
    assert says in result.output
    assert KEYS not in public.asked


def test_the_issuer_is_compared_with_its_slash(topology: pathlib.Path, public: Issuer) -> None:
    public.says(ONE)
    result = run(topology, "pull", "payments", "--issuer", public.url.rstrip("/"))
    assert result.exit_code == 2
    assert public.url in result.output


def test_a_failed_request_is_repeated(topology: pathlib.Path, public: Issuer) -> None:
    public.says(ONE)
    public.answers[KEYS] = [(503, b""), (429, b""), *public.answers[KEYS]]
    assert run(topology, "pull", "payments", "--issuer", public.url).exit_code == 0
    assert public.asked == [DISCOVERY, KEYS, KEYS, KEYS]


def test_an_untrusted_ca_is_an_error(topology: pathlib.Path, public: Issuer, monkeypatch: pytest.MonkeyPatch) -> None:
    public.says(ONE)
    monkeypatch.delenv("REQUESTS_CA_BUNDLE")
    monkeypatch.delenv("CURL_CA_BUNDLE", raising=False)
    result = run(topology, "pull", "payments", "--issuer", public.url)
    assert result.exit_code == 2
    assert "REQUESTS_CA_BUNDLE" in result.output
    assert public.asked == []


def test_the_proxy_of_the_environment_is_used(
    topology: pathlib.Path, public: Issuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    public.says(ONE)
    heard: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as proxy:

        def refuse() -> None:
            while True:
                try:
                    connection, _ = proxy.accept()
                except OSError:
                    return
                with connection:
                    heard.append(connection.recv(1000))
                    connection.sendall(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n")

        threading.Thread(target=refuse, daemon=True).start()
        monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{proxy.getsockname()[1]}")
        result = run(topology, "pull", "payments", "--issuer", public.url)
        proxy.shutdown(socket.SHUT_RDWR)
    assert result.exit_code == 2
    assert "HTTPS_PROXY" in result.output
    assert heard[0].startswith(b"CONNECT 127.0.0.1:")
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    assert run(topology, "pull", "payments", "--issuer", public.url).exit_code == 0


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1/", "ftp://x/", "https://", "https://user:pass@127.0.0.1/", "https://x/?a=b", "x\ny", ""]
)
def test_an_invalid_issuer_is_one_line(topology: pathlib.Path, url: str) -> None:
    result = run(topology, "pull", "payments", "--issuer", url)
    assert result.exit_code == 2
    assert result.output.count("\n") == 1
    assert "pass" not in result.output


def drip(path: str, released: threading.Event) -> Callable[[BaseHTTPRequestHandler], None]:
    """Return a handler that sends, byte by byte, an endless header or an endless body with keys."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        if path == KEYS:
            handler.send_response(200)
            handler.send_header("Content-Length", "100000")
            handler.end_headers()
        with contextlib.suppress(OSError):
            while not released.wait(0.01):
                handler.wfile.write(b"x")

    return answer


@pytest.mark.parametrize("path", [DISCOVERY, KEYS])
def test_slow_answer_ends_in_time(
    topology: pathlib.Path, public: Issuer, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(from_issuer, "WHOLE_SECONDS", 0.5)
    public.says(ONE)
    released = threading.Event()
    public.answers[path] = [drip(path, released)]
    try:
        result = run(topology, "pull", "payments", "--issuer", public.url)
    finally:
        released.set()
    assert result.exit_code == 2
    assert "took more than 0.5 s" in result.output
