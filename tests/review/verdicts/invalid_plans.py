"""Make plan files invalid."""

import json
from collections.abc import Callable


def truncated(plan: str) -> str:
    """Return the first half of the file."""
    return plan[: len(plan) // 2]


def empty(_plan: str) -> str:
    """Return an empty file."""
    return ""


def twice(plan: str) -> str:
    """Return two plans in one file."""
    return f"{plan}\n{plan}"


def wrapped(plan: str) -> str:
    """Return the plan after the line of hashicorp/setup-terraform's wrapper."""
    return f"[command]/usr/bin/terraform show -json plan\n{plan}"


def state(plan: str) -> str:
    """Return a state instead of a plan."""
    return json.dumps({"format_version": "1.0", "values": {"root_module": json.loads(plan)["resource_changes"][:1]}})


def listed(plan: str) -> str:
    """Return a list of plans."""
    return json.dumps([json.loads(plan)])


def log(_plan: str) -> str:
    """Return the log of `terraform plan -json`."""
    return '{"@level":"info","@message":"Terraform 1.14.0"}\n{"@level":"info","@message":"Plan: 0 to add"}\n'


def text(_plan: str) -> str:
    """Return the readable output of `terraform plan`."""
    return "No changes. Your infrastructure matches the configuration.\n"


def duplicated(plan: str) -> str:
    """Return the plan with a second, empty list of changes. Some parsers read the first list, others the last."""
    return f'{plan.rstrip()[:-1]}, "resource_changes": []}}'


def hidden(plan: str) -> str:
    """Return the plan with its changes in a second key that differs in case only."""
    return plan.replace('"resource_changes"', '"Resource_changes"')


def nan(plan: str) -> str:
    """Return the plan with NaN, a number that JSON does not allow and that equals no number."""
    return f'{plan.rstrip()[:-1]}, "number": NaN}}'


def fits(plan: str) -> str:
    """Return the plan with a byte order mark, which Windows PowerShell writes."""
    return f"\ufeff{plan}"


def sixty(plan: str) -> str:
    """Return the plan with sixty similar harmless updates and, among them, a rule that allows everything."""
    content = json.loads(plan)
    rule = {"name": "n", "source_addresses": ["10.64.0.0/12"], "destination_fqdns": ["a.example.net"], "protocols": []}
    for number in range(60):
        name = f"rules_{number}"
        wide = {**rule, "source_addresses": ["*"], "destination_fqdns": ["*"]} if number == 37 else rule
        before = {"name": name, "application_rule_collection": [{"name": "c", "action": "Allow", "rule": [rule]}]}
        after = {"name": name, "application_rule_collection": [{"name": "c", "action": "Allow", "rule": [wide]}]}
        content["resource_changes"].append(
            {
                "address": f"azurerm_firewall_policy_rule_collection_group.{name}",
                "mode": "managed",
                "type": "azurerm_firewall_policy_rule_collection_group",
                "name": name,
                "change": {
                    "actions": ["update"],
                    "before": {**before, "priority": 1},
                    "after": {**after, "priority": 2},
                    "after_unknown": {},
                },
            }
        )
    return json.dumps(content)


INVALID: dict[str, Callable[[str], str]] = {
    function.__name__: function
    for function in (truncated, empty, twice, wrapped, state, listed, log, text, duplicated, hidden, nan, fits, sixty)
}
