"""Run `hvn keys pull` with a real TLS server as the issuer."""

import json
import os
import pathlib
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from hvn.keys import committed, from_file
from hvn.keys.source import Fetched
from hvn.topology import jwks
from tests.commands.test_spoke_add import is_locked
from tests.keys.command import CURVE, DISCOVERY, KEYS, ONE, THREE, TWO, kids, run, written
from tests.keys.issuer import Issuer
from tests.private_keys import rsa_key
from tests.topology.test_jwks import number


def test_pull_by_the_issuer(topology: pathlib.Path, public: Issuer) -> None:
    public.says(TWO, ONE, CURVE)
    result = run(topology, "pull", "payments", "--issuer", public.url)
    assert result.exit_code == 0, result.output
    assert public.asked == [DISCOVERY, KEYS]
    found = written(topology)
    assert found["issuer"] == public.url
    assert found["provenance"]["from"] == "issuer"
    assert kids(topology) == ["P-256", "one", "two"]
    # The topology reads the cluster's keys from the written file.
    read = jwks.read(topology.parent / "jwks" / "payments.json")
    assert read
    assert read == jwks.parse(json.dumps({"issuer": public.url, "keys": [ONE, TWO, CURVE]}).encode())


def test_unchanged_keys_are_not_written_again(topology: pathlib.Path, public: Issuer) -> None:
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


def test_a_removed_key_stays_for_24_hours(topology: pathlib.Path, public: Issuer) -> None:
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


def test_a_kid_that_is_used_again_names_the_new_key(topology: pathlib.Path, public: Issuer) -> None:
    public.says(ONE)
    run(topology, "pull", "payments", "--issuer", public.url)
    public.says({**TWO, "kid": "one"})
    result = run(topology, "pull", "payments")
    assert result.exit_code == 0, result.output
    assert [(key["n"], key.get("kid")) for key in written(topology)["keys"]] == [(ONE["n"], None), (TWO["n"], "one")]
    assert run(topology, "check").exit_code == 0


def test_a_key_that_came_back_is_not_missing(topology: pathlib.Path, public: Issuer) -> None:
    for keys in ((ONE, TWO), (TWO,), (ONE, TWO)):
        public.says(*keys)
        run(topology, "pull", "payments", "--issuer", public.url)
    assert [key.get("first_missing") for key in written(topology)["keys"]] == [None, None]


def test_keys_of_another_cluster_are_noted(topology: pathlib.Path, public: Issuer) -> None:
    public.says(ONE)
    run(topology, "pull", "payments", "--issuer", public.url)
    rotated = json.dumps({"keys": [ONE, TWO]})
    assert "the cluster of payments" not in run(topology, "pull", "payments", "--file", "-", given=rotated).output
    foreign = json.dumps({"issuer": "https://other.example.com/", "keys": [THREE]})
    said = run(topology, "pull", "payments", "--file", "-", given=foreign).output
    assert "the cluster of payments" in said
    assert f"the issuer changes from {public.url} to https://other.example.com/" in said


@pytest.mark.parametrize("name", ["file", "-"])
def test_pull_from_a_file_or_standard_input(topology: pathlib.Path, name: str) -> None:
    content = json.dumps({"keys": [ONE]})
    file = topology.parent / "given.json"
    file.write_text(content)
    result = run(topology, "pull", "payments", "--file", str(file) if name == "file" else "-", given=content)
    assert result.exit_code == 0, result.output
    assert kids(topology) == ["one"]
    assert "issuer" not in written(topology)


def test_the_first_missing_of_an_input_file_is_ignored(topology: pathlib.Path) -> None:
    given = json.dumps({"keys": [{**ONE, "first_missing": "2026-01-01T00:00:00Z"}]})
    run(topology, "pull", "payments", "--file", "-", given=given)
    assert "first_missing" not in written(topology)["keys"][0]
    # A `first_missing` in the future must be invalid, because `keys pull` would never remove the key.
    document = written(topology)
    document["keys"][0]["first_missing"] = "9999-01-01T00:00:00Z"
    (topology.parent / "jwks" / "payments.json").write_text(json.dumps(document))
    run(topology, "pull", "payments", "--file", "-", given=json.dumps({"keys": [TWO]}))
    assert written(topology)["keys"][0]["first_missing"][:4] != "9999"


def test_a_link_stays_a_link(topology: pathlib.Path, tmp_path: pathlib.Path) -> None:
    there = tmp_path / "elsewhere.json"
    there.write_text(json.dumps({"keys": [TWO]}))
    file = topology.parent / "jwks" / "payments.json"
    file.parent.mkdir()
    file.symlink_to(there)
    run(topology, "pull", "payments", "--file", "-", given=json.dumps({"keys": [ONE, TWO]}))
    assert file.is_symlink()
    assert [key["kid"] for key in json.loads(there.read_text())["keys"]] == ["one", "two"]


def test_a_read_only_file_stays_unchanged(topology: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run(topology, "pull", "payments", "--file", "-", given=json.dumps({"keys": [ONE]}))
    file = topology.parent / "jwks" / "payments.json"
    before = file.read_bytes()
    may = os.access
    monkeypatch.setattr(os, "access", lambda name, mode: name != file and may(name, mode))  # root can write every file
    result = run(topology, "pull", "payments", "--file", "-", given=json.dumps({"keys": [TWO]}))
    assert (result.exit_code, file.read_bytes()) == (2, before)
    assert "Permission denied" in result.output


def test_concurrent_pulls_lose_no_key(topology: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A pull keeps the keys that another pull wrote during the fetch, and locks the folder during the write."""
    file = topology.parent / "jwks" / "payments.json"
    file.parent.mkdir()
    fetch, write, locked = from_file.fetch, committed.write, []

    def slow(name: str) -> Fetched:
        found = fetch(name)
        file.write_text(json.dumps({"keys": [TWO]}))
        return found

    def watched(*given: Any) -> None:
        locked.append(is_locked(file.parent))
        write(*given)

    monkeypatch.setattr(from_file, "fetch", slow)
    monkeypatch.setattr(committed, "write", watched)
    run(topology, "pull", "payments", "--file", "-", given=json.dumps({"keys": [ONE]}))
    assert kids(topology) == ["one", "two"]
    assert locked == [True]
    assert not is_locked(file.parent)


def test_a_file_with_conflict_markers_must_be_deleted_first(topology: pathlib.Path) -> None:
    file = topology.parent / "jwks" / "payments.json"
    file.parent.mkdir()
    file.write_text("<<<<<<< HEAD\n{}\n=======\n{}\n>>>>>>> other\n")
    result = run(topology, "pull", "payments", "--file", "-", given=json.dumps({"keys": [ONE]}))
    assert result.exit_code == 2
    assert "delete the file first" in result.output


PRIVATE = rsa_key(0)
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


def two_with_keys(topology: pathlib.Path) -> None:
    """Set `keys: pubkeys` for both clusters of the sample. The key file of orders comes first, because the files are
    sorted by name.
    """
    text = topology.read_text()
    topology.write_text(text.replace("vault_login: {keys: issuer}", "vault_login: {keys: pubkeys}"))
    assert topology.read_text() != text


def test_without_names_all_clusters_with_committed_keys_are_pulled(topology: pathlib.Path, public: Issuer) -> None:
    folder = topology.parent / "jwks"
    assert (run(topology, "pull").exit_code, folder.exists()) == (0, False)
    two_with_keys(topology)
    folder.mkdir()
    (folder / "orders.json").write_text(json.dumps({"keys": [THREE]}))  # the file does not contain an issuer
    (folder / "left-over.json").write_text("{}")
    public.says(ONE)
    run(topology, "pull", "payments", "--issuer", public.url)
    public.says(ONE, TWO)
    result = run(topology, "pull")
    assert result.exit_code == 2
    assert result.stderr.startswith("orders: ")
    assert "has no issuer" in result.stderr
    assert kids(topology) == ["one", "two"]


WRONG = [
    (["pull", "paymnts"], "did you mean 'payments'?"),
    (["pull", "orders"], "does not need keys"),
    (["pull", "payments"], "has no issuer"),
    (["pull", "payments", "--file", "x", "--issuer", "https://x/"], "only one of --issuer"),
    (["pull", "payments", "--file", "/nowhere"], "cannot be read"),
    (["pull", "payments", "--kubeconfig", "/nowhere"], "/nowhere is not a file"),
    (["pull", "payments", "--issuer", ""], "empty value"),
    (["pull", "--issuer", "https://x/"], "name one spoke"),
    (["check", "payments", "--issuer", " "], "--issuer is empty"),
    (["check", "nobody"], "'nobody'"),
]


@pytest.mark.parametrize(("arguments", "says"), WRONG, ids=[" ".join(each[0]) for each in WRONG])
def test_an_impossible_pull_is_one_line(topology: pathlib.Path, arguments: list[str], says: str) -> None:
    result = run(topology, *arguments)
    assert result.exit_code == 2
    assert says in result.output
    assert result.output.count("\n") == 1
