"""The common result of all ways to fetch a cluster's keys."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fetched:
    """A key set that is not parsed yet, the issuer of the tokens if known, and the source."""

    content: bytes
    issuer: str | None
    way: str
    """`issuer`, `cluster` or `file`."""
    note: str = ""
    """A note for the person who runs the command, or empty."""


class Unavailable(Exception):
    """The keys could not be fetched. The text is one line with the problem, the reason and a fix."""
