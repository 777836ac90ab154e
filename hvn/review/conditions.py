"""Find the conditions that a plan reports as not met. If the condition of a `check` block fails, Terraform only
warns."""

from collections.abc import Iterator, Mapping
from typing import Any

from hvn.diagnostics.message import Message
from hvn.diagnostics.printable import printable

KEY = "checks"


def failing(plan: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the failing entries of a plan's `checks`, without their messages, because a message may contain any
    value."""
    checks = plan.get(KEY)
    return [
        {"address": {"to_display": _address(check)}, "status": check["status"]}
        for check in (checks if isinstance(checks, list) else ())
        if isinstance(check, Mapping) and check.get("status") in ("fail", "error")
    ]


def not_met(plan: Mapping[str, Any]) -> Iterator[Message]:
    """Yield a reason why the review is incomplete for each failing condition of a plan."""
    for check in failing(plan):
        yield Message("a condition of {address} is not met", address=check["address"]["to_display"])


def _address(check: Mapping[str, Any]) -> str:
    address = check.get("address")
    return printable(str(address.get("to_display") if isinstance(address, Mapping) else address), 200)
