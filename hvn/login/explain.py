"""Run every check. The first one that fails gives Vault's answer."""

from dataclasses import dataclass

from hvn.login.checks import IN_ORDER, Check
from hvn.login.login import Login, Outcome, Result


@dataclass(frozen=True, slots=True)
class Answer:
    """Vault's answer.

    Vault sends one of `messages`, which are empty if Vault allows the login. A check that was not made counts as
    passed. The answer is certain only if `depends_on` is empty.
    """

    allow: bool
    status: int
    messages: tuple[str, ...]
    checks: tuple[tuple[Check, Outcome], ...]

    @property
    def message(self) -> str:
        """The first of `messages`, unabridged; empty if the server allows the login."""
        return self.messages[0] if self.messages else ""

    @property
    def failures(self) -> tuple[tuple[Check, Outcome], ...]:
        """The checks that fail, in Vault's order. The first one gives the answer."""
        return tuple(pair for pair in self.checks if pair[1].result is Result.FAIL)

    @property
    def depends_on(self) -> tuple[str, ...]:
        """Ids of the checks before the first failure that were not made. If one fails, Vault reports its error."""
        ids = []
        for check, outcome in self.checks:
            if outcome.result is Result.FAIL:
                break
            if outcome.result is Result.NOT_CHECKED:
                ids.append(check.id)
        return tuple(ids)

    @property
    def not_checked(self) -> tuple[str, ...]:
        """Ids of all checks that were not made."""
        return tuple(check.id for check, outcome in self.checks if outcome.result is Result.NOT_CHECKED)


def explain(login: Login) -> Answer:
    """Return the answer of HashiCorp's Vault to a login."""
    return answer(tuple((check, check.run(login)) for check in IN_ORDER))


def answer(checks: tuple[tuple[Check, Outcome], ...]) -> Answer:
    """Return the answer of the first check that fails; without a failure, the login is allowed."""
    refused = next((outcome for _, outcome in checks if outcome.result is Result.FAIL), None)
    if refused is None:
        return Answer(True, 200, (), checks)
    return Answer(False, refused.errors[0][0].status, tuple(text for _, text in refused.errors), checks)
