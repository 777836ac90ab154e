"""The JSON of `hvn doctor`."""

import dataclasses
from collections.abc import Iterator

from hvn.doctor.said import Said
from pages.json_keys.tables import keys_table

SAID = {
    "check": "the check's name, its file in hvn/doctor/checks",
    "state": "`fine`, `wrong` or `not checked`",
    "about": "what was looked at",
    "message": "what was found; never the value of a credential",
    "next": "the next command or step; empty if it is fine",
}


def part() -> Iterator[str]:
    """A sentence and its table."""
    yield "`hvn doctor --format json` prints what was found, one object each:"
    yield keys_table("key", ["check", *(field.name for field in dataclasses.fields(Said))], SAID)
