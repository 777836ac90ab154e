"""`login explain` prints a result for every token and file, and never prints a traceback."""

import base64
import json
import pathlib
import time
from typing import Any

import click
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given, settings
from hypothesis import strategies as st

from hvn.login import openbao
from hvn.login.explain import explain
from hvn.login.login import Login
from hvn.login.mount import Mount, Role
from hvn.login.report import Explained, to_json, to_text
from tests.login import command, tokens
from tests.strategies.examples import examples

KEY = ec.generate_private_key(ec.SECP256R1())
MOUNT = Mount(pubkeys=(tokens.pem(KEY),), bound_issuer="https://issuer/")
ROLE = Role(
    bound_audiences=("vault",),
    bound_claims={"/a/0": "x*", "b": ["y", 5.0]},
    bound_claims_type="glob",
    claim_mappings={"c": "d"},
    groups_claim="/g",
)
NAMES = st.sampled_from(
    ["iss", "sub", "aud", "exp", "nbf", "iat", "a", "b", "g", "Sub", "alg", "kid", "crit", "b64", "jwk", "x5c", "nonce"]
)
VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=5,
)
OBJECTS = st.dictionaries(NAMES | st.text(max_size=5), VALUES, max_size=6)
JWKS = st.dictionaries(
    st.sampled_from(["kty", "crv", "x", "y", "n", "e", "d", "k", "x5c", "x5t", "x5u", "kid"]),
    st.sampled_from(["EC", "RSA", "OKP", "oct", "P-256", "Ed25519", "AQAB", "A" * 43, ["AAAA"], 5, None]),
)
PARTS = st.binary(max_size=30).map(tokens.b64) | st.text(max_size=20)
SERIALIZED = st.dictionaries(
    st.sampled_from(["payload", "protected", "signature", "header", "signatures"]), VALUES | PARTS, max_size=5
)


def judge(token: str, mount: Mount = MOUNT) -> None:
    login = Login(mount=mount, role_name="webapp", role=ROLE, token=token, now=time.time(), address="127.0.0.1")
    answer = explain(login)
    assert answer.allow or answer.message
    report = Explained(subject="", source="", answer=answer, openbao=openbao.explain(login))
    json.loads(to_json(report))
    assert click.unstyle(to_text(report)).replace("\n", "").isprintable()


@given(st.text() | st.lists(PARTS, max_size=4).map(".".join) | SERIALIZED.map(json.dumps))
def test_any_text(token: str) -> None:
    judge(token)
    judge(token, Mount(keys_from="https://issuer/"))


@settings(max_examples=examples(200))
@given(OBJECTS, OBJECTS)
def test_any_header_and_any_claims(header: dict[str, Any], claims: dict[str, Any]) -> None:
    full = {"alg": "ES256", **header}
    judge(tokens.signed(json.dumps(full).encode(), json.dumps(claims).encode(), KEY, "ES256"))


@given(JWKS)
def test_any_embedded_key(jwk: dict[str, Any]) -> None:
    judge(tokens.signed(json.dumps({"alg": "ES256", "jwk": jwk}).encode(), b"{}", KEY, "ES256"))


@given(st.binary(max_size=200))
def test_any_payload(payload: bytes) -> None:
    judge(tokens.signed(b'{"alg":"ES256"}', payload, KEY, "ES256"))


@pytest.mark.parametrize("levels", [100, 10_000, *(pytest.param(n, marks=pytest.mark.whole) for n in (9_999, 12_000))])
@pytest.mark.parametrize(("opening", "closing"), [(b"[", b"]"), (b'{"a":', b"}")])
def test_nesting(levels: int, opening: bytes, closing: bytes) -> None:
    nested = opening * levels + b"1" * (opening != b"[") + closing * levels
    for place in (b'{"b":%b}', b'{"a":%b}', b"%b"):
        judge(tokens.signed(b'{"alg":"ES256"}', place % nested, KEY, "ES256"))
    judge(base64.urlsafe_b64encode(b'{"alg":' + nested + b"}").decode() + "..")
    judge(tokens.signed(b'{"alg":"ES256","x":' + nested + b"}", b"{}", KEY, "ES256"))


@pytest.fixture
def topology(tmp_path: pathlib.Path) -> pathlib.Path:
    return command.sample(tmp_path)


FIELDS = {
    "invalid number": '"clock_skew_leeway": NaN',
    "infinite number": '"clock_skew_leeway": -Infinity',
    "number of many digits": f'"clock_skew_leeway": {"9" * 5000}',
    "mapping to a number": '"claim_mappings": {"a": 5}',
    "flag as a string": '"user_claim_json_pointer": "true"',
    "list in a list": '"bound_audiences": [["vault"]]',
    "deep list": f'"bound_claims": {{"a": {"[" * 900}{"]" * 900}}}',
}


@pytest.mark.parametrize("field", FIELDS.values(), ids=FIELDS)
def test_unusable_role_file(topology: pathlib.Path, tmp_path: pathlib.Path, field: str) -> None:
    role = tmp_path / "webapp.json"
    role.write_text(f'{{"data": {{"role_type": "jwt", "user_claim": "sub", {field}}}}}')
    result = command.run(
        topology, "payments", "webapp", "--role", str(role), "--claims", "-", stdin=json.dumps(command.claims())
    )
    assert isinstance(result.exception, SystemExit)
    assert (result.exit_code, result.output.count("\n")) == (2, 1)


@pytest.mark.parametrize(
    "fields",
    [
        {"bound_claims": {"\ud800": "x"}},
        {"bound_claims": {"aud": "\ud800"}},
        {"bound_claims": {"aud": ["\udfff", {"\ud800": "\ud800"}]}},
        {"claim_mappings": {"\ud800": "\ud800"}},
        {"groups_claim": "\ud800"},
        {"user_claim": "\ud800"},
        {"bound_subject": "\ud800"},
        {"bound_audiences": ["\ud800"]},
        {"token_policies": ["\ud800"]},
        {"token_bound_cidrs": ["\ud800/8"]},
    ],
)
@pytest.mark.parametrize("form", ["text", "json"])
def test_lone_surrogates_in_a_role_file(
    topology: pathlib.Path, tmp_path: pathlib.Path, fields: dict[str, Any], form: str
) -> None:
    role = command.role_file(tmp_path, **fields)
    arguments = ["payments", "webapp", "--role", role, "--claims", "-", "--format", form]
    result = command.run(topology, *arguments, stdin=json.dumps(command.claims()))
    assert isinstance(result.exception, SystemExit | None)
    assert result.exit_code in (0, 1)
    assert "\\ud800" not in result.output


def test_pointer_with_a_digit_of_another_script(topology: pathlib.Path, tmp_path: pathlib.Path) -> None:
    role = command.role_file(tmp_path, bound_claims={"/aud/\u00b2": "vault"})
    answer = command.of_claims(topology, command.claims(), "--role", role)
    assert answer["message"] == 'error validating claims: claim "/aud/\u00b2" is missing'


def test_escape_sequences_do_not_reach_the_terminal(topology: pathlib.Path) -> None:
    hostile = command.claims(sub="\x1b[31mred\u202e", iss="x\ny")
    result = command.run(topology, "payments", "webapp", "--claims", "-", stdin=json.dumps(hostile))
    assert result.exit_code == 1
    assert "\x1b[31m" not in result.output
    assert "\u202e" not in result.output
