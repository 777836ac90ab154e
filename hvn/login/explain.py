"""Run every check of a login. Vault's answer is the error of the first failed check."""

from dataclasses import dataclass

from hvn.login.checks import IN_ORDER, Check
from hvn.login.login import Login, Outcome, Result


@dataclass(frozen=True, slots=True)
class Answer:
    """Vault's answer to a login.

    If Vault refuses the login, it sends one of `messages`; if Vault allows the login, `messages` is empty. A skipped
    check counts as passed. The answer is certain only if `depends_on` is empty.
    """

    allow: bool
    status: int
    messages: tuple[str, ...]
    checks: tuple[tuple[Check, Outcome], ...]

    @property
    def message(self) -> str:
        """Return the first of `messages`, unabridged; empty if Vault allows the login."""
        return self.messages[0] if self.messages else ""

    @property
    def failures(self) -> tuple[tuple[Check, Outcome], ...]:
        """Return the failed checks with their outcomes, in Vault's order."""
        return tuple(pair for pair in self.checks if pair[1].result is Result.FAIL)

    @property
    def depends_on(self) -> tuple[str, ...]:
        """Return the ids of the checks that were skipped before the first failed check. If such a check fails in Vault,
        Vault reports the error of this check instead."""
        ids = []
        for check, outcome in self.checks:
            if outcome.result is Result.FAIL:
                break
            if outcome.result is Result.NOT_CHECKED:
                ids.append(check.id)
        return tuple(ids)

    @property
    def not_checked(self) -> tuple[str, ...]:
        """Return the ids of all skipped checks. For example, some checks need a token."""
        return tuple(check.id for check, outcome in self.checks if outcome.result is Result.NOT_CHECKED)


def explain(login: Login) -> Answer:
    """Return the answer of HashiCorp's Vault to a login."""
    return answer(tuple((check, check.run(login)) for check in IN_ORDER))


def answer(checks: tuple[tuple[Check, Outcome], ...]) -> Answer:
    """Return the answer that follows from these checks: the errors of the first failed check, or an allowed login if no
    check fails."""
    refused = next((outcome for _, outcome in checks if outcome.result is Result.FAIL), None)
    if refused is None:
        return Answer(True, 200, (), checks)
    return Answer(False, refused.errors[0][0].status, tuple(text for _, text in refused.errors), checks)
