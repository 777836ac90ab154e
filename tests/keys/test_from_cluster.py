"""Run `hvn keys pull --kubeconfig` with a script that replaces kubectl."""

import json
import pathlib

import pytest

from tests.keys.command import ONE, kids, run, written


@pytest.fixture
def kubectl(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> pathlib.Path:
    """Write a fake kubectl: `get --raw PATH` prints a file in the returned folder. The file's name is the last part of
    PATH. If the file is missing, the fake kubectl fails.
    """
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


def test_a_cluster_without_an_issuer_url_leaves_the_issuer_unchanged(
    topology: pathlib.Path, kubectl: pathlib.Path
) -> None:
    (kubectl / "jwks").write_text(json.dumps({"keys": [ONE]}))
    (kubectl / "openid-configuration").write_text(json.dumps({"issuer": '"aks.azmk8s.io"'}))
    result = run(topology, "pull", "payments", "--kubeconfig", str(topology.parent / "kubeconfig"))
    assert result.exit_code == 0
    assert result.stderr.startswith("note: ")
    assert "issuer" not in written(topology)


def test_the_error_of_the_api_server_is_shown(topology: pathlib.Path, kubectl: pathlib.Path) -> None:
    result = run(topology, "pull", "payments", "--kubeconfig", str(topology.parent / "kubeconfig"))
    assert result.exit_code == 2
    assert "Error from server (Forbidden): no" in result.output


def test_without_kubectl(topology: pathlib.Path, kubectl: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(kubectl))
    result = run(topology, "pull", "payments", "--kubeconfig", str(topology.parent / "kubeconfig"))
    assert result.exit_code == 2
    assert "kubectl is not in the PATH" in result.output
