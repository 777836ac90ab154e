#!/usr/bin/env python3
"""Stands in for Terraform under cdktf-cli, by TERRAFORM_BINARY_NAME: it keeps state files and does nothing else.

It answers what cdktf-cli 0.21 calls: `version -json`, `-v`, and in a stack's folder `init`, `providers lock`, `plan`,
`apply`, `destroy` and `output -json`. Each call is noted in the file that STUB_LOG names, one JSON object a line.
STUB_FAIL (`aks-orders`) names a stack whose plan fails; STUB_WAIT makes every plan wait for a signal.
"""

import json
import os
import signal
import sys
import time
from pathlib import Path
from typing import Any


def main(arguments: list[str]) -> int:
    """Act as `terraform ARGUMENTS` in the working folder; the exit code."""
    stack = Path.cwd().name
    note(stack=stack, folder=Path.cwd().parents[1].name, arguments=arguments)
    match arguments[0]:
        case "version":
            print(json.dumps({"terraform_version": "1.15.5"}))
        case "-v":
            print("Terraform v1.15.5\non linux_amd64")
        case "init":
            Path(".terraform").mkdir(exist_ok=True)
            Path(".terraform/initialized").touch()
        case "plan":
            if os.environ.get("STUB_WAIT"):
                wait(stack)
            if os.environ.get("STUB_FAIL") == stack:
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
            print(f"the stub does not know {arguments}", file=sys.stderr)
            return 1
    return 0


def outputs() -> dict[str, Any]:
    """The stack's outputs, as `terraform output -json` prints them."""
    found = json.loads(Path("cdk.tf.json").read_text()).get("output", {})
    return {name: {"sensitive": False, "type": "string", "value": each["value"]} for name, each in found.items()}


def state_file() -> Path:
    """Where the local backend keeps the state: relative to the working folder, as for Terraform."""
    backend: str = json.loads(Path("cdk.tf.json").read_text())["terraform"]["backend"]["local"]["path"]
    return Path(backend)


def write(state: dict[str, Any]) -> None:
    """Replace the state."""
    state_file().parent.mkdir(parents=True, exist_ok=True)
    state_file().write_text(json.dumps(state))


def wait(stack: str) -> None:
    """Until a signal comes, for half a minute at most."""

    def stop(number: int, _frame: object) -> None:
        note(stack=stack, signal=number)
        sys.exit(1)

    signal.signal(signal.SIGINT, stop)
    signal.signal(signal.SIGTERM, stop)
    note(stack=stack, waiting=True)
    time.sleep(30)


def note(**what: Any) -> None:
    """Append to the log of calls."""
    if log := os.environ.get("STUB_LOG"):
        with Path(log).open("a") as file:
            file.write(json.dumps(what) + "\n")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
