"""What the ways to a cluster's keys have in common."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fetched:
    """A key set as it was given, not yet looked into; who issues the tokens, if that is known; and the way it took."""

    content: bytes
    issuer: str | None
    way: str
    """`issuer`, `cluster` or `file`."""
    note: str = ""
    """Something to tell the person, or empty."""


class Unavailable(Exception):
    """The keys could not be fetched. One line: what, why, what to do. It quotes nothing of what was received."""
