"""Build the command line that runs a module of the project in its own Python process."""

import pathlib
import sys

START = pathlib.Path(__file__).resolve().with_name("start.py")


def python(module: str, *arguments: str) -> list[str]:
    """Return the command that runs a module, such as `main`, isolated from the caller's folder and PYTHON variables."""
    return [sys.executable, "-I", "-S", str(START), module, *arguments]
