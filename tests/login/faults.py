"""Make faults in a login's claims, key and role. token_faults.py makes the faults in the token's text."""

import random
from collections.abc import Callable

from tests.login import token_faults
from tests.login.attempts import Attempt
from tests.login.configs import ISSUER, SUBJECT

Fault = Callable[[Attempt, random.Random, float], None]


def times(one: Attempt, rng: random.Random, now: float) -> None:
    """Set each time claim five seconds before or after the end of its leeway, or remove the claim."""
    for name in ("iat", "nbf", "exp"):
        offset = rng.choice((0, 60, 150, 210, 20, 3600)) + rng.choice((-5, 5))
        one.claims[name] = int(now) + rng.choice((-1, 1)) * offset
        if rng.random() < 0.4:
            del one.claims[name]


def lone_time(one: Attempt, rng: random.Random, now: float) -> None:
    """Keep only one time claim. Set it five seconds before or after the limit that Vault computes from this claim."""
    name, offset = rng.choice((("exp", 210), ("exp", -60), ("iat", -210), ("iat", 60), ("nbf", -210), ("nbf", 60)))
    for claim in ("iat", "nbf", "exp"):
        one.claims.pop(claim, None)
    one.claims[name] = int(now) + offset + rng.choice((-5, 5))


def odd_time(one: Attempt, rng: random.Random, now: float) -> None:
    name = rng.choice(("iat", "nbf", "exp"))
    one.claims[name] = rng.choice((0, None, "soon", True, [], int(now) + 500.75, 1e30, -1e30, 9.2e18, 1.5, -5, {}))


def odd_claim(one: Attempt, rng: random.Random, now: float) -> None:
    name = rng.choice(("iss", "sub", "jti", "aud"))
    one.claims[name] = rng.choice((5, None, True, ["a"], {"a": "b"}, "", ["vault", 5], "other"))


def audience(one: Attempt, rng: random.Random, now: float) -> None:
    one.claims["aud"] = rng.choice((["vault"], "vault", [], "", ["x", "vault"], "https://api", ["https://api/"], '"q"'))


def identity(one: Attempt, rng: random.Random, now: float) -> None:
    name = rng.choice(("iss", "sub"))
    one.claims[name] = {
        "iss": (ISSUER, ISSUER.rstrip("/"), "https://other", f'"{ISSUER}"'),
        "sub": (SUBJECT, "system:serviceaccount:dev:default", "system:serviceaccount:app:other", SUBJECT.upper()),
    }[name][rng.randrange(4)]


def another_case(one: Attempt, rng: random.Random, now: float) -> None:
    one.claims[rng.choice(("SUB", "Iss", "\u017fub", "Exp", "AUD", "jtI"))] = rng.choice((SUBJECT, ISSUER, 5, "vault"))


def other_values(one: Attempt, rng: random.Random, now: float) -> None:
    name = rng.choice(("email", "number", "groups", "yes", "empty", "kubernetes.io", "mixed", "fraction", "numbers"))
    one.claims[name] = rng.choice(
        (None, "", "app", 7, 7.9, -3, 1e6, 1e25, False, [], ["writers"], [7], [1e6, "x"], {}, {"a": {"b": 1.5}})
    )


def missing(one: Attempt, rng: random.Random, now: float) -> None:
    one.claims.pop(rng.choice(sorted(one.claims)), None)


def foreign_key(one: Attempt, rng: random.Random, now: float) -> None:
    one.key, one.header["alg"], one.sign_as = "foreign", rng.choice(("RS256", "PS384", "ES256")), "RS256"


def other_algorithm(one: Attempt, rng: random.Random, now: float) -> None:
    one.header["alg"] = rng.choice(
        ("RS512", "PS256", "PS512", "ES512", "HS256", "none", "", "EdDSA", "rs256", "ES256K")
    )


def role_name(one: Attempt, rng: random.Random, now: float) -> None:
    one.role = rng.choice(
        (
            one.role.upper(),
            "",
            "nobody",
            "no body",
            'q"uote',
            "..",
            ".",
            "../x",
            "a/../b",
            "a/..",
            "./x",
            "a/.",
            "a..b",
            "...",
            "a/b",
            "\u0130\u01c5\u017f",
            "x\ny",
        )
    )


FAULTS: tuple[Fault, ...] = (
    times,
    times,
    lone_time,
    odd_time,
    odd_claim,
    audience,
    audience,
    identity,
    identity,
    another_case,
    other_values,
    other_values,
    missing,
    missing,
    foreign_key,
    other_algorithm,
    role_name,
    *token_faults.FAULTS,
)
