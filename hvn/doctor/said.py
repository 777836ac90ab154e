"""What a check of `hvn doctor` says."""

from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """`not checked` is never a kind of fine: something was missing to look."""

    FINE = "fine"
    WRONG = "wrong"
    NOT_CHECKED = "not checked"


@dataclass(frozen=True, slots=True)
class Said:
    """One finding: about what, and the next command or step unless it is fine. No secret is in it."""

    state: State
    about: str
    message: str
    next: str = ""


def fine(about: str, message: str) -> Said:
    """It was looked at, and it is as it should be."""
    return Said(State.FINE, about, message)


def wrong(about: str, message: str, then: str) -> Said:
    """It was looked at, and something has to be done."""
    return Said(State.WRONG, about, message, then)


def not_checked(about: str, why: str, then: str) -> Said:
    """It could not be looked at; what to do so that it can."""
    return Said(State.NOT_CHECKED, about, why, then)
