"""`hvn keys pull` and `hvn keys check` from outside, with a real TLS server for an issuer."""

import json
import pathlib
import socket
import threading
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler
from typing import Any

import pytest
from click.testing import CliRunner, Result
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from joserfc.jwk import import_key

from hvn.cli import cli
from hvn.topology import jwks
from tests.keys.issuer import Issuer
from tests.topology.test_jwks import ec_key, number, rsa_key

DISCOVERY = "/tenant/.well-known/openid-configuration"
KEYS = "/tenant/openid/v1/jwks"


def run(topology: pathlib.Path, *arguments: str, given: str | bytes | None = None) -> Result:
    action, *rest = arguments
    return CliRunner().invoke(cli, ["keys", action, *rest, "--topology", str(topology)], input=given)


def written(topology: pathlib.Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((topology.parent / "jwks" / "payments.json").read_text())
    return found


def a_key(kid: str) -> dict[str, Any]:
    return {**rsa_key()[0], "kid": kid}


ONE, TWO, THREE = a_key("one"), a_key("two"), a_key("three")
CURVE = ec_key(ec.SECP256R1(), "P-256")[0]


def kids(topology: pathlib.Path) -> list[str]:
    return [key["kid"] for key in written(topology)["keys"]]


# --- pull


def test_pull_by_the_issuer(topology: pathlib.Path, public: Issuer) -> None:
    public.says(TWO, ONE, CURVE)
    result = run(topology, "pull", "payments", "--issuer", public.url)
    assert result.exit_code == 0, result.output
    assert public.asked == [DISCOVERY, KEYS]
    found = written(topology)
    assert found["issuer"] == public.url
    assert found["provenance"]["from"] == "issuer"
    assert kids(topology) == ["P-256", "one", "two"]
    # What the topology reads of it is what the cluster has.
    read = jwks.read(topology.parent / "jwks" / "payments.json")
    assert read
    assert read == jwks.parse(json.dumps({"issuer": public.url, "keys": [ONE, TWO, CURVE]}).encode())


def test_what_is_already_there_is_not_written_again(topology: pathlib.Path, public: Issuer) -> None:
    public.says(ONE, TWO)
    run(topology, "pull", "payments", "--issuer", public.url)
    file = topology.parent / "jwks" / "payments.json"
    before = file.read_bytes()
    file.write_bytes(before.replace(b'"at": "20', b'"at": "19'))
    public.says({**TWO, "n": "AAAA" + TWO["n"], "x5t": "z"}, ONE)
    result = run(topology, "pull", "payments")
    assert result.exit_code == 0, result.output
    assert "nothing written" in result.output
    assert b'"at": "19' in file.read_bytes()


def test_a_key_that_went_stays_for_24_hours(topology: pathlib.Path, public: Issuer) -> None:
    public.says(ONE, TWO)
    run(topology, "pull", "payments", "--issuer", public.url)
    public.says(TWO, THREE)
    run(topology, "pull", "payments")
    assert kids(topology) == ["one", "three", "two"]
    missing = {key["kid"]: key.get("first_missing") for key in written(topology)["keys"]}
    assert missing["two"] is missing["three"] is None
    assert missing["one"]
    assert "nothing written" in run(topology, "pull", "payments").output

    for hours, stays in ((23.9, True), (24.1, False)):
        since = (datetime.now(UTC) - timedelta(hours=hours)).strftime("%Y-%m-%dT%H:%M:%SZ")
        document = written(topology)
        document["keys"][0]["first_missing"] = since
        (topology.parent / "jwks" / "payments.json").write_text(json.dumps(document))
        run(topology, "pull", "payments")
        assert ("one" in kids(topology)) is stays


def test_a_key_that_came_back_is_not_missing(topology: pathlib.Path, public: Issuer) -> None:
    for keys in ((ONE, TWO), (TWO,), (ONE, TWO)):
        public.says(*keys)
        run(topology, "pull", "payments", "--issuer", public.url)
    assert [key.get("first_missing") for key in written(topology)["keys"]] == [None, None]


@pytest.mark.parametrize("name", ["file", "-"])
def test_pull_from_a_file_or_standard_input(topology: pathlib.Path, name: str) -> None:
    content = json.dumps({"keys": [ONE]})
    file = topology.parent / "given.json"
    file.write_text(content)
    result = run(topology, "pull", "payments", "--file", str(file) if name == "file" else "-", given=content)
    assert result.exit_code == 0, result.output
    assert kids(topology) == ["one"]
    assert "issuer" not in written(topology)


PRIVATE = rsa.generate_private_key(65537, 2048)
SECRET = number(PRIVATE.private_numbers().d)


def test_a_private_key_is_refused_and_not_shown(topology: pathlib.Path) -> None:
    content = json.dumps({"keys": [{**ONE, "d": SECRET}]})
    result = run(topology, "pull", "payments", "--file", "-", given=content)
    assert result.exit_code == 2
    assert "holds a private key" in result.output
    assert SECRET[:20] not in result.output
    assert not (topology.parent / "jwks").exists()


def test_a_failed_write_leaves_the_old_file(
    topology: pathlib.Path, public: Issuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    public.says(ONE)
    run(topology, "pull", "payments", "--issuer", public.url)
    file = topology.parent / "jwks" / "payments.json"
    before = file.read_bytes()
    public.says(TWO)

    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(pathlib.Path, "replace", full)
    result = run(topology, "pull", "payments")
    assert result.exit_code == 2
    assert "No space left on device" in result.output
    assert file.read_bytes() == before
    assert [each.name for each in file.parent.iterdir()] == ["payments.json"]


# --- what can go wrong on the way


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
        (DISCOVERY, (404, b""), "there is no discovery document"),
        (DISCOVERY, (403, b""), "this issuer is not public"),
        (DISCOVERY, (200, b"<html>"), "is no JSON object"),
        (DISCOVERY, (200, b"[]"), "is no JSON object"),
        (DISCOVERY, redirect, "sends on to another address"),
        (DISCOVERY, cut_off, "cannot be reached"),
        (KEYS, (200, b"x" * 300_000), "more than 256 KiB"),
        (KEYS, (200, b"<html>"), "is not JSON"),
        (KEYS, (200, b'{"keys": []}'), "holds no key"),
        (KEYS, (503, b""), "answers 503"),
    ],
)
def test_an_answer_that_is_none(topology: pathlib.Path, public: Issuer, path: str, answer: Any, says: str) -> None:
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
        ({"issuer": "https://127.0.0.1/other/"}, "is of another issuer"),
        ({"issuer": None}, "is of another issuer"),
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


def test_it_tries_again(topology: pathlib.Path, public: Issuer) -> None:
    public.says(ONE)
    public.answers[KEYS] = [(503, b""), (429, b""), *public.answers[KEYS]]
    assert run(topology, "pull", "payments", "--issuer", public.url).exit_code == 0
    assert public.asked == [DISCOVERY, KEYS, KEYS, KEYS]


def test_a_ca_that_nobody_trusts(topology: pathlib.Path, public: Issuer, monkeypatch: pytest.MonkeyPatch) -> None:
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
    assert "the proxy does not lead to" in result.output
    assert heard[0].startswith(b"CONNECT 127.0.0.1:")
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    assert run(topology, "pull", "payments", "--issuer", public.url).exit_code == 0


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1/", "ftp://x/", "https://", "https://user:pass@127.0.0.1/", "https://x/?a=b", "x\ny", ""]
)
def test_an_issuer_that_is_none(topology: pathlib.Path, url: str) -> None:
    result = run(topology, "pull", "payments", "--issuer", url)
    assert result.exit_code == 2
    assert result.output.count("\n") == 1
    assert "pass" not in result.output


# --- kubectl


@pytest.fixture
def kubectl(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> pathlib.Path:
    """A kubectl that answers `get --raw PATH` with the file below this folder, and fails where there is none."""
    folder = tmp_path / "api"
    folder.mkdir()
    binary = tmp_path / "bin" / "kubectl"
    binary.parent.mkdir()
    binary.write_text(f'#!/bin/sh\nfor last; do :; done\ncat "{folder}/$(basename "$last")" 2>/dev/null || ')
    with binary.open("a") as script:
        script.write('{ echo "Error from server (Forbidden): no" >&2; exit 1; }\n')
    binary.chmod(0o755)
    monkeypatch.setenv("PATH", f"{binary.parent}:/usr/bin:/bin")
    (tmp_path / "kubeconfig").write_text("apiVersion: v1\n")
    return folder


def test_pull_by_a_kubeconfig(topology: pathlib.Path, kubectl: pathlib.Path) -> None:
    (kubectl / "jwks").write_text(json.dumps({"keys": [ONE]}))
    url = "https://japaneast.oic.prod-aks.azure.com/tenant/id/"
    document = {"issuer": url, "jwks_uri": f"{url}openid/v1/jwks"}
    (kubectl / "openid-configuration").write_text(json.dumps(document))
    result = run(topology, "pull", "payments", "--kubeconfig", str(topology.parent / "kubeconfig"))
    assert result.exit_code == 0, result.output
    assert kids(topology) == ["one"]
    assert written(topology)["issuer"] == url


def test_the_issuer_stays_where_the_cluster_does_not_say_it(topology: pathlib.Path, kubectl: pathlib.Path) -> None:
    (kubectl / "jwks").write_text(json.dumps({"keys": [ONE]}))
    (kubectl / "openid-configuration").write_text(json.dumps({"issuer": '"aks.azmk8s.io"'}))
    result = run(topology, "pull", "payments", "--kubeconfig", str(topology.parent / "kubeconfig"))
    assert result.exit_code == 0
    assert "note: the API server did not say its issuer" in result.output
    assert "issuer" not in written(topology)


def test_what_the_api_server_says_is_told(topology: pathlib.Path, kubectl: pathlib.Path) -> None:
    result = run(topology, "pull", "payments", "--kubeconfig", str(topology.parent / "kubeconfig"))
    assert result.exit_code == 2
    assert "Error from server (Forbidden): no" in result.output


def test_without_kubectl(topology: pathlib.Path, kubectl: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(kubectl))
    result = run(topology, "pull", "payments", "--kubeconfig", str(topology.parent / "kubeconfig"))
    assert result.exit_code == 2
    assert "kubectl is not in the PATH" in result.output


# --- check


def checked(topology: pathlib.Path, *arguments: str) -> tuple[int, list[tuple[str, str]]]:
    result = run(topology, "check", *arguments, "--format", "json")
    return result.exit_code, [(each["name"], each["message"]) for each in json.loads(result.stdout)]


def test_no_drift(topology: pathlib.Path, public: Issuer) -> None:
    public.says(ONE, TWO)
    run(topology, "pull", "payments", "--issuer", public.url)
    public.says(TWO, {**ONE, "kid": "renamed"})
    assert checked(topology) == (0, [])


def test_a_new_key_is_drift_and_says_when_it_breaks(topology: pathlib.Path, public: Issuer) -> None:
    public.says(ONE)
    run(topology, "pull", "payments", "--issuer", public.url)
    public.says(ONE, TWO)
    code, found = checked(topology, "payments")
    assert (code, [name for name, _ in found]) == (1, ["key-unknown-to-vault"])
    assert import_key(TWO).thumbprint() in found[0][1]
    text = run(topology, "check").output
    assert "no known key successfully validated the token signature" in text
    assert "Not now: apps that are logged in go on until their max_ttl" in text


def test_a_key_that_went_is_drift_until_it_is_noted(topology: pathlib.Path, public: Issuer) -> None:
    public.says(ONE, TWO)
    run(topology, "pull", "payments", "--issuer", public.url)
    public.says(TWO)
    code, found = checked(topology)
    assert (code, [name for name, _ in found]) == (1, ["key-gone-from-cluster"])
    run(topology, "pull", "payments")
    code, found = checked(topology)
    assert (code, [name for name, _ in found]) == (0, ["key-waits-to-go"])
    file = topology.parent / "jwks" / "payments.json"
    document = written(topology)
    document["keys"][0]["first_missing"] = "2026-01-01T00:00:00Z"
    file.write_text(json.dumps(document))
    code, found = checked(topology)
    assert (code, [name for name, _ in found]) == (1, ["key-gone-from-cluster"])
    assert "24 hours or more" in found[0][1]


def test_another_issuer_and_no_file_are_drift(topology: pathlib.Path, public: Issuer) -> None:
    public.says(ONE)
    code, found = checked(topology, "payments", "--issuer", public.url)
    assert (code, [name for name, _ in found]) == (1, ["keys-not-committed"])
    content = json.dumps({"issuer": "https://before.example.com/", "keys": [ONE]})
    run(topology, "pull", "payments", "--file", "-", given=content)
    code, found = checked(topology, "payments", "--issuer", public.url)
    assert (code, [name for name, _ in found]) == (1, ["issuer-changed"])


def test_annotations(topology: pathlib.Path, public: Issuer) -> None:
    public.says(ONE)
    run(topology, "pull", "payments", "--issuer", public.url)
    public.says({**TWO, "kid": "%0A::error::forged"})
    result = run(topology, "check", "--format", "github")
    assert result.exit_code == 1
    lines = result.output.splitlines()
    assert len(lines) == 2
    assert all(line.startswith("::error file=") for line in lines)
    assert "%250A" in result.output


@pytest.mark.parametrize("form", ["text", "json", "github"])
def test_a_cluster_that_cannot_be_asked_is_not_fine(topology: pathlib.Path, public: Issuer, form: str) -> None:
    public.says(ONE)
    run(topology, "pull", "payments", "--issuer", public.url)
    public.answers[DISCOVERY] = [(404, b"")]
    result = run(topology, "check", "--format", form)
    assert result.exit_code == 2
    assert "payments: " in result.stderr
    assert "are those that the clusters have" not in result.output


WRONG = [
    (["pull", "paymnts"], "did you mean `payments`?"),
    (["pull", "orders"], "needs no keys"),
    (["pull", "payments"], "names no issuer to ask"),
    (["pull", "payments", "--file", "x", "--issuer", "https://x/"], "give one of"),
    (["pull", "payments", "--file", "/nowhere"], "cannot be read"),
    (["pull", "payments", "--kubeconfig", "/nowhere"], "is no file"),
    (["check", "nobody"], "there is no spoke"),
]


@pytest.mark.parametrize(("arguments", "says"), WRONG, ids=[" ".join(each[0]) for each in WRONG])
def test_what_cannot_run_says_so_in_one_line(topology: pathlib.Path, arguments: list[str], says: str) -> None:
    result = run(topology, *arguments)
    assert result.exit_code == 2
    assert says in result.output
    assert result.output.count("\n") == 1
