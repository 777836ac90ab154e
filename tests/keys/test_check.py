"""`hvn keys check` reports drift, and clusters that it cannot reach."""

import json
import pathlib

import pytest
from joserfc.jwk import import_key

from tests.keys.command import DISCOVERY, ONE, TWO, run, written
from tests.keys.issuer import Issuer


def checked(topology: pathlib.Path, *arguments: str) -> tuple[int, list[tuple[str, str]]]:
    """Return the exit code, and the name and message of each finding."""
    result = run(topology, "check", *arguments, "--format", "json")
    return result.exit_code, [(finding["name"], finding["message"]) for finding in json.loads(result.stdout)]


def test_no_drift(topology: pathlib.Path, public: Issuer) -> None:
    public.says(ONE, TWO)
    run(topology, "pull", "payments", "--issuer", public.url)
    public.says(TWO, {**ONE, "kid": "renamed"})
    assert checked(topology) == (0, [])


def test_a_new_key_is_drift_and_the_error_of_its_logins_is_named(topology: pathlib.Path, public: Issuer) -> None:
    public.says(ONE)
    run(topology, "pull", "payments", "--issuer", public.url)
    public.says(ONE, TWO)
    code, found = checked(topology, "payments")
    assert (code, [name for name, _ in found]) == (1, ["key-unknown-to-vault"])
    assert import_key(TWO).thumbprint() in found[0][1]
    text = run(topology, "check").output
    assert "no known key successfully validated the token signature" in text
    assert "until their max_ttl" in text


def test_a_removed_key_is_drift_until_it_is_recorded(topology: pathlib.Path, public: Issuer) -> None:
    public.says(ONE, TWO)
    run(topology, "pull", "payments", "--issuer", public.url)
    public.says(TWO)
    code, found = checked(topology)
    assert (code, [name for name, _ in found]) == (1, ["key-removed-from-cluster"])
    run(topology, "pull", "payments")
    code, found = checked(topology)
    assert (code, [name for name, _ in found]) == (0, ["key-removal-pending"])
    file = topology.parent / "jwks" / "payments.json"
    document = written(topology)
    document["keys"][0]["first_missing"] = "2026-01-01T00:00:00Z"
    file.write_text(json.dumps(document))
    code, found = checked(topology)
    assert (code, [name for name, _ in found]) == (1, ["key-removed-from-cluster"])
    assert "24 hours or more" in found[0][1]


def test_another_issuer_and_no_file_are_drift(topology: pathlib.Path, public: Issuer) -> None:
    public.says(ONE)
    code, found = checked(topology, "payments", "--issuer", public.url)
    assert (code, [name for name, _ in found]) == (1, ["keys-not-committed"])
    content = json.dumps({"issuer": "https://before.example.com/", "keys": [ONE]})
    run(topology, "pull", "payments", "--file", "-", given=content)
    code, found = checked(topology, "payments", "--issuer", public.url)
    assert (code, [name for name, _ in found]) == (1, ["issuer-changed"])


def test_without_names_only_committed_keys_are_asked_for(topology: pathlib.Path) -> None:
    result = run(topology, "check")
    assert (result.exit_code, result.output) == (0, "no keys are committed\n")


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


def test_sarif_locates_the_key_and_the_workspace(topology: pathlib.Path, public: Issuer) -> None:
    public.says({**ONE, "kid": "k"}, TWO)
    run(topology, "pull", "payments", "--issuer", public.url)
    public.says(TWO)
    (log,) = json.loads(run(topology, "check", "--format", "sarif").stdout)["runs"]
    (result,) = log["results"]
    assert (result["ruleId"], result["level"]) == ("HVN802", "error")
    (location,) = result["locations"]
    lines = (topology.parent / "jwks" / "payments.json").read_text().splitlines()
    assert '"kid": "k"' in lines[location["physicalLocation"]["region"]["startLine"] - 1]
    assert location["logicalLocations"] == [{"name": "vault-auth-payments", "kind": "module"}]


def test_an_annotation_is_at_its_key(topology: pathlib.Path, public: Issuer) -> None:
    """The test searches for the whole member, because another line of the file may also contain the key id."""
    public.says({**ONE, "kid": "k"}, TWO)
    run(topology, "pull", "payments", "--issuer", public.url)
    public.says(TWO)
    lines = (topology.parent / "jwks" / "payments.json").read_text().splitlines()
    line = next(number for number, text in enumerate(lines, 1) if '"kid": "k"' in text)
    assert f"line={line}," in run(topology, "check", "--format", "github").output


@pytest.mark.parametrize("form", ["text", "json", "github", "sarif"])
def test_a_cluster_that_cannot_be_asked_is_exit_code_2(topology: pathlib.Path, public: Issuer, form: str) -> None:
    public.says(ONE)
    run(topology, "pull", "payments", "--issuer", public.url)
    public.answers[DISCOVERY] = [(404, b"")]
    result = run(topology, "check", "--format", form)
    assert result.exit_code == 2
    assert "payments: " in result.stderr
    assert "are the live keys of the clusters" not in result.output
