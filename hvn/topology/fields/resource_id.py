"""Azure resource ids."""

import re
from collections.abc import Sequence
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
    """A resource id. The finding names all wrong segments of a nearly valid id."""

    def check(self, value: str) -> str:
        """Return the id. Raises `PydanticCustomError` for any other text."""
        expected, written = self.example.split("/"), value.split("/")
        if value.startswith("/") and len(value) <= LONGEST and len(written) == len(expected):
            wrong = [
                position
                for position, segment in enumerate(written)
                if not re.fullmatch(self.pattern, "/".join((*expected[:position], segment, *expected[position + 1 :])))
            ]
            if wrong:
                raise self._refused(value, [(position, written[position], expected[position]) for position in wrong])
        return Text.check(self, value)

    def _refused(self, value: str, segments: Sequence[tuple[int, str, str]]) -> Exception:
        places = tuple(
            Message("segment {number} is {wrong}", number=position, wrong=wrong) for position, wrong, _ in segments
        )
        fixes = tuple(
            Message("write {right} instead of {wrong}", right=right, wrong=wrong)
            if position % 2 == 1 or position == _PROVIDER
            else Message("write a segment such as {right} instead of {wrong}", right=right, wrong=wrong)
            for position, wrong, right in segments
        )
        return refused(
            Message("in {value}, {places}", value=value, places=places),
            Message("{fixes}", fixes=fixes),
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
