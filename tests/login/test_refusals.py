"""`login explain` predicts the errors of a JWT login that a real server returns, except failures to fetch an issuer's
keys."""

import time
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from hvn.login import messages
from hvn.login.messages import Message
from tests.login import tokens
from tests.login.judge import put
from tests.login.samples import EC, ISSUER, MOUNT, ROLE, RSA, STRANGER, claims, judged
from tests.login.server import Server

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
    (messages.RELATIVE_ROLE, tokens.token(claims(), RSA), {"name": "../webapp"}),
    (messages.BAD_METADATA, tokens.token(claims(uid="x"), RSA), {"role": {"claim_mappings": {"uid": "a b"}}}),
    (messages.ROOT_POLICY, tokens.token(claims(), RSA), {"role": {"token_policies": ["a", " ROOT"]}}),
    (messages.INTERNAL_POLICY, tokens.token(claims(), RSA), {"role": {"token_policies": ["response-wrapping"]}}),
]


@pytest.mark.parametrize(
    ("message", "token", "how"), REFUSALS, ids=[f"{row[0].text[:60]}-{number}" for number, row in enumerate(REFUSALS)]
)
def test_refusal(server: Server, mount: str, message: Message, token: str, how: dict[str, Any]) -> None:
    verdict = judged(server, mount, token, **how)
    assert (verdict.status, verdict.error) == (verdict.vault.status, verdict.vault.message)
    assert verdict.status == message.status
    assert verdict.vault.failures[0][1].errors[0][0] is message


def test_mount_without_configuration(server: Server, mount: str) -> None:
    verdict = put(server, mount, "webapp", tokens.token(claims(), RSA))
    assert (verdict.status, verdict.error) == (verdict.vault.status, verdict.vault.message)
    assert verdict.error == messages.NO_CONFIG.text


def test_role_with_patterns_that_are_no_texts(server: Server, mount: str) -> None:
    """Vault refuses to write a role with these patterns, but accepts them if a later write changes `bound_claims_type`
    to glob."""
    server.write(f"auth/{mount}/config", MOUNT)
    server.write(f"auth/{mount}/role/webapp", {**ROLE, "bound_claims": {"k": [5, True]}})
    server.write(f"auth/{mount}/role/webapp", {**ROLE, "bound_claims_type": "glob"})
    verdict = put(server, mount, "webapp", tokens.token(claims(k="x"), RSA))
    assert verdict.vault.failures[0][1].errors[0][0] is messages.NOT_A_GLOB
    assert (verdict.status, verdict.error) == (verdict.vault.status, verdict.vault.message)


def test_list_in_a_list_gets_no_answer(server: Server, mount: str) -> None:
    verdict = judged(server, mount, tokens.token(claims(k=[["x"]]), RSA), role={"bound_claims": {"k": [["x"]]}})
    assert (verdict.status, verdict.vault.status) == (0, 0)
    assert verdict.agreed


def test_every_error_has_a_test() -> None:
    elsewhere = {
        # Vault returns these errors if it cannot fetch the keys of an issuer. `login explain` runs offline and never
        # returns them.
        messages.NOT_VERIFIED,
        messages.NO_VALIDATOR,
        messages.NO_KEYS_FETCHED,
        # Errors that other tests cover. OpenBao returns another text for claims that are nested too deeply.
        messages.NO_CONFIG,
        messages.NOT_A_GLOB,
        messages.TOO_DEEP,
    }
    assert {message for message, _, _ in REFUSALS} | elsewhere == set(messages.ALL)


EARLY, LATE = messages.NOT_YET, messages.EXPIRED
# Time claims in seconds from now, leeways of the role, and Vault's error. Every time is ten seconds from a limit.
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
    # If the token has only one time claim, Vault computes the other times.
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
    in_token = {name: now + times[name] if name in times else None for name in ("iat", "nbf", "exp")}
    verdict = judged(server, mount, tokens.token(claims(**in_token), RSA), role=leeways)
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
    """Vault refuses tokens of a new key until the mount has the key. Vault accepts tokens of the old key until somebody
    removes the key from the mount.
    """
    old, new = rsa.generate_private_key(65537, 2048), rsa.generate_private_key(65537, 2048)
    with_old, with_new = tokens.token(claims(), old, kid="old"), tokens.token(claims(), new, kid="new")
    for pems, allowed in (([old], {with_old}), ([old, new], {with_old, with_new}), ([new], {with_new})):
        config = {"jwt_validation_pubkeys": [tokens.pem(key) for key in pems]}
        for token in (with_old, with_new):
            verdict = judged(server, mount, token, config=config)
            assert verdict.agreed
            assert (verdict.status == 200, verdict.vault.allow) == (token in allowed, token in allowed)


def test_kid_is_ignored(server: Server, mount: str) -> None:
    verdict = judged(server, mount, tokens.token(claims(), RSA, kid="another key"))
    assert (verdict.status, verdict.vault.status) == (200, 200)
