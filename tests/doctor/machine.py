"""A machine for `hvn doctor` to look at, with stand-ins for the tools."""

import json
import pathlib
import shutil
from collections.abc import Mapping
from typing import Any

from hvn.doctor.checks import findings
from hvn.doctor.context import Situation
from hvn.doctor.said import State
from hvn.options import require
from tests.conftest import SAMPLE

FINE, WRONG, NOT_CHECKED = State.FINE, State.WRONG, State.NOT_CHECKED
CONTEXT = "aks-platform-payments"


class Machine:
    """A machine with the tools that a test puts there, and an environment of its own."""

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
        """A kubectl that knows payments' context, and answers by the kind that is asked for."""
        for kind, answer in answers.items():
            (self.folder / kind).write_text(json.dumps(answer))
        self.tool(
            "kubectl",
            f'echo "$*" >> {self.folder}/asked\n'
            f'case "$*" in\n"config get-contexts {CONTEXT} -o name") exit 0;;\n"config get-contexts"*) exit 1;;\nesac\n'
            f'for word; do if [ -f "{self.folder}/$word" ]; then read -r line < "{self.folder}/$word"; '
            'printf "%s" "$line"; exit 0; fi; done; exit 1',
        )

    def says(self, check: str, spoke: str = "payments") -> list[tuple[State, str, str]]:
        # Without the keys: their issuer is a server of this machine here, which a check refuses.
        situation = Situation(
            require(self.topology, keys=self.folder / "none"), self.topology, (spoke,), self.environment
        )
        said = findings(check, situation)
        assert all(each.next for each in said if each.state is not FINE), "every finding has a next step"
        return [(each.state, each.message, each.next) for each in said]

    def state(self, check: str) -> State:
        ((state, _, _),) = self.says(check)
        return state


def secret(**condition: str) -> dict[str, Any]:
    status = {"conditions": [{"type": "SecretSynced", **condition}]} if condition else {}
    return {"items": [{"metadata": {"name": "webapp-config"}, "status": status}]}


def event(reason: str, message: str, when: str, name: str = "webapp-config") -> dict[str, Any]:
    about = {"kind": "VaultStaticSecret", "name": name}
    return {"type": "Warning", "reason": reason, "message": message, "lastTimestamp": when, "involvedObject": about}
