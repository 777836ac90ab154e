"""Make faults in a token's header, payload and serialization."""

import base64
import functools
import json
import random
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from joserfc.jwk import ECKey, RSAKey

from tests.login import tokens
from tests.login.attempts import Attempt, Signed


def odd_header(one: Attempt, rng: random.Random, now: float) -> None:
    name, value = rng.choice(
        (
            ("kid", 7),
            ("kid", None),
            ("kid", ["x"]),
            ("kid", "unknown"),
            ("alg", 5),
            ("alg", None),
            ("typ", "at+jwt"),
            ("nonce", 5),
            ("nonce", "x"),
            ("b64", False),
            ("b64", 0),
            ("x", {"y": [1, None]}),
            ("zip", "DEF"),
            ("cty", "JWT"),
            ("enc", "A128GCM"),
            ("jku", 5),
            ("epk", {}),
            ("p2c", 1),
            ("x5t#S256", 1),
        )
    )
    one.header[name] = value


def two_odd_members(one: Attempt, rng: random.Random, now: float) -> None:
    """Make two members of the header invalid: Vault reports one of the two errors at random."""
    one.header.update(rng.choice(({"kid": 7, "nonce": 5}, {"kid": [], "jwk": {}}, {"x5c": "x", "kid": True})))


def crit(one: Attempt, rng: random.Random, now: float) -> None:
    one.header["crit"] = rng.choice(
        (["b64"], ["exp"], [], None, "b64", "", 0, False, {}, [None], [""], [0], ["b64", "b64"], [["b64"]], True)
    )


@functools.cache
def embedded() -> tuple[dict[str, Any], dict[str, Any], str]:
    """Return a public RSA key and a public EC key as JWK, and the RSA key's certificate."""
    one, other = rsa.generate_private_key(65537, 2048), ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "x")])
    builder = x509.CertificateBuilder(name, name, one.public_key(), 5).not_valid_before(
        datetime(2026, 1, 1, tzinfo=UTC)
    )
    certificate = builder.not_valid_after(datetime(2027, 1, 1, tzinfo=UTC)).sign(one, hashes.SHA256())
    encoded = base64.b64encode(certificate.public_bytes(Encoding.DER)).decode()
    keys = RSAKey.import_key(one.public_key()), ECKey.import_key(other.public_key())
    public_rsa, public_ec = (dict(key.as_dict(private=False)) for key in keys)
    return public_rsa, public_ec, encoded


def embedded_key(one: Attempt, rng: random.Random, now: float) -> None:
    public_rsa, public_ec, certificate = embedded()
    kids: dict[str, Any] = {"kid": 5}
    jwks: tuple[Any, ...] = (
        public_rsa,
        public_ec,
        {**public_rsa, **kids},
        {**public_rsa, "use": ["x"], "n": 5},
        {**public_rsa, "e": "AA"},
        {**public_rsa, "d": "AA"},
        {**public_rsa, "x5c": [certificate]},
        {**public_ec, "x5c": [certificate]},
        {**public_rsa, "x5t": "AAAA"},
        {**public_rsa, "x5t#S256": tokens.b64(b"z" * 64)},
        {**public_rsa, "x5c": [certificate], "x5t": tokens.b64(b"0" * 20)},
        {**public_rsa, "x5u": "https://example.com/a"},
        {**public_ec, "crv": "P-512"},
        {**public_ec, "x": public_ec["y"]},
        {**public_ec, "y": public_ec["y"] + "=="},
        {**public_ec, "x": "+/"},
        {**public_ec, "d": "AAAA"},
        {"kty": "OKP", "crv": "Ed25519", "x": "AA"},
        {"kty": "OKP", "crv": "X25519", "x": "AA"},
        {"kty": "oct", "k": "AA"},
        {"kty": "oct"},
        {"kty": "RSA"},
        {"kty": "\u00e9"},
        {},
        [],
        None,
        "x",
    )
    one.header["jwk"] = rng.choice(jwks)


def certificates(one: Attempt, rng: random.Random, now: float) -> None:
    _, _, certificate = embedded()
    der = base64.b64decode(certificate)
    more = base64.b64encode(der + b"x").decode()
    one.header["x5c"] = rng.choice(
        (
            [],
            [certificate],
            [certificate] * 2,
            [certificate + "\n"],
            [certificate + "="],
            [certificate[:50]],
            [more],
            *([text] for text in ("x", "AAAA", "", None, "AAA", "AAAA=", "_-_-", "MAA=", 5)),
            None,
            "x",
            5,
            {},
        )
    )


def nested(one: Attempt, rng: random.Random, now: float) -> None:
    """Nest a claim up to or beyond Go's limit of 10,000 levels; the object of all claims is the first level."""
    levels = rng.choice((300, 301, 5000, 9998, 9999, 10000, 10001, 12000))
    opening, closing = rng.choice(((b"[", b"]"), (b'{"a":', b"}")))
    value = opening * levels + (b"1" if opening != b"[" else b"") + closing * levels
    if rng.random() < 0.3:
        one.more_header = b'"deep":' + value
    elif rng.random() < 0.3:
        one.more_claims = b'"object":{"deep":' + value + b"}"
        one.claims.pop("object", None)
    else:
        one.more_claims = b'"deep":' + value


def _without_first(signature: bytes) -> bytes:
    return signature[1:]


def _with_zero(signature: bytes) -> bytes:
    return b"\0" + signature


def leading_zero(one: Attempt, rng: random.Random, now: float) -> None:
    """Remove, add or keep the signature's leading zero byte, because Go requires the exact length."""
    if not one.key.startswith(("rsa", "foreign")):
        return
    one.header["alg"] = one.sign_as = rng.choice(("PS256", "PS256", "RS256"))
    one.leading_zero = True
    change = rng.choice((_without_first, _with_zero, bytes))
    one.serialize = lambda signed: ".".join(map(tokens.b64, (signed[0], signed[1], change(signed[2]))))


def invalid_utf8(one: Attempt, rng: random.Random, now: float) -> None:
    one.more_header, one.more_claims = rng.choice(
        (
            (b"", b'"raw":"\xff\xfe"'),
            (b"", b'"raw":"\xe2\x82"'),
            (b"", b'"raw":"\\ud800\\ud800"'),
            (b"", b'"raw":"\xff","raw":1'),
            (b"", b'"\xff":1,"\xfe":2'),
            (b"", b'"su\xff":1'),
            (b'"x":{"\xff":1,"\xfe":2}', b""),
            (b'"\xff":1,"\xfe":2', b""),
            (b'"nonce":["\xff\xe2\x82"]', b""),
            (b'"nonce":["\xed\xa0\x80\xc2\x85\xe2\x80\xa8\x7f"]', b""),
            (b'"nonce":7\xff', b""),
            (b'"x":1e999', b""),
            (b'"x":[1e999,{"a":1,"a":2}]', b""),
            (b'"jwk":{"kty":"\\ud800\xff"}', b""),
        )
    )


def text_of_header(one: Attempt, rng: random.Random, now: float) -> None:
    one.header_text = rng.choice(
        (
            b'{"alg":"RS256","alg":"RS256"}',
            b'{"alg":"RS256","x":{"a":1,"a":2}}',
            b'{"alg":"RS256"} x',
            b'{"alg":"RS256",}',
            b'{"alg" "RS256"}',
            b'{"alg":"RS256"',
            b'{"alg":tru}',
            b'{"kid":01}',
            b'{"kid":-x}',
            b'{"kid":1.x}',
            b'{"kid":1ex}',
            b'{"kid":"\x01"}',
            b'{"kid":"\\x"}',
            b'{"kid":"\\u12x4"}',
            b'{"kid":"\xff\xfe"}',
            b'{"Alg":"RS256"}',
            b"{'alg':'RS256'}",
            b"[1,2",
            b"[1 2]",
            b'["a"]',
            b'"text"',
            b"5",
            b"true",
            b"null",
            b"{}",
            b"",
            b" ",
            b"\xc3\xa9",
            b"\x7f",
            b"\\",
            b"'",
        )
    )


def text_of_payload(one: Attempt, rng: random.Random, now: float) -> None:
    whole = json.dumps(one.claims)
    one.payload_text = rng.choice(
        (
            whole[:-1].encode(),
            f'{whole[:-1]},"sub":"x"}}'.encode(),
            f'{whole[:-1]},"deep":{{"a":1,"a":2}}}}'.encode(),
            f'{whole[:-1]},"huge":1e999}}'.encode(),
            f" {whole}\n".encode(),
            whole.encode() + b"x",
            b"null",
            b"[]",
            b"{}",
            b"",
            b'"text"',
            b'{"sub":"\\ud800"}',
            b'{"sub":"\xff"}',
        )
    )


TEXTS: tuple[Callable[[str], str], ...] = (
    lambda text: "",
    lambda text: "Bearer " + text,
    lambda text: f'"{text}"',
    lambda text: text + "\n",
    lambda text: "\u2003" + text.replace(".", " .\u00a0"),
    lambda text: text + "===",
    lambda text: text.replace(".", "=."),
    lambda text: text[: len(text) // 2],
    lambda text: text.rsplit(".", 1)[0] + ".",
    lambda text: text.rsplit(".", 1)[0],
    lambda text: text + ".x",
    lambda text: text + ".x.y",
    lambda text: text[:20] + "\r\n" + text[20:],
    lambda text: text + "A",
    lambda text: text[:-9] + "+" + text[-8:],
    lambda text: text.replace("e", "/", 1),
    lambda text: text.replace("J", "\u00e9", 1),
    lambda text: ".." + text.replace(".", ""),
    lambda text: "hvs.CAESI" + text[:20],
    lambda text: "\x1f" + text,
    lambda text: "{" + text,
    lambda text: text[:10] + "\ud800" + text[10:],
)


def text_of_token(one: Attempt, rng: random.Random, now: float) -> None:
    one.text = rng.choice(TEXTS)


MEMBERS: tuple[dict[str, Any], ...] = (
    {"header": {}},
    {"header": None},
    {"header": {"kid": 7}},
    {"header": {"alg": "x", "kid": "y"}},
    {"header": {"nonce": "n"}},
    {"header": {"nonce": 5}},
    {"header": {"crit": ["exp"]}},
    {"header": {"b64": False}},
    {"header": {"jwk": {}}},
    {"header": []},
    {"header": "x"},
    {"header": 5},
    {"payload": None},
    {"payload": 5},
    {"payload": "AA\nAA"},
    {"protected": ""},
    {"protected": None},
    {"protected": []},
    {"protected": "bnVsbA"},
    {"signature": None},
    {"signature": True},
    {"signature": "A"},
    {"signatures": []},
    {"signatures": {}},
    {"signatures": [5]},
    {"signatures": [None]},
    {"signatures": [{"header": []}]},
    {"header": [], "signatures": {}},
    {"extra": {"a": [1]}},
)


def json_serialization(one: Attempt, rng: random.Random, now: float) -> None:
    """Use the JSON serialization with one or more signatures, and with missing or invalid members."""
    change = rng.choice(MEMBERS) if rng.random() < 0.6 else {}
    general = rng.random() < 0.4
    count = rng.choice((1, 1, 2))
    one.unprotected = rng.random() < 0.25
    twice = rng.random() < 0.05

    def serialize(signed: Signed) -> str:
        header, payload, signature = map(tokens.b64, signed)
        signed_part: dict[str, Any] = {"protected": header, "signature": signature}
        if one.unprotected:
            signed_part = {"header": one.header, "signature": signature}
        part_change = {name: value for name, value in change.items() if name not in ("payload", "signatures")}
        if general:
            whole = {"payload": payload, "signatures": [{**signed_part, **part_change}] * count, **change}
        else:
            whole = {"payload": payload, **signed_part, **change}
        text = json.dumps(whole)
        return text[:-1] + ',"payload":"x"}' if twice else text

    one.serialize = serialize


FAULTS = (
    odd_header,
    two_odd_members,
    crit,
    embedded_key,
    certificates,
    nested,
    leading_zero,
    invalid_utf8,
    text_of_header,
    text_of_payload,
    text_of_token,
    json_serialization,
    json_serialization,
)
