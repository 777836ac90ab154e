"""`login explain` against a real server: the same answer to every login, stacked faults included.

--login-cases N makes more of them, --login-seed N others.
"""

import random
import time

import pytest

from tests.login import cases
from tests.login.judge import put_to, read
from tests.login.server import Server

A_CONFIG = 5
"""Logins at each mount and role."""


@pytest.mark.slow
def test_the_same_answer_as_a_real_server(server: Server, request: pytest.FixtureRequest) -> None:
    count, seed = request.config.getoption("--login-cases"), request.config.getoption("--login-seed")
    rng = random.Random(seed)
    private = cases.keys()
    server.write("sys/auth/judge", {"type": "jwt"})
    wrong: list[str] = []
    seen: set[str] = set()
    differs = 0
    for number in range(count):
        if number % A_CONFIG == 0:
            made = cases.config(rng, private)
            name = f"role-{number}"
            default = name if rng.random() < 0.3 else ""
            server.write("auth/judge/config", {**made.mount, "default_role": default})
            server.write(f"auth/judge/role/{name}", made.role)
            config, definition = read(server, "auth/judge/config"), read(server, f"auth/judge/role/{name}")
        one = cases.attempt(rng, made, name, private, time.time())
        token = one.token(private)
        known = definition if (one.role.lower() or default) == name else {}
        verdict = put_to(server, "judge", one.role, token, config, known)
        bao = verdict.openbao
        differs += (verdict.vault.status, verdict.vault.messages) != (bao.status, bao.messages)
        seen.add(verdict.error.partition('"')[0])
        if not verdict.agreed:
            said = f"server {verdict.status} {verdict.error}, explain {bao.status} {bao.messages}"
            wrong.append(f"#{number}: {said}\n  {one}\n  {made.mount}\n  {made.role}")
    print(f"\n{count} logins, {len(wrong)} disagreements, {len(seen)} different answers, {differs} unlike Vault's")
    assert not wrong, "\n".join(wrong[:10])
    assert len(seen) > 30, sorted(seen)
