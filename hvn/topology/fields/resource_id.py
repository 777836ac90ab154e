"""Azure resource ids."""

import re
from dataclasses import dataclass

from hvn.diagnostics.finding import Message
from hvn.topology.fields.marks import LONGEST, Text, refused

ID = (
    r"/subscriptions/[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
    r"/resourceGroups/[A-Za-z0-9_.()-]{0,89}[A-Za-z0-9_()-]/providers/"
)
_PROVIDER = 6
"""The position of the provider in an id that is split at its slashes. The other fixed words have odd positions."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _ResourceId(Text):
    """A resource id. The finding names the first wrong segment of a nearly valid id."""

    def check(self, value: str) -> str:
        """Return the id. Raises `PydanticCustomError` for any other text."""
        expected, written = self.example.split("/"), value.split("/")
        if value.startswith("/") and len(value) <= LONGEST and len(written) == len(expected):
            for position, (wrong, right) in enumerate(zip(written, expected, strict=True)):
                if not re.fullmatch(self.pattern, "/".join((*expected[:position], wrong, *expected[position + 1 :]))):
                    raise self._refused(value, position, wrong, right)
        return Text.check(self, value)

    def _refused(self, value: str, position: int, wrong: str, right: str) -> Exception:
        fixed = position % 2 == 1 or position == _PROVIDER
        return refused(
            Message("segment {number} of {value} is {wrong}", number=position, value=value, wrong=wrong),
            Message("write {right} instead of {wrong}", right=right, wrong=wrong)
            if fixed
            else Message("correct {wrong}; a valid segment is, for example, {right}", right=right, wrong=wrong),
            f"{self.why} ({self.see})",
            self.rule,
        )


def resource_id(provider_and_types: str, kind: str, rule: str, example: str, *, short: str = "") -> Text:
    """Return the mark of an Azure resource id. `provider_and_types` and `short`, an optional short form, are
    patterns."""
    mark = Text if short else _ResourceId
    return mark(
        pattern=f"({ID}{provider_and_types}|{short})" if short else ID + provider_and_types,
        kind=kind,
        rule=rule,
        example=example,
        why="this project reads subscription, resource group and name from the id; `az resource show` prints an `id` "
        "in this form and case",
        see="https://learn.microsoft.com/rest/api/resources/resources/get-by-id",
    )
