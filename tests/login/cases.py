"""Random mounts, roles and tokens, made from a seed: mostly sound, with faults that may stand on each other."""

import json
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

from tests.login import tokens

ISSUER = "https://japaneast.oic.prod-aks.azure.com/tenant/id/"
SUBJECT = "system:serviceaccount:app:default"
LEEWAYS = (0, 0, 0, -1, 20, 3600)


def keys() -> dict[str, Any]:
    """Private keys by name; a mount gets some of the first five, `foreign` is in none."""
    return {
        "rsa": rsa.generate_private_key(65537, 2048),
        "rsa-old": rsa.generate_private_key(65537, 2048),
        "p256": ec.generate_private_key(ec.SECP256R1()),
        "p384": ec.generate_private_key(ec.SECP384R1()),
        "p521": ec.generate_private_key(ec.SECP521R1()),
        "ed25519": ed25519.Ed25519PrivateKey.generate(),
        "foreign": rsa.generate_private_key(65537, 2048),
    }


@dataclass
class Config:
    """A mount and a role as they are written, and the names of the mount's keys."""

    mount: dict[str, Any]
    role: dict[str, Any]
    keys: list[str]


@dataclass
class Attempt:
    """What is sent: the parts that faults may change, and the text that comes of them."""

    role: str
    header: dict[str, Any]
    claims: dict[str, Any]
    key: str
    header_text: bytes | None = None
    payload_text: bytes | None = None
    text: Callable[[str], str] = field(default=lambda text: text)
    sign_as: str = ""

    def token(self, private: Mapping[str, Any]) -> str:
        header = self.header_text if self.header_text is not None else json.dumps(self.header).encode()
        payload = self.payload_text if self.payload_text is not None else json.dumps(self.claims).encode()
        alg = self.sign_as or str(self.header.get("alg", "RS256"))
        return self.text(tokens.signed(header, payload, private[self.key], alg))


def config(rng: random.Random, private: Mapping[str, Any]) -> Config:
    """A mount with one to three keys and a role that Vault takes."""
    names = rng.sample([name for name in private if name != "foreign"], rng.choice((1, 1, 2, 3)))
    pems = [tokens.pem(private[name]) for name in names]
    mount: dict[str, Any] = {"jwt_validation_pubkeys": pems}
    if rng.random() < 0.6:
        mount["bound_issuer"] = rng.choice((ISSUER, ISSUER, ISSUER.rstrip("/")))
    if rng.random() < 0.25:
        mount["jwt_supported_algs"] = rng.sample(["RS256", "RS512", "ES256", "ES384", "ES512", "PS256", "EdDSA"], 4)
    role: dict[str, Any] = {
        "role_type": "jwt",
        "user_claim": rng.choice(
            ("sub",) * 8 + ("email", "empty", "number", "/kubernetes.io/namespace", "aud", "/aud")
        ),
        "bound_claims_type": rng.choice(("string", "glob")),
        "token_policies": ["default"],
    }
    if rng.random() < 0.3 or role["user_claim"].startswith("/"):
        role["user_claim_json_pointer"] = rng.random() < 0.8
    if rng.random() < 0.8:
        role["bound_audiences"] = rng.choice((["vault"], ["vault"], ["other", "vault"], ["https://api"]))
    if rng.random() < 0.6:
        role["bound_subject"] = rng.choice((SUBJECT, SUBJECT, SUBJECT, "system:serviceaccount:app:*"))
    if rng.random() < 0.4:
        role["bound_claims"] = bound_claims(rng, glob=role["bound_claims_type"] == "glob")
    if rng.random() < 0.2:
        role["claim_mappings"] = rng.choice(({"email": "mail"}, {"number": "n"}, {"missing": "m"}, {"aud": "a"}))
    if rng.random() < 0.2:
        role["groups_claim"] = rng.choice(("groups", "missing", "number", "mixed", "/kubernetes.io", "email", "aud"))
    for leeway in ("clock_skew_leeway", "expiration_leeway", "not_before_leeway"):
        if rng.random() < 0.5:
            role[leeway] = rng.choice(LEEWAYS)
    if rng.random() < 0.1:
        role["token_bound_cidrs"] = rng.choice((["127.0.0.1/32"], ["10.0.0.0/8"], ["10.0.0.0/33"], ["127.0.0.0/8"]))
    if not role.keys() & {"bound_audiences", "bound_subject", "token_bound_cidrs"} and not role.get("bound_claims"):
        role["bound_subject"] = SUBJECT
    return Config(mount, role, names)


def bound_claims(rng: random.Random, *, glob: bool) -> dict[str, Any]:
    texts: dict[str, Any] = {
        "email": ["a@example.com", "b@example.com"],
        "/kubernetes.io/namespace": "app",
        "/kubernetes.io/serviceaccount/name": ["default"],
        "/groups/1": "writers",
        "/groups/9": "x",
        "groups": ["writers"],
        "mixed": ["x", "app"],
        "kubernetes.io": "app",
        "missing": "x",
        "sub": "system:*:app:*" if glob else SUBJECT,
        "number": "7",
    }
    others: dict[str, Any] = {
        "number": rng.choice((7, 7.0, 7.5, [1, 7])),
        "fraction": 2,
        "yes": rng.choice((True, False, "true")),
        "null": "x",
        "mixed": [5, True],
        "email": {"an": "object"},
    }
    table = texts if glob else {**texts, **(others if rng.random() < 0.5 else {})}
    names = rng.sample(sorted(table), rng.choice((1, 1, 2, 3)))
    return {name: table[name] for name in names}


def attempt(rng: random.Random, made: Config, role: str, private: Mapping[str, Any], now: float) -> Attempt:
    """A login with none to four faults."""
    key = rng.choice(made.keys)
    claims: dict[str, Any] = {
        "iss": made.mount.get("bound_issuer", ISSUER),
        "sub": SUBJECT,
        "aud": rng.choice((made.role.get("bound_audiences", ["vault"]), ["vault"], "vault")),
        "iat": int(now) - 5,
        "nbf": int(now) - 5,
        "exp": int(now) + 600,
        "email": "a@example.com",
        "number": 7,
        "fraction": 2.75,
        "yes": True,
        "null": None,
        "empty": "",
        "groups": ["readers", "writers"],
        "mixed": ["app", 5, True],
        "kubernetes.io": {"namespace": "app", "serviceaccount": {"name": "default", "uid": "u-1"}},
    }
    if "bound_audiences" not in made.role and rng.random() < 0.7:
        del claims["aud"]
    one = Attempt(role, {"alg": tokens.algorithm(private[key]), "kid": key}, claims, key)
    for fault in rng.sample(FAULTS, rng.choice((0, 0, 1, 1, 1, 2, 2, 3, 4))):
        fault(one, rng, now)
    return one


def times(one: Attempt, rng: random.Random, now: float) -> None:
    """Each time on either side of each leeway, five seconds away from it, or missing."""
    for name in ("iat", "nbf", "exp"):
        offset = rng.choice((0, 60, 150, 210, 20, 3600)) + rng.choice((-5, 5))
        one.claims[name] = int(now) + rng.choice((-1, 1)) * offset
        if rng.random() < 0.4:
            del one.claims[name]


def lone_time(one: Attempt, rng: random.Random, now: float) -> None:
    """One time alone, on either side of where its stand-ins end."""
    name, offset = rng.choice((("exp", 210), ("exp", -60), ("iat", -210), ("iat", 60), ("nbf", -210), ("nbf", 60)))
    for each in ("iat", "nbf", "exp"):
        one.claims.pop(each, None)
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
    name = rng.choice(("email", "number", "groups", "yes", "empty", "kubernetes.io", "mixed", "fraction"))
    one.claims[name] = rng.choice(
        (None, "", "app", 7, 7.9, -3, 1e25, False, [], ["writers"], [7], {}, {"a": {"b": 1.5}})
    )


def missing(one: Attempt, rng: random.Random, now: float) -> None:
    one.claims.pop(rng.choice(sorted(one.claims)), None)


def foreign_key(one: Attempt, rng: random.Random, now: float) -> None:
    one.key, one.header["alg"], one.sign_as = "foreign", rng.choice(("RS256", "PS384", "ES256")), "RS256"


def other_algorithm(one: Attempt, rng: random.Random, now: float) -> None:
    one.header["alg"] = rng.choice(
        ("RS512", "PS256", "PS512", "ES512", "HS256", "none", "", "EdDSA", "rs256", "ES256K")
    )


def odd_header(one: Attempt, rng: random.Random, now: float) -> None:
    name, value = rng.choice(
        (
            ("kid", 7),
            ("kid", None),
            ("kid", ["x"]),
            ("kid", "unknown"),
            ("alg", 5),
            ("alg", None),
            ("crit", ["b64"]),
            ("crit", ["exp"]),
            ("crit", []),
            ("crit", None),
            ("crit", "b64"),
            ("typ", "at+jwt"),
            ("x", {"y": [1, None]}),
        )
    )
    one.header[name] = value


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


def text_of_token(one: Attempt, rng: random.Random, now: float) -> None:
    one.text = rng.choice(
        (
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
            lambda text: text + "A",
            lambda text: text[:-9] + "+" + text[-8:],
            lambda text: text.replace("e", "/", 1),
            lambda text: text.replace("J", "\u00e9", 1),
            lambda text: ".." + text.replace(".", ""),
            lambda text: "hvs.CAESI" + text[:20],
            lambda text: "\x1f" + text,
            flattened,
            general,
            lambda text: "{" + text,
        )
    )


def flattened(text: str) -> str:
    protected, payload, signature = text.split(".")
    return json.dumps({"payload": payload, "protected": protected, "signature": signature})


def general(text: str) -> str:
    protected, payload, signature = text.split(".")
    one = {"protected": protected, "signature": signature}
    return json.dumps({"payload": payload, "signatures": [one] * (1 + len(text) % 2)})


def role_name(one: Attempt, rng: random.Random, now: float) -> None:
    one.role = rng.choice((one.role.upper(), "", "nobody", "no body", 'q"uote'))


FAULTS = (
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
    odd_header,
    text_of_header,
    text_of_payload,
    text_of_token,
    role_name,
)
