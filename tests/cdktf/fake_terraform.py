#!/usr/bin/env python3
"""Replace Terraform for cdktf-cli (TERRAFORM_BINARY_NAME). The script only writes and removes state files.

The script answers the commands that cdktf-cli 0.21 calls: `version -json`, `-v`, and in a stack's folder `init`,
`providers lock`, `plan`, `apply`, `destroy` and `output -json`. The script writes each call as a line of JSON to the
file FAKE_LOG. The plan of the stack in FAKE_FAILS fails. If FAKE_WAITS is set, each plan waits for a signal.
"""

import json
import os
import signal
import sys
import time
from pathlib import Path
from typing import Any


def main(arguments: list[str]) -> int:
    """Act as `terraform ARGUMENTS` in the working folder and return the exit code."""
    stack = Path.cwd().name
    log(stack=stack, folder=Path.cwd().parents[1].name, arguments=arguments)
    match arguments[0]:
        case "version":
            print(json.dumps({"terraform_version": "1.15.5"}))
        case "-v":
            print("Terraform v1.15.5\non linux_amd64")
        case "init":
            Path(".terraform").mkdir(exist_ok=True)
            Path(".terraform/initialized").touch()
        case "plan":
            if os.environ.get("FAKE_WAITS"):
                wait(stack)
            if os.environ.get("FAKE_FAILS") == stack:
                print("Error: this plan fails", file=sys.stderr)
                return 1
            print(f"Plan of {stack}: {len(outputs())} outputs")
        case "apply":
            write(outputs())
            print("Apply complete!")
        case "destroy":
            write({})
            print("Destroy complete!")
        case "output":
            state = state_file()
            print(state.read_text() if state.exists() else "{}")
        case "providers":
            pass
        case _:
            print(f"unknown: {arguments}", file=sys.stderr)
            return 1
    return 0


def outputs() -> dict[str, Any]:
    """Return the stack's outputs in the format of `terraform output -json`."""
    stack = json.loads(Path("cdk.tf.json").read_text())
    return {
        name: {"sensitive": False, "type": "string", "value": output["value"]}
        for name, output in stack.get("output", {}).items()
    }


def state_file() -> Path:
    """Return the path of the local backend's state. Like Terraform, resolve the path from the working folder."""
    backend: str = json.loads(Path("cdk.tf.json").read_text())["terraform"]["backend"]["local"]["path"]
    return Path(backend)


def write(state: dict[str, Any]) -> None:
    """Write the state, and create its folder."""
    state_file().parent.mkdir(parents=True, exist_ok=True)
    state_file().write_text(json.dumps(state))


def wait(stack: str) -> None:
    """Wait for a signal, for half a minute at most."""

    def stop(number: int, _frame: object) -> None:
        log(stack=stack, signal=number)
        sys.exit(1)

    signal.signal(signal.SIGINT, stop)
    signal.signal(signal.SIGTERM, stop)
    log(stack=stack, waiting=True)
    time.sleep(30)


def log(**entry: Any) -> None:
    """Append an entry to the log of calls."""
    if path := os.environ.get("FAKE_LOG"):
        with Path(path).open("a") as file:
            file.write(json.dumps(entry) + "\n")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
