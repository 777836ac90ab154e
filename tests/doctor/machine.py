"""Build a fake machine for `hvn doctor`: scripts replace the tools."""

import json
import pathlib
import shutil
from collections.abc import Mapping
from typing import Any

from hvn.diagnostics.finding import Finding, Level
from hvn.diagnostics.text import advice
from hvn.doctor.checks import findings, modules
from hvn.doctor.context import Context
from hvn.options import require
from tests.conftest import SAMPLE

PASS, ERROR, NOT_CHECKED = Level.PASS, Level.ERROR, Level.NOT_CHECKED
CONTEXT = "aks-platform-payments"


class Machine:
    """A fake machine: an environment with only the tools that the test adds."""

    def __init__(self, folder: pathlib.Path) -> None:
        self.folder = folder
        self.bin = folder / "bin"
        self.bin.mkdir()
        self.environment: dict[str, str] = {"PATH": str(self.bin), "HOME": str(folder)}
        self.topology = folder / "topology.yaml"
        shutil.copy(SAMPLE, self.topology)

    def tool(self, name: str, script: str) -> None:
        file = self.bin / name
        file.write_text(f"#!/bin/sh\n{script}\n")
        file.chmod(0o755)

    def cluster(self, answers: Mapping[str, Any]) -> None:
        """Add a kubectl that has the context of payments and prints the answer for the requested kind of resource."""
        for kind, answer in answers.items():
            (self.folder / kind).write_text(json.dumps(answer))
        self.tool(
            "kubectl",
            f'echo "$*" >> {self.folder}/calls\n'
            f'case "$*" in\n"config get-contexts {CONTEXT} -o name") exit 0;;\n"config get-contexts"*) exit 1;;\nesac\n'
            f'for word; do if [ -f "{self.folder}/$word" ]; then read -r line < "{self.folder}/$word"; '
            'printf "%s" "$line"; exit 0; fi; done; exit 1',
        )

    def findings(self, check: str, spoke: str = "payments") -> list[Finding]:
        """Return the findings of the check with a rule of this name."""
        # Do not load the keys, because `hvn check` refuses the tests' issuer, a server on loopback.
        checked = require(self.topology, keys=self.folder / "none")
        context = Context(checked, self.topology, (spoke,), self.environment)
        module = next(module for module in modules() if module.RULE.name == check)
        reported = findings(module, context)
        assert all(finding.fix for finding in reported if finding.severity is not PASS), "each has a next step"
        assert {finding.rule for finding in reported} <= {module.RULE}
        return reported

    def results(self, check: str, spoke: str = "payments") -> list[tuple[Level, str, str]]:
        """Return the level, the message and the next step of each finding of a check."""
        return [(each.severity, str(each.message), advice(each)) for each in self.findings(check, spoke)]

    def level(self, check: str) -> Level:
        """Return the level of a check's only finding."""
        (finding,) = self.findings(check)
        return finding.severity


def secret(**condition: str) -> dict[str, Any]:
    status = {"conditions": [{"type": "SecretSynced", **condition}]} if condition else {}
    return {"items": [{"metadata": {"name": "webapp-config"}, "status": status}]}


def event(reason: str, message: str, time: str, name: str = "webapp-config") -> dict[str, Any]:
    resource = {"kind": "VaultStaticSecret", "name": name}
    return {"type": "Warning", "reason": reason, "message": message, "lastTimestamp": time, "involvedObject": resource}
