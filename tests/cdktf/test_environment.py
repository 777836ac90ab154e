"""Run bin/cdktf in an unusual environment: with links, missing programs, or folders without write permission."""

import os
import subprocess
from pathlib import Path

import pytest

from tests.cdktf.conftest import FAKE_TERRAFORM, Project, assert_one_line


@pytest.mark.whole
def test_it_runs_through_a_link_with_a_topology_of_the_caller(project: Project) -> None:
    link = project.caller / "link"
    link.symlink_to(os.path.relpath(project.root / "bin" / "cdktf", project.caller))
    topology = (project.root / "config" / "topology.yaml").read_text().replace("payments", "checkout")
    (project.caller / "mine.yaml").write_text(topology)
    (project.caller / "hvn").mkdir()
    (project.caller / "hvn" / "__init__.py").write_text("raise SystemExit('the caller's hvn')")
    env = os.environ | {"HVN_TOPOLOGY": "mine.yaml", "TERRAFORM_BINARY_NAME": str(FAKE_TERRAFORM)}
    subprocess.run(["./link", "synth", "network-checkout"], cwd=project.caller, env=env, check=True)
    assert (project.root / "cdktf.out@platform.network-checkout/stacks/network-checkout/cdk.tf.json").exists()


def test_an_invalid_or_missing_topology(project: Project) -> None:
    (project.caller / "invalid.yaml").write_text("version: 1\nname: platform\n")
    output = project.run("deploy", "hub", code=1, HVN_TOPOLOGY="invalid.yaml")
    assert "invalid.yaml" in output
    assert "HVN" in output
    assert "Traceback" not in output
    assert_one_line(project.run("deploy", "hub", code=2, HVN_TOPOLOGY="missing.yaml"), "missing.yaml")


def test_an_unwritable_cache_names_the_variable_to_set(project: Project, tmp_path: Path) -> None:
    """In a container, the user may not have a writable home folder. Even root cannot write below /dev/null."""
    variables = {"HOME": "/dev/null/home"}
    output = project.run("synth", "hub", code=2, **variables)
    assert_one_line(output, "/dev/null/home", "HOME", "TF_PLUGIN_CACHE_DIR")
    variables["TF_PLUGIN_CACHE_DIR"] = str(tmp_path / "plugins")
    output = project.run("synth", "hub", code=2, **variables)
    assert_one_line(output, "/dev/null/home", "HOME", "JSII_RUNTIME_PACKAGE_CACHE_ROOT")


@pytest.mark.whole
def test_the_named_variables_are_enough(project: Project, tmp_path: Path) -> None:
    caches = {"TF_PLUGIN_CACHE_DIR": "plugins", "JSII_RUNTIME_PACKAGE_CACHE_ROOT": "packages"}
    variables = {variable: str(tmp_path / name) for variable, name in caches.items()}
    project.run("synth", "hcp", code=0, HOME="/dev/null/home", **variables)
    assert all((tmp_path / name).is_dir() for name in caches.values())


@pytest.mark.parametrize("command", ["deploy", "diff", "destroy", "output", "watch"])
def test_a_missing_terraform_is_one_line(project: Project, command: str) -> None:
    output = project.run(command, "network-analytics", code=2, TERRAFORM_BINARY_NAME="missing-terraform")
    assert_one_line(output, "missing-terraform", "1.6", "hvn rehearse")


def test_an_unwritable_output_folder_is_one_line(project: Project) -> None:
    (project.root / "cdktf.out.hub").write_text("a file, no folder")
    assert_one_line(project.run("synth", "hub", code=2), "cdktf.out.hub")


@pytest.mark.parametrize("missing", [".venv", "node_modules"])
def test_without_setup_it_names_the_command(project: Project, missing: str) -> None:
    (project.root / missing).unlink()
    assert_one_line(project.run("synth", code=2), "make setup")


def test_from_a_removed_folder(project: Project) -> None:
    removed = project.caller / "removed"
    removed.mkdir()
    script = f'cd "{removed}" && rmdir "{removed}" && exec "{project.root}/bin/cdktf" synth'
    done = subprocess.run(["/bin/sh", "-c", script], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "no longer exists" in done.stderr
    assert "Traceback" not in done.stderr
