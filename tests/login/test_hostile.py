"""Whatever a file holds, there is an answer and never a traceback."""

import base64
import json
import time
from typing import Any

import click
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given, settings
from hypothesis import strategies as st

from hvn.login import openbao
from hvn.login.explain import explain
from hvn.login.login import Login
from hvn.login.mount import Mount, Role
from hvn.login.report import Explained, to_json, to_text
from tests.login import tokens

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
    ["iss", "sub", "aud", "exp", "nbf", "iat", "a", "b", "g", "Sub", "alg", "kid", "crit", "b64", "jwk"]
)
VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=5,
)
OBJECTS = st.dictionaries(NAMES | st.text(max_size=5), VALUES, max_size=6)
PARTS = st.binary(max_size=30).map(tokens.b64) | st.text(max_size=20)
SERIALIZED = st.dictionaries(
    st.sampled_from(["payload", "protected", "signature", "header", "signatures"]), VALUES | PARTS, max_size=5
)


def judge(token: str, mount: Mount = MOUNT) -> None:
    login = Login(mount=mount, role_name="webapp", role=ROLE, token=token, now=time.time(), address="127.0.0.1")
    answer = explain(login)
    assert answer.allow or answer.message
    other = openbao.explain(login)
    made = Explained(subject="", source="", answer=answer, openbao=other, where="")
    json.loads(to_json(made))
    assert click.unstyle(to_text(made)).replace("\n", "").isprintable()


@given(st.text() | st.lists(PARTS, max_size=4).map(".".join) | SERIALIZED.map(json.dumps))
def test_any_text(token: str) -> None:
    judge(token)
    judge(token, Mount(keys_from="https://issuer/"))


@settings(max_examples=200)
@given(OBJECTS, OBJECTS)
def test_any_header_and_any_claims(header: dict[str, Any], claims: dict[str, Any]) -> None:
    full = {"alg": "ES256", **header}
    judge(tokens.signed(json.dumps(full).encode(), json.dumps(claims).encode(), KEY, "ES256"))


@given(st.binary(max_size=200))
def test_any_payload(payload: bytes) -> None:
    judge(tokens.signed(b'{"alg":"ES256"}', payload, KEY, "ES256"))


def test_depth() -> None:
    for count in (100, 10_000):
        nested = b"[" * count + b"]" * count
        judge(tokens.signed(b'{"alg":"ES256"}', nested, KEY, "ES256"))
        judge(base64.urlsafe_b64encode(b'{"alg":' + nested + b"}").decode() + "..")
