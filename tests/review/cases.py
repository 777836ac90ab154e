"""Read the cases in `cases/`: an edit, a plan or a state, some of them deceptive, and all findings that the comment
must report.

A file holds the cases of one kind: `file` (edits of the topology), `plan` (plans that lose resources, and invalid plan
files), `state` (drift and stale plans), `code` (changes of the code). Keys of a case, all optional but `name`:

    base      the base: replacements of text in config/topology.yaml (`[old, new]`), or a merge patch
    change    the edit, in the same form
    keys      spokes with other keys than in the base; `no_keys`: spokes without their key file
    plans     resources of a plan by workspace. `delete azurerm_subnet.one` is a resource with an action; a mapping has
              `update` (or another action) with the address, and `before`, `after` and other keys of the change
    drift     resources in `resource_drift`, by workspace, in the same form
    top       other top-level keys of a plan, by workspace
    raw       the text of a plan file, by workspace
    files     other files of the change, by path
    expect    findings, as `HVN903 error aks-payments`, or without the workspace
    says      texts in the comment
    silent    texts that are not in the comment
    refused   workspaces that the comment does not approve
    options   options of `hvn review`

All other workspaces have an empty plan.
"""

import json
import pathlib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import yaml

from hvn.kinds.workspace import Workspace
from hvn.plans.redacted import labelled
from tests import strategies
from tests.check.cases import merged
from tests.review.plans import resource

FOLDER = pathlib.Path(__file__).parent / "cases"
KEYS = {
    *("name", "base", "change", "keys", "no_keys", "plans", "drift", "top", "raw", "files"),
    *("expect", "says", "silent", "refused", "options"),
}
OF_A_RESOURCE = ("previous_address", "deposed", "mode", "type", "action_reason", "provider_name")
ACTIONS = {"replace": ("delete", "create"), "create-first": ("create", "delete"), "no-op": ("no-op",)}

Case = Mapping[str, Any]


def every_case(kind: str) -> list[Case]:
    """Return the cases of one kind."""
    cases: list[Case] = yaml.safe_load((FOLDER / f"{kind}.yaml").read_text(encoding="utf-8"))
    for case in cases:
        assert case.keys() <= KEYS, (case["name"], case.keys() - KEYS)
    return cases


def edited(text: str, case: Case) -> tuple[str, str]:
    """Return the topology file in the base and in the change."""
    sides = [case.get("base", []), case.get("change", [])]
    before = _replaced(text, sides[0]) if isinstance(sides[0], list) else text
    after = _replaced(before, sides[1]) if isinstance(sides[1], list) else before
    if all(isinstance(side, list) for side in sides):
        return before, after
    old = merged(yaml.safe_load(before), sides[0] if isinstance(sides[0], dict) else {})
    new = merged(yaml.safe_load(after), sides[0] if isinstance(sides[0], dict) else {})
    new = merged(new, sides[1] if isinstance(sides[1], dict) else {})
    return strategies.dump(old), strategies.dump(new)


def _replaced(text: str, replacements: Sequence[Any]) -> str:
    pairs = [replacements] if replacements and isinstance(replacements[0], str) else replacements
    for old, new in pairs:
        assert old in text, old
        text = text.replace(old, new, 1)
    return text


def plan_files(case: Case, workspaces: Mapping[str, Workspace]) -> Iterator[tuple[str, bytes]]:
    """Yield the name and the content of each plan file."""
    named = {*case.get("plans", {}), *case.get("drift", {}), *case.get("top", {})}
    for workspace in dict.fromkeys((*workspaces, *named)):
        changes = [_resource(one) for one in case.get("plans", {}).get(workspace, [])]
        drift = [_resource(one) for one in case.get("drift", {}).get(workspace, [])]
        content = {"format_version": "1.2", "resource_changes": changes, **({"resource_drift": drift} if drift else {})}
        top = case.get("top", {}).get(workspace, {})
        # `hvn plans` writes these keys together.
        compared = "hvn_openings" in top
        values: dict[str, Any] = {"hvn_expected": {"changed": {}, "known": {}}} if compared else {}
        text = json.dumps({**content, **values})
        if compared and workspace in workspaces:
            text = labelled(text, workspaces[workspace])
        if workspace not in case.get("raw", {}):
            yield workspace, json.dumps({**json.loads(text), **top}).encode()
    for workspace, text in case.get("raw", {}).items():
        if text is not None:  # the workspace has no plan file
            yield workspace, text.encode()


def _resource(value: Any) -> Mapping[str, Any]:
    if isinstance(value, str):
        action, address = value.split(" ", 1)
        before, after = {"create": (None, {"a": 1}), "update": ({"a": 1}, {"a": 2})}.get(action, ({"a": 1}, None))
        return resource(address, actions=ACTIONS.get(action, (action,)), before=before, after=after)
    (action, address), *rest = value.items()
    outer = {key: inner for key, inner in rest if key in OF_A_RESOURCE}
    change = {key: inner for key, inner in rest if key not in outer}
    return {**resource(address, actions=ACTIONS.get(action, (action,)), **change), **outer}
