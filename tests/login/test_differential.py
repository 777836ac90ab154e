"""`login explain` predicts the answer of a real server to every login, including logins with several faults.

`make test` runs a tenth of the logins, and `make whole` runs all. `--login-cases N` sets the number, `--login-seed N`
selects other logins.
"""

import random
import time

import pytest

from hvn.login import messages
from tests.login import attempts, configs
from tests.login.judge import put_to, read
from tests.login.server import Server

LOGINS = 5
"""The number of logins for each mount and role."""
TEXTS = 0.99
"""The minimum share of logins for which `login explain` predicts the exact text of the error."""
# When Vault returns one of these errors, it has already created the user.
AFTER_ALIAS = (messages.ROOT_POLICY.text, messages.INTERNAL_POLICY.text.partition(" {")[0])


@pytest.mark.slow
@pytest.mark.parametrize("share", [0.1, pytest.param(1, marks=pytest.mark.whole)], ids=["a tenth", "all"])
def test_answers_equal_a_real_server(server: Server, request: pytest.FixtureRequest, share: float) -> None:
    count, seed = int(share * request.config.getoption("--login-cases")), request.config.getoption("--login-seed")
    rng = random.Random(seed)
    private = configs.keys()
    server.write("sys/auth/judge", {"type": "jwt"})
    request.addfinalizer(lambda: server.ask("DELETE", "sys/auth/judge"))
    verdicts: list[str] = []
    texts: list[str] = []
    answers: set[str] = set()
    users: set[str] = set()
    differs = 0
    for number in range(count):
        if number % LOGINS == 0:
            made = configs.config(rng, private)
            name = f"role-{number}"
            default = name if rng.random() < 0.3 else ""
            server.write("auth/judge/config", {**made.mount, "default_role": default})
            server.write(f"auth/judge/role/{name}", made.role)
            if made.later:
                server.write(f"auth/judge/role/{name}", made.later)
            config, definition = read(server, "auth/judge/config"), read(server, f"auth/judge/role/{name}")
        one = attempts.attempt(rng, made, name, private, time.time())
        token = one.token(private)
        known = definition if (one.role.lower() or default) == name else {}
        verdict = put_to(server, "judge", one.role, token, config, known, users=users)
        bao = verdict.openbao
        differs += (verdict.vault.status, verdict.vault.messages) != (bao.status, bao.messages)
        answers.add(verdict.error.partition('"')[0])
        if verdict.status == 200 or verdict.error.startswith(AFTER_ALIAS):
            users.add(verdict.user)
        if not verdict.agreed:
            report = f"#{number}: server {verdict.status} {verdict.error}, explain {bao.status} {bao.messages}"
            wrong = texts if verdict.status == bao.status else verdicts
            wrong.append(f"{report[:600]}\n  {str(one)[:1500]}\n  {made.role} {made.later}\n  {token[:300]}")
    print(
        f"\n{count} logins, seed {seed}: {len(verdicts)} other verdicts, {len(texts)} other texts, "
        f"{len(answers)} different answers, {differs} differ between OpenBao and Vault"
    )
    assert not verdicts, "\n".join(verdicts[:10])
    assert len(texts) <= (1 - TEXTS) * count, "\n".join(texts[:10])
    assert len(answers) > min(count // 20, 60), sorted(answers)
