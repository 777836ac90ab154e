"""Read plan files. For a file that is not the JSON of a plan, the module reports the probable type of the file."""

import json
import pathlib
import re
from typing import Any

from hvn import files
from hvn.diagnostics.message import Command, Message, Words
from hvn.review.plan import Plan
from hvn.review.plan_reader import Reader
from hvn.strict_json import Ambiguous, loads

LARGEST = 32 * 1024 * 1024
"""The maximum size of a plan file in bytes. A plan with a thousand resources has about 15 MB, and needs up to 450 MB of
memory."""
SHOW = Command("terraform show -json PLANFILE")

# The wrapper of hashicorp/setup-terraform writes this line before the output of Terraform.
_WRAPPER = re.compile(r"\s*(?:\[command\]|::)")
_LOG_LINE = re.compile(r'\s*\{"@level":')


UNNAMED = "the file"


def read(workspace: str, file: pathlib.Path) -> Plan:
    """Return the plan in a file. Never raises: for any other file, return a failed plan with the reason."""
    try:
        content = files.read(file, LARGEST + 1)
    except (OSError, ValueError) as error:
        reason = str(getattr(error, "strerror", error))
        return refused(workspace, Message("{file} cannot be read: {reason}", file=file.name, reason=Words(reason)))
    if len(content) > LARGEST:
        return refused(workspace, Message("{file} is larger than 32 MiB", file=file.name))
    return parse(workspace, content, file.name)


def parse(workspace: str, content: bytes, name: str = UNNAMED) -> Plan:
    """Return the plan in a JSON text, in UTF-8, UTF-16 or UTF-32. Never raises."""
    try:
        text = content.decode(json.detect_encoding(content)).removeprefix("\ufeff")
    except ValueError:
        return refused(workspace, Message("{file} is not JSON{hint}", file=name, hint=_binary(content)))
    try:
        data = loads(text)
    except Ambiguous as error:
        return refused(workspace, Message("{file} has {reason}", file=name, reason=Words(str(error))))
    except json.JSONDecodeError as error:
        return refused(
            workspace,
            Message(
                "{file} is not JSON at line {line}, column {column}{hint}",
                file=name,
                line=error.lineno,
                column=error.colno,
                hint=_hint(text, error),
            ),
        )
    except (ValueError, RecursionError, MemoryError):
        return refused(workspace, Message("{file} contains JSON that the review cannot parse", file=name))
    if problem := _not_a_plan(data, name):
        return refused(workspace, problem)
    try:
        return Reader(workspace, name if name != UNNAMED else "").plan(data)
    except RecursionError:
        return refused(workspace, Message("{file} contains JSON that the review cannot parse", file=name))


def refused(workspace: str, reason: Message) -> Plan:
    """Return a failed plan with the reason why its file is not accepted."""
    return Plan(workspace=workspace, failed=True, unknowns=(reason,))


def _binary(content: bytes) -> Message:
    if content.startswith(b"PK"):
        return Message(": it is a plan file of Terraform; use the output of {show}", show=SHOW)
    return Message("")


def _hint(text: str, error: json.JSONDecodeError) -> Message:
    if text.startswith("PK"):
        return Message(": it is a plan file of Terraform; use the output of {show}", show=SHOW)
    if _WRAPPER.match(text) or _WRAPPER.match(text, error.pos):
        return Message(
            ": this line is from the wrapper of the action {action}; set {setting}",
            action="hashicorp/setup-terraform",
            setting="terraform_wrapper: false",
        )
    if _LOG_LINE.match(text):
        return Message(": it is the log of a run with {option}; use the output of {show}", option="-json", show=SHOW)
    if error.msg == "Extra data":
        return Message(": a second JSON text begins at this position; write one file for each plan")
    return Message("")


def _not_a_plan(data: Any, name: str) -> Message | None:
    if isinstance(data, dict) and ("resource_changes" in data or "planned_values" in data):
        return None
    if isinstance(data, dict) and ({"lineage", "serial"} <= data.keys() or "values" in data):
        key = "lineage" if "lineage" in data else "values"
        return Message(
            "{file} is a state, not a plan (key {key}); use the output of {show}", file=name, key=key, show=SHOW
        )
    if isinstance(data, list):
        return Message(
            "{file} is a list of {count}, not a plan; write one file for each plan", file=name, count=len(data)
        )
    return Message(
        "{file} is not a plan of Terraform: it has no {key}; use the output of {show}",
        file=name,
        key="resource_changes",
        show=SHOW,
    )
