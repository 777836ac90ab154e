"""Run bin/hvn before setup, in other folders, and through links."""

import pathlib
import subprocess

import pytest

from tests.setup.checkout import Checkout


def test_hvn_without_setup_names_the_command(checkout: Checkout) -> None:
    result = checkout.hvn()
    assert (result.returncode, result.stdout, result.stderr.count("\n")) == (2, "", 1)
    assert "run make setup" in result.stderr


@pytest.mark.parametrize(
    "call", ["link/hvn", "./link to link", "bin of links/hvn", "linked bin/hvn", "checkout/bin/hvn"]
)
def test_hvn_runs_from_any_folder_and_through_links(checkout: Checkout, tmp_path: pathlib.Path, call: str) -> None:
    checkout.make()
    python = checkout.root / ".venv/bin/python"
    python.write_text('#!/bin/sh\npwd; for argument in "$@"; do echo "<$argument>"; done; exit 7\n')
    (tmp_path / "other/checkout/bin").mkdir(parents=True)
    (tmp_path / "link").mkdir()
    (tmp_path / "link/hvn").symlink_to(checkout.root / "bin/hvn")
    (tmp_path / "bin of links").mkdir()
    (tmp_path / "bin of links/hvn").symlink_to("../checkout/bin/hvn")
    (tmp_path / "linked bin").symlink_to("checkout/bin")
    (tmp_path / "link to link").symlink_to("bin of links/hvn")
    result = subprocess.run(
        [call, "check", "--topology", "a b.yaml", ""],
        cwd=tmp_path,
        env=checkout.environment | {"CDPATH": str(tmp_path / "other")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 7
    start = f"<{checkout.root}/hvn/start.py>"
    folder, *arguments = result.stdout.splitlines()
    assert folder == str(tmp_path)
    assert arguments == ["<-I>", "<-S>", start, "<hvn>", "<check>", "<--topology>", "<a b.yaml>", "<>"]
