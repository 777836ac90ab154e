"""Write fake programs, and run the steps of a workflow as GitHub does."""

import os
import pathlib
import subprocess


def fake_program(file: pathlib.Path, script: str) -> None:
    """Write an executable with this shell script."""
    file.parent.mkdir(exist_ok=True)
    file.write_text(f"#!/bin/sh\n{script}\n")
    file.chmod(0o755)


def run_step(script: str, folder: pathlib.Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run a step as GitHub does, in a bash that stops at the first error. Return the finished process. Programs in
    `folder/path` take precedence.
    """
    environment = {"PATH": f"{folder / 'path'}:{os.environ['PATH']}", "HOME": str(folder), **variables}
    bash = ["bash", "-eo", "pipefail", "-c", script]
    return subprocess.run(bash, cwd=folder, env=environment, capture_output=True, text=True, check=False)
