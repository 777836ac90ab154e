"""tools/python.sh selects the Python for .venv."""

import pathlib
import subprocess

import pytest

from tests.conftest import PROJECT
from tests.setup.checkout import REAL_PYTHON, VERSION, Checkout, error_line


def pretend(file: pathlib.Path, statement: str) -> pathlib.Path:
    """Write a program that runs this statement and then the code after `-c`, both with the real Python. Return the
    program's path.
    """
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(f"#!/bin/sh\nexec {REAL_PYTHON} -c 'import sys; {statement}; exec(sys.argv[3])' \"$@\"\n")
    file.chmod(0o755)
    return file


def broken(file: pathlib.Path) -> pathlib.Path:
    """Write a program that fails like a pyenv shim without an installed version, and return its path."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("#!/bin/sh\necho 'pyenv: command not found' >&2\nexit 127\n")
    file.chmod(0o755)
    return file


def find_python(*arguments: str, path: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run tools/python.sh with this PATH and return the finished process."""
    return subprocess.run(
        ["/bin/sh", PROJECT / "tools/python.sh", *arguments],
        env={"PATH": path, "HOME": "/nonexistent"} | environment,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("version", [(2, 7, 18), (3, 9, 18), (3, 10, 13), (3, 14, 0), (4, 0, 0)])
def test_an_unsupported_python_is_one_line(tmp_path: pathlib.Path, version: tuple[int, ...]) -> None:
    pretend(tmp_path / "python3", f"sys.version_info = {version}")
    result = find_python(path=str(tmp_path))
    assert result.returncode == 1
    assert result.stdout == ""
    assert result.stderr.count("\n") == 1
    assert "Python 3.11, 3.12 or 3.13" in result.stderr
    assert f"{tmp_path}/python3 ({'.'.join(map(str, version))})" in result.stderr
    assert "make PYTHON=" in result.stderr


@pytest.mark.parametrize("version", [(3, 11, 0), (3, 12, 1), (3, 13, 9)])
def test_a_supported_python_is_printed_as_its_real_path(tmp_path: pathlib.Path, version: tuple[int, ...]) -> None:
    pretend(tmp_path / "python3.12", f"sys.version_info = {version}")
    result = find_python(path=str(tmp_path))
    assert (result.returncode, result.stdout, result.stderr) == (0, f"{REAL_PYTHON}\n", "")


@pytest.mark.parametrize("module", ["venv", "ensurepip"])
def test_a_python_without_modules_for_a_virtualenv_is_unsuitable(tmp_path: pathlib.Path, module: str) -> None:
    pretend(tmp_path / "python3", f'sys.modules["{module}"] = None')
    result = find_python(path=str(tmp_path))
    assert result.returncode == 1
    assert f"{VERSION} without venv or ensurepip" in result.stderr
    assert "apt install python3 python3-venv" in result.stderr


def test_a_python_after_a_broken_one_is_found(tmp_path: pathlib.Path) -> None:
    broken(tmp_path / "shims/python3")
    pretend(tmp_path / "bin with space/python3", "pass")
    result = find_python(path=f"{tmp_path}/shims:{tmp_path}/missing:{tmp_path}/bin with space")
    assert (result.stdout, result.stderr) == (f"{REAL_PYTHON}\n", "")


def test_pythons_of_pyenv_are_found_if_its_shims_fail(tmp_path: pathlib.Path) -> None:
    broken(tmp_path / "shims/python3.12")
    pretend(tmp_path / "versions/3.12.1/bin/python3.12", "pass")
    result = find_python("python3.12", path=f"{tmp_path}/shims", PYENV_ROOT=str(tmp_path))
    assert result.stdout == f"{REAL_PYTHON}\n"


def test_a_named_python_is_not_replaced_by_another(tmp_path: pathlib.Path) -> None:
    old = pretend(tmp_path / "old/python3", "sys.version_info = (3, 9, 18)")
    pretend(tmp_path / "bin/python3", "pass")
    for name in (str(old), "python3.99", str(tmp_path / "nowhere")):
        result = find_python(name, path=f"{tmp_path}/bin")
        assert result.returncode == 1
        assert f"named {name}:" in result.stderr


def test_make_without_a_suitable_python_prints_that_line(checkout: Checkout) -> None:
    assert "named /nowhere:" in error_line(checkout.make("setup", "PYTHON=/nowhere"))
    assert not (checkout.root / ".venv").exists()
