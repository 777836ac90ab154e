"""Every error that Vault has for a JWT login, from a real server, and the same from `login explain`."""

import itertools
import json
import time
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from hvn.login import messages
from hvn.login.messages import Message
from tests.login import tokens
from tests.login.judge import Verdict, put
from tests.login.server import Server

RSA = rsa.generate_private_key(65537, 2048)
EC = ec.generate_private_key(ec.SECP256R1())
STRANGER = rsa.generate_private_key(65537, 2048)
ISSUER = "https://issuer.example.com/tenant/"
SUBJECT = "system:serviceaccount:app:default"
ROLE = {
    "role_type": "jwt",
    "user_claim": "sub",
    "bound_audiences": ["vault"],
    "bound_subject": SUBJECT,
    "token_policies": ["default"],
}
MOUNT = {"jwt_validation_pubkeys": [tokens.pem(RSA), tokens.pem(EC)], "bound_issuer": ISSUER}

names = (f"mount-{number}" for number in itertools.count())


def claims(**more: Any) -> dict[str, Any]:
    """What a cluster puts into a token; None takes a claim out."""
    now = int(time.time())
    made = {"iss": ISSUER, "sub": SUBJECT, "aud": ["vault"], "iat": now, "nbf": now, "exp": now + 600, **more}
    return {name: value for name, value in made.items() if value is not None}


@pytest.fixture
def mount(server: Server) -> Iterator[str]:
    name = next(names)
    server.write(f"sys/auth/{name}", {"type": "jwt"})
    yield name
    server.ask("DELETE", f"sys/auth/{name}")


def judged(
    server: Server,
    mount: str,
    token: str,
    *,
    config: Mapping[str, Any] | None = None,
    role: Mapping[str, Any] | None = None,
    name: str = "webapp",
) -> Verdict:
    server.write(f"auth/{mount}/config", {**MOUNT, **(config or {})})
    server.write(f"auth/{mount}/role/webapp", {**ROLE, **(role or {})})
    return put(server, mount, name, token)


HOUR = 3600
NOW = time.time()
REFUSALS: list[tuple[Message, str, dict[str, Any]]] = [
    (messages.MISSING_ROLE, tokens.token(claims(), RSA), {"name": ""}),
    (messages.NO_SUCH_ROLE, tokens.token(claims(), RSA), {"name": "WebAp"}),
    (
        messages.OIDC_ROLE,
        tokens.token(claims(), RSA),
        {"role": {"role_type": "oidc", "allowed_redirect_uris": ["https://x"]}},
    ),
    (messages.MISSING_TOKEN, "", {}),
    (messages.BOUND_CIDR, tokens.token(claims(), RSA), {"role": {"token_bound_cidrs": ["10.0.0.0/8"]}}),
    (messages.BOUND_CIDR, tokens.token(claims(), RSA), {"role": {"token_bound_cidrs": ["10.0.0.0/33"]}}),
    (messages.MALFORMED, "Bearer " + tokens.token(claims(), RSA), {}),
    (messages.UNKNOWN_KEY, tokens.token(claims(), STRANGER), {}),
    (messages.UNKNOWN_KEY, tokens.token(claims(), RSA, alg="none"), {}),
    (messages.UNKNOWN_KEY, tokens.token(claims(), RSA, alg="HS256"), {}),
    (messages.WRONG_ALGORITHM, tokens.token(claims(), RSA), {"config": {"jwt_supported_algs": ["ES256"]}}),
    (messages.WRONG_TYPE, tokens.token(claims(iss=5), RSA), {}),
    (messages.WRONG_TYPE, tokens.token(claims(exp="soon"), RSA), {}),
    (messages.WRONG_ISSUER, tokens.token(claims(iss=ISSUER.rstrip("/")), RSA), {}),
    (messages.WRONG_SUBJECT, tokens.token(claims(sub="system:serviceaccount:dev:default"), RSA), {}),
    (messages.WRONG_AUDIENCE, tokens.token(claims(aud=["https://kubernetes.default.svc"]), RSA), {}),
    (messages.WRONG_AUDIENCE, tokens.token(claims(aud=None), RSA), {}),
    (messages.NO_TIMES, tokens.token(claims(iat=None, nbf=None, exp=None), RSA), {}),
    (messages.NOT_YET, tokens.token(claims(nbf=int(NOW) + HOUR), RSA), {}),
    (messages.EXPIRED, tokens.token(claims(exp=int(NOW) - 100), RSA), {"role": {"expiration_leeway": HOUR}}),
    (messages.FROM_THE_FUTURE, tokens.token(claims(iat=int(NOW) + HOUR), RSA), {}),
    (messages.UNBOUND_AUDIENCE, tokens.token(claims(), RSA), {"role": {"bound_audiences": []}}),
    (messages.NO_USER_CLAIM, tokens.token(claims(), RSA), {"role": {"user_claim": "/kubernetes.io/namespace"}}),
    (messages.USER_CLAIM_TYPE, tokens.token(claims(uid=5), RSA), {"role": {"user_claim": "uid"}}),
    (messages.MAPPED_TYPE, tokens.token(claims(uid=5), RSA), {"role": {"claim_mappings": {"uid": "uid"}}}),
    (messages.NO_GROUPS, tokens.token(claims(), RSA), {"role": {"groups_claim": "groups"}}),
    (messages.GROUPS_TYPE, tokens.token(claims(groups={}), RSA), {"role": {"groups_claim": "groups"}}),
    (messages.GROUP_TYPE, tokens.token(claims(groups=[5]), RSA), {"role": {"groups_claim": "groups"}}),
    (messages.CLAIM_MISSING, tokens.token(claims(), RSA), {"role": {"bound_claims": {"team": "payments"}}}),
    (messages.CLAIM_TYPE, tokens.token(claims(k={"a": [1.5, None]}), RSA), {"role": {"bound_claims": {"k": "x"}}}),
    (messages.BOUND_TYPE, tokens.token(claims(k="x"), RSA), {"role": {"bound_claims": {"k": {"b": "c"}}}}),
    (messages.CLAIM_MISMATCH, tokens.token(claims(k="1"), RSA), {"role": {"bound_claims": {"k": 1}}}),
    (messages.NO_ALIAS, tokens.token(claims(uid=""), RSA), {"role": {"user_claim": "uid"}}),
]


@pytest.mark.parametrize(
    ("message", "token", "how"), REFUSALS, ids=[f"{each[0].text[:60]}-{n}" for n, each in enumerate(REFUSALS)]
)
def test_a_refusal(server: Server, mount: str, message: Message, token: str, how: dict[str, Any]) -> None:
    verdict = judged(server, mount, token, **how)
    assert (verdict.status, verdict.error) == (verdict.vault.status, verdict.vault.message)
    assert verdict.status == message.status
    assert verdict.vault.first_failure
    assert verdict.vault.first_failure[1].said[0][0] is message


def test_a_mount_that_was_never_configured(server: Server, mount: str) -> None:
    verdict = put(server, mount, "webapp", tokens.token(claims(), RSA))
    assert (verdict.status, verdict.error) == (verdict.vault.status, verdict.vault.message)
    assert verdict.error == messages.NO_CONFIG.text


def test_no_error_is_left_out() -> None:
    # Those with which Vault asks an issuer; `login explain` asks nobody, and never says them.
    elsewhere = {messages.NO_CONFIG, messages.NOT_VERIFIED, messages.NO_VALIDATOR, messages.NO_KEYS_FETCHED}
    assert {message for message, _, _ in REFUSALS} | elsewhere == set(messages.ALL)


EARLY, LATE = messages.NOT_YET, messages.EXPIRED
# Claims as seconds from now, leeways of the role, and what Vault says. Ten seconds are kept from every boundary.
WINDOWS: list[tuple[dict[str, int], dict[str, int], Message | None]] = [
    ({"iat": -600, "nbf": -600, "exp": -50}, {}, None),
    ({"iat": -600, "nbf": -600, "exp": -70}, {}, LATE),
    ({"iat": -600, "nbf": -600, "exp": -70}, {"expiration_leeway": 3600}, LATE),
    ({"iat": -600, "nbf": -600, "exp": -70}, {"clock_skew_leeway": 80}, None),
    ({"iat": -600, "nbf": -600, "exp": -10}, {"clock_skew_leeway": -1}, LATE),
    ({"iat": -600, "nbf": 50, "exp": 600}, {}, None),
    ({"iat": -600, "nbf": 70, "exp": 600}, {}, EARLY),
    ({"iat": -600, "nbf": 70, "exp": 600}, {"not_before_leeway": 3600}, EARLY),
    ({"iat": 50, "nbf": -600, "exp": 600}, {}, None),
    ({"iat": 70, "nbf": -600, "exp": 600}, {}, messages.FROM_THE_FUTURE),
    # One time alone: the others are made up from it.
    ({"exp": 200}, {}, None),
    ({"exp": 220}, {}, EARLY),
    ({"exp": 220}, {"not_before_leeway": 300}, None),
    ({"exp": 70}, {"not_before_leeway": -1}, EARLY),
    ({"exp": 50}, {"not_before_leeway": -1}, None),
    ({"iat": -200}, {}, None),
    ({"iat": -220}, {}, LATE),
    ({"iat": -220}, {"expiration_leeway": 300}, None),
    ({"nbf": -70}, {"expiration_leeway": -1}, LATE),
    ({"nbf": -50}, {"expiration_leeway": -1}, None),
]


@pytest.mark.parametrize(("times", "leeways", "message"), WINDOWS)
def test_when_a_token_is_valid(
    server: Server, mount: str, times: dict[str, int], leeways: dict[str, int], message: Message | None
) -> None:
    now = int(time.time())
    given = {name: now + times[name] if name in times else None for name in ("iat", "nbf", "exp")}
    verdict = judged(server, mount, tokens.token(claims(**given), RSA), role=leeways)
    assert verdict.error == (message.text if message else "")
    assert verdict.agreed


P384, P521 = ec.generate_private_key(ec.SECP384R1()), ec.generate_private_key(ec.SECP521R1())


@pytest.mark.parametrize("algorithm", ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512"])
def test_every_algorithm_of_rsa(server: Server, mount: str, algorithm: str) -> None:
    verdict = judged(server, mount, tokens.token(claims(), RSA, alg=algorithm))
    assert (verdict.status, verdict.vault.status) == (200, 200)


@pytest.mark.parametrize("private", [EC, P384, P521], ids=["P-256", "P-384", "P-521"])
def test_every_curve(server: Server, mount: str, private: Any) -> None:
    config = {"jwt_validation_pubkeys": [tokens.pem(RSA), tokens.pem(private)]}
    verdict = judged(server, mount, tokens.token(claims(), private), config=config)
    assert (verdict.status, verdict.vault.status) == (200, 200)


def test_rotated_keys(server: Server, mount: str) -> None:
    """A new key is unknown until it is written, and old tokens work until the old key is taken out."""
    old, new = rsa.generate_private_key(65537, 2048), rsa.generate_private_key(65537, 2048)
    with_old, with_new = tokens.token(claims(), old, kid="old"), tokens.token(claims(), new, kid="new")
    for pems, let_in in (([old], {with_old}), ([old, new], {with_old, with_new}), ([new], {with_new})):
        config = {"jwt_validation_pubkeys": [tokens.pem(each) for each in pems]}
        for token in (with_old, with_new):
            verdict = judged(server, mount, token, config=config)
            assert verdict.agreed
            assert (verdict.status == 200, verdict.vault.allow) == (token in let_in, token in let_in)


def test_the_kid_is_not_looked_at(server: Server, mount: str) -> None:
    verdict = judged(server, mount, tokens.token(claims(), RSA, kid="of another key"))
    assert (verdict.status, verdict.vault.status) == (200, 200)


# Logins about which the server and `login explain` once differed.
DISAGREEMENTS: list[tuple[str, str, dict[str, Any]]] = [
    (
        "a pointer at an aud that is a text",
        tokens.token(claims(aud="vault", number=7), RSA),
        {"role": {"user_claim": "/aud", "user_claim_json_pointer": True, "claim_mappings": {"number": "n"}}},
    ),
    (
        "a key twice inside of the header",
        tokens.signed(b'{"alg":"RS256","x":{"a":1,"a":2}}', json.dumps(claims()).encode(), RSA, "RS256"),
        {},
    ),
]


@pytest.mark.parametrize(("name", "token", "how"), DISAGREEMENTS, ids=[each[0] for each in DISAGREEMENTS])
def test_a_disagreement_of_the_past(server: Server, mount: str, name: str, token: str, how: dict[str, Any]) -> None:
    verdict = judged(server, mount, token, **how)
    assert verdict.agreed, verdict


# OpenBao's answer where it is another one than Vault's (hvn/login/openbao.py has the sources).
DIFFERENCES: list[tuple[str, str, dict[str, Any], int, int]] = [
    ("a claim in another case", tokens.token(claims(SUB="x"), RSA), {}, 200, 400),
    (
        "an empty audience",
        tokens.token(claims(aud=""), RSA),
        {"role": {"bound_audiences": []}},
        200,
        400,
    ),
    (
        "aud as a text in claim_mappings",
        tokens.token(claims(aud="vault"), RSA),
        {"role": {"claim_mappings": {"aud": "audience"}}},
        200,
        400,
    ),
]


@pytest.mark.parametrize(("name", "token", "how", "vault", "bao"), DIFFERENCES, ids=[each[0] for each in DIFFERENCES])
def test_a_difference_between_vault_and_openbao(
    server: Server, mount: str, name: str, token: str, how: dict[str, Any], vault: int, bao: int
) -> None:
    verdict = judged(server, mount, token, **how)
    assert verdict.agreed, verdict
    assert (verdict.vault.status, verdict.status) == (vault, bao)
