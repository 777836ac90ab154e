"""Ask every check, and take the first failure for Vault's answer."""

from dataclasses import dataclass

from hvn.login.checks import IN_ORDER, Check
from hvn.login.login import Login, Outcome, Result


@dataclass(frozen=True, slots=True)
class Answer:
    """What Vault answers. `messages`: the errors it may send, one of which it does; empty if the login is allowed.

    A check that was not made does not refuse: the answer holds if it would pass.
    """

    allow: bool
    status: int
    messages: tuple[str, ...]
    checks: tuple[tuple[Check, Outcome], ...]

    @property
    def message(self) -> str:
        """The server's first error, whole; empty if the login is allowed."""
        return self.messages[0] if self.messages else ""

    @property
    def first_failure(self) -> tuple[Check, Outcome] | None:
        """The check that the answer comes from."""
        return next((each for each in self.checks if each[1].result is Result.FAIL), None)


def explain(login: Login) -> Answer:
    """Judge a login as HashiCorp's Vault does."""
    return answer(tuple((check, check.ask(login)) for check in IN_ORDER))


def answer(checks: tuple[tuple[Check, Outcome], ...]) -> Answer:
    """The first check that fails gives the answer."""
    refused = next((outcome for _, outcome in checks if outcome.result is Result.FAIL), None)
    if refused is None:
        return Answer(True, 200, (), checks)
    return Answer(False, refused.said[0][0].status, tuple(text for _, text in refused.said), checks)
