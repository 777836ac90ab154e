"""Define the result of fetching a cluster's keys from an issuer, an API server or a file."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fetched:
    """A fetched key set as unparsed text, the issuer of the cluster's tokens if known, and the source."""

    content: bytes
    issuer: str | None
    way: str
    """`issuer`, `cluster` or `file`."""
    note: str = ""
    """A note that the command prints, or an empty text."""


class Unavailable(Exception):
    """The public keys of a cluster could not be fetched. The message is one line with the problem, the reason and a
    fix."""
