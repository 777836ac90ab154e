"""Generate random mounts and roles from a seed. Vault accepts the write of every mount and role. Most roles accept a
correct token.
"""

import random
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

from tests.login import tokens

ISSUER = "https://japaneast.oic.prod-aks.azure.com/tenant/id/"
SUBJECT = "system:serviceaccount:app:default"
LEEWAYS = (0, 0, 0, -1, 20, 3600)
CIDRS = (
    ["127.0.0.1/32"],
    ["10.0.0.0/8"],
    ["10.0.0.0/33"],
    ["127.0.0.0/8"],
    ["10.0.0.0/33", "127.0.0.0/8"],
    ["10.0.0.0/33", "10.0.0.0/8"],
    ["127.0.0.1:99"],
    ["10.0.0.1:443", "127.0.0.1/96"],
    ["::1"],
    ["::1", "::ffff:127.0.0.0/104"],
    ["::/0"],
    ["127.0.0.1/00ffffff"],
    ["127.0.0.0/255.0.0.0"],
    ["0.0.0.0/0"],
)
POLICIES = (["root"], ["default", "Root "], ["response-wrapping"], ["a", "Response-Wrapping"], ["control-group"], [""])
MAPPINGS: tuple[dict[str, str], ...] = (
    {"email": "mail"},
    {"number": "n"},
    {"missing": "m"},
    {"aud": "a"},
    {"email": "two words", "empty": "a.b"},
    {"email": "vault-mail"},
    {"email": ""},
    {"email": "k" * 129},
    {"long": "long"},
    {"empty": "e", "/kubernetes.io/namespace": "a/b=c+d_e-f"},
    {f"c{number}": f"k{number}" for number in range(64)},
)
INDEXES = ("1", "01", "0x1", "0b1", "0o1", "+1", "0_1", "-0", "", "08", "-1", "1_0", "_1", "1.0", "\u0661", "9" * 30)
"""The last parts of JSON pointers into the claim `groups`, some of them invalid. The second item of the claim is
`writers`."""


def keys() -> dict[str, Any]:
    """Return private keys by name. A mount gets some of the keys, but never `foreign`."""
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
    """A mount, the one or two writes of a role, and the names of the mount's keys."""

    mount: dict[str, Any]
    role: dict[str, Any]
    keys: list[str]
    later: dict[str, Any] | None = None
    """The fields of a second write of the role. Vault keeps the fields that this write omits."""


def config(rng: random.Random, private: Mapping[str, Any]) -> Config:
    """Return a mount with one to three keys, and a role."""
    names = rng.sample([name for name in private if name != "foreign"], rng.choice((1, 1, 2, 3)))
    mount: dict[str, Any] = {"jwt_validation_pubkeys": [tokens.pem(private[name]) for name in names]}
    if rng.random() < 0.6:
        mount["bound_issuer"] = rng.choice((ISSUER, ISSUER, ISSUER.rstrip("/")))
    if rng.random() < 0.25:
        mount["jwt_supported_algs"] = rng.sample(["RS256", "RS512", "ES256", "ES384", "ES512", "PS256", "EdDSA"], 4)
    role: dict[str, Any] = {
        "role_type": "jwt",
        "user_claim": rng.choice(
            ("sub",) * 8 + ("email", "empty", "number", "/kubernetes.io/namespace", "aud", "/aud", "/groups/0x1")
        ),
        "bound_claims_type": rng.choice(("string", "glob")),
        "token_policies": rng.choice(POLICIES) if rng.random() < 0.1 else ["default"],
    }
    if rng.random() < 0.3 or role["user_claim"].startswith("/"):
        role["user_claim_json_pointer"] = rng.random() < 0.8
    if rng.random() < 0.8:
        role["bound_audiences"] = rng.choice((["vault"], ["vault"], ["other", "vault"], ["https://api"]))
    if rng.random() < 0.6:
        role["bound_subject"] = rng.choice((SUBJECT, SUBJECT, SUBJECT, "system:serviceaccount:app:*"))
    if rng.random() < 0.4:
        role["bound_claims"] = bound_claims(rng, glob=role["bound_claims_type"] == "glob")
    if rng.random() < 0.25:
        role["claim_mappings"] = rng.choice(MAPPINGS)
    if rng.random() < 0.2:
        role["groups_claim"] = rng.choice(
            ("groups", "missing", "number", "mixed", "/kubernetes.io", "email", "aud", "numbers")
        )
    for leeway in ("clock_skew_leeway", "expiration_leeway", "not_before_leeway"):
        if rng.random() < 0.5:
            role[leeway] = rng.choice(LEEWAYS)
    if rng.random() < 0.12:
        role["token_bound_cidrs"] = rng.choice(CIDRS)
    if not role.keys() & {"bound_audiences", "bound_subject", "token_bound_cidrs"} and not role.get("bound_claims"):
        role["bound_subject"] = SUBJECT
    later = None
    if role["bound_claims_type"] == "string" and rng.random() < 0.1:
        # This write changes `bound_claims_type` without `bound_claims`. Vault then does not check the claims, so a
        # pattern may be a number.
        later = {"role_type": "jwt", "user_claim": role["user_claim"], "bound_claims_type": "glob"}
    return Config(mount, role, names, later)


def bound_claims(rng: random.Random, *, glob: bool) -> dict[str, Any]:
    """Return one to three bound claims."""
    texts: dict[str, Any] = {
        "email": ["a@example.com", "b@example.com"],
        "/kubernetes.io/namespace": "app",
        "/kubernetes.io/serviceaccount/name": ["default"],
        f"/groups/{rng.choice(INDEXES)}": "writers",
        "/groups/9": "x",
        "groups": ["writers"],
        "mixed": ["x", "app"],
        "kubernetes.io": "app",
        "missing": "x",
        "sub": "system:*:app:*" if glob else SUBJECT,
        "number": "7",
        "object": "x",
        "raw": "\ufffd\ufffd",
        "/a~1b": "c",
        "/t~0n": ["c", "x"],
        "/": "c",
        "yes": "true",
    }
    if glob:
        texts["email"] = rng.choice(("*", "a@*", "*@example.com", "*@*.com", "a@example.co?", "A@*", "**", "a*b*c", ""))
        texts["/kubernetes.io/namespace"] = rng.choice(("a*", "*p*", "*pp", "ap[p]"))
    others: dict[str, Any] = {
        "number": rng.choice((7, 7.0, 7.5, [1, 7])),
        "fraction": 2,
        "large": rng.choice((1000000, 12345678, 1e6)),
        "yes": rng.choice((True, False, "true")),
        "null": "x",
        "mixed": [5, True],
        "email": {"an": "object", "n": [1e6, None]},
        "groups": rng.choice((["x", 5], [None], [["a", 1.5]], [{"a": True}])),
    }
    table = texts if glob else {**texts, **(others if rng.random() < 0.5 else {})}
    if not glob and rng.random() < 0.03:
        # The claim and the bound claim contain a list inside a list. The server closes the connection when it compares
        # these lists, so the role binds no other claim.
        return {"nested": rng.choice(([["x"]], ["z", ["x"]], [{"a": 1}]))}
    return {name: table[name] for name in rng.sample(sorted(table), rng.choice((1, 1, 2, 3)))}
