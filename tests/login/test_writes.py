"""The rehearsal refuses exactly the writes of mounts and roles that a real server refuses, with the same text."""

import itertools
import pathlib
from collections.abc import Iterator
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed448, ed25519, x25519
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from hvn.rehearsal.behaviours import Change, Refusal, vault_jwt_mount, vault_jwt_role
from hvn.rehearsal.cloud import Cloud
from tests.login import tokens
from tests.login.server import Refused, Server
from tests.private_keys import rsa_key

RSA = rsa_key(0)
PEM = tokens.pem(RSA)
BEGIN, *BODY, END = PEM.splitlines()
MOUNT = {"path": "writes", "type": "jwt"}
ROLE = {"role_type": "jwt", "user_claim": "sub", "bound_audiences": ["vault"]}


def public(private: Any) -> str:
    """Return the public key of any kind in PEM."""
    text: bytes = private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return text.decode()


KEYS = {
    "folded": " ".join((BEGIN, *BODY, END)),
    "folded body": "\n".join((BEGIN, " ".join(BODY), END)),
    "one line of base64": "\n".join((BEGIN, "".join(BODY), END)),
    "carriage returns": PEM.replace("\n", "\r\n"),
    "escaped newlines": PEM.replace("\n", "\\n"),
    "tabs": PEM.replace("\n", "\t"),
    "indented": "\n".join(f"  {line}" for line in (BEGIN, *BODY, END)),
    "indented body": "\n".join((BEGIN, *(f"  {line}" for line in BODY), END)),
    "empty lines": PEM.replace("\n", "\n\n"),
    "no end": "\n".join((BEGIN, *BODY)),
    "no newline after the begin": BEGIN + "\n".join((*BODY, END)),
    "no newline before the end": "\n".join((BEGIN, *BODY)) + END,
    "another end": PEM.replace("END PUBLIC", "END PRIVATE"),
    "text before": f"a key:\n{PEM}",
    "text after": f"{PEM}\na key",
    "newlines after": f"{PEM}\n\n",
    "two keys": f"{PEM}\n{PEM}",
    "two keys with a comma": f"{PEM},{PEM}",
    "wrong base64": PEM.replace("A", "!", 1),
    "cut base64": "\n".join((BEGIN, BODY[0], END)),
    "another label": PEM.replace("PUBLIC KEY", "KEY"),
    "label of a certificate": PEM.replace("PUBLIC KEY", "CERTIFICATE"),
    "lower case": PEM.lower(),
    "not a key": "key",
    "not DER": "\n".join((BEGIN, "bm9uZQ==", END)),
    "PKCS #1": RSA.public_key().public_bytes(Encoding.PEM, PublicFormat.PKCS1).decode(),
    "private key": RSA.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode(),
    "P-224": public(ec.generate_private_key(ec.SECP224R1())),
    "secp256k1": public(ec.generate_private_key(ec.SECP256K1())),
    "Ed25519": public(ed25519.Ed25519PrivateKey.generate()),
    "Ed448": public(ed448.Ed448PrivateKey.generate()),
    "X25519": public(x25519.X25519PrivateKey.generate()),
    "DSA": public(dsa.generate_private_key(1024)),  # noqa: S505 - 2048 bits take a second
}
ALGORITHMS = (["RS256"], ["EdDSA", "ES512"], ["HS256"], ["none"], ["rs256"], [" RS256"], ["RS256", "ES256K"], [""])
CONFIGS: dict[str, dict[str, Any]] = {
    **{f"key: {name}": {"jwt_validation_pubkeys": [key]} for name, key in KEYS.items()},
    **{f"algorithms: {names}": {"jwt_supported_algs": names} for names in ALGORITHMS},
    "second key wrong": {"jwt_validation_pubkeys": [PEM, "key"]},
    "issuer and keys": {"oidc_discovery_url": "https://issuer.example.com"},
    "JWKS and keys": {"jwks_url": "https://issuer.example.com"},
    "client id": {"oidc_client_id": "x"},
    "client secret": {"oidc_client_secret": "x"},
    "client without discovery": {"oidc_client_id": "x", "oidc_client_secret": "y"},
    "response types": {"oidc_response_types": ["x"]},
    "response type": {"oidc_response_types": ["id_token"]},
    "form post": {"oidc_response_types": ["id_token"], "oidc_response_mode": "form_post"},
    "response mode": {"oidc_response_mode": "x"},
    "provider": {"provider_config": {"provider": "x"}},
    "provider without a name": {"provider_config": {"x": "y"}},
    "two errors": {"jwt_validation_pubkeys": ["key"], "jwt_supported_algs": ["HS256"], "oidc_response_mode": "x"},
    "empty issuer": {"bound_issuer": ""},
}
NAMES = (
    "a",
    "A",
    "a b",
    "-x",
    "x-",
    "x_",
    "_x",
    "a.b",
    "a..b",
    ".a",
    "a.",
    "a/b",
    "\u00e9",
    "a@b",
    "a*b",
    "a--b",
    "\uff41",
)
RANGES = (
    *("10.0.0.0/8", "10.0.0.0/33", "foo", "", "127.1", "10.0.0.01", "127.0.0.1:99", "127.0.0.1:99999", "10.0.0.0-9"),
    *(
        "::1",
        "[::1]:80",
        "fe80::1%eth0",
        "a/b",
        " 10.0.0.1",
        "10.0.0.0/255.0.0.0",
        "./x",
        "/",
        "a",
        ":80",
        "[10.0.0.1]",
    ),
)
TYPES = ("x", "default-service", "default-batch", "default", "service", "batch", "Batch")
FIELDS: tuple[dict[str, Any], ...] = (
    *({"token_bound_cidrs": [text]} for text in RANGES),
    {"token_bound_cidrs": ["10.0.0.0/8", "x"]},
    *({"role_type": name} for name in ("jwtx", "", "JWT", "oidc", None)),
    {"role_type": "oidc", "allowed_redirect_uris": ["https://x"]},
    *(
        {"token_type": name}
        for name in ("x", "default-service", "default-batch", "default", "service", "batch", "Batch")
    ),
    {"token_type": "batch", "token_period": 60},
    {"token_type": "batch", "token_num_uses": 1},
    *({field: -1} for field in vault_jwt_role.DURATIONS),
    *({"token_ttl": seconds} for seconds in (10**9, 2**33, 2**34)),
    {"token_num_uses": -1},
    {"clock_skew_leeway": -1},
    {"expiration_leeway": 10**12},
    {"token_ttl": 10, "token_max_ttl": 5},
    {"token_ttl": 10, "token_max_ttl": 0},
    *({"token_period": seconds} for seconds in (2764800, 2764801, 3000000, 2764860, 10**8)),
    {"token_max_ttl": 10**8},
    *({"bound_claims_type": name} for name in ("x", "string", "glob")),
    {"bound_claims_type": "glob", "bound_claims": {"a": "x*"}},
    {"claim_mappings": {"a": "role"}},
    {"claim_mappings": {"a": "Role"}},
    {"claim_mappings": {"a": "x", "b": "x"}},
    {"claim_mappings": {"a": "role", "b": "role"}},
    {"claim_mappings": {"a": "two words"}},
    {"user_claim": ""},
    {"bound_audiences": None},
    {"bound_audiences": None, "bound_subject": "x"},
    {"bound_audiences": None, "bound_claims": {"a": "x"}},
    {"bound_audiences": None, "token_bound_cidrs": ["10.0.0.0/8"]},
    {"token_policies": ["root"]},
    {"role_type": "x", "token_type": "x"},
    {"token_type": "x", "token_bound_cidrs": ["foo"]},
    {"token_type": "x", "bound_claims_type": "x"},
    {"token_period": 10**8, "bound_claims_type": "x"},
    {"user_claim": "", "claim_mappings": {"a": "role"}},
    {"token_ttl": 10, "token_max_ttl": 5, "user_claim": ""},
    {"token_period": 10**8, "token_ttl": 9, "token_max_ttl": 5},
)
numbers = itertools.count()


@pytest.fixture(scope="module", autouse=True)
def mount(server: Server) -> Iterator[None]:
    server.write("sys/auth/writes", {"type": "jwt"})
    yield
    server.ask("DELETE", "sys/auth/writes")


@pytest.fixture
def cloud(tmp_path: pathlib.Path) -> Cloud:
    return Cloud(tmp_path / "cloud")


def refusal(server: Server, path: str, body: dict[str, Any]) -> str:
    """Write to the server, and return its error, or an empty text if the server accepts the write."""
    try:
        server.write(path, body)
    except Refused as refused:
        return refused.error.replace("1 error occurred:\n\t*", "").strip()
    return ""


def rehearsed(behaviour: Any, change: Change) -> str:
    """Return the rehearsal's error, or an empty text if the rehearsal accepts the write."""
    try:
        behaviour.write(change)
    except Refusal as refused:
        return refused.detail.partition("* ")[2]
    return ""


@pytest.mark.parametrize("config", CONFIGS.values(), ids=CONFIGS)
def test_mount(server: Server, cloud: Cloud, config: dict[str, Any]) -> None:
    full = {"jwt_validation_pubkeys": [PEM], **config}
    error = refusal(server, "auth/writes/config", full)
    change = Change("vault_jwt_auth_backend", cloud, after={**MOUNT, **full})
    # OpenBao's error lists an additional source of keys.
    expected = error.replace("', 'oidc_discovery_url', or 'provider_config' must", "' or 'oidc_discovery_url' must")
    assert rehearsed(vault_jwt_mount, change) == expected
    if not error:
        stored = server.ask("GET", "auth/writes/config")["data"]["jwt_validation_pubkeys"]
        assert change.after["jwt_validation_pubkeys"] == stored


def role_change(cloud: Cloud, name: str, role: dict[str, Any], tune: dict[str, str] | None = None) -> Change:
    """Return the change that creates a role of an existing mount."""
    cloud.put("vault_jwt_auth_backend", "writes", {"id": "writes", **MOUNT, "tune": [tune] if tune else []})
    return Change("vault_jwt_auth_backend_role", cloud, after={"backend": "writes", "role_name": name, **role})


@pytest.mark.parametrize("name", NAMES)
def test_role_name(server: Server, cloud: Cloud, name: str) -> None:
    error = refusal(server, f"auth/writes/role/{name}", ROLE)
    assert rehearsed(vault_jwt_role, role_change(cloud, name, ROLE)) == error


@pytest.mark.parametrize("fields", FIELDS, ids=str)
def test_role(server: Server, cloud: Cloud, fields: dict[str, Any]) -> None:
    role = {field: value for field, value in {**ROLE, **fields}.items() if value is not None}
    name = f"role-{next(numbers)}"
    error = refusal(server, f"auth/writes/role/{name}", role)
    assert rehearsed(vault_jwt_role, role_change(cloud, name, role)) == error


@pytest.mark.parametrize("limit", ["3600s", "90m", "1h30m15s", "1000h"])
@pytest.mark.parametrize("seconds", [3600, 5400, 5401, 5416, 3600001])
def test_period_and_the_limit_of_the_mount(server: Server, cloud: Cloud, limit: str, seconds: int) -> None:
    server.write("sys/auth/writes/tune", {"max_lease_ttl": limit})
    role = {**ROLE, "token_period": seconds}
    name = f"role-{next(numbers)}"
    error = refusal(server, f"auth/writes/role/{name}", role)
    server.write("sys/auth/writes/tune", {"max_lease_ttl": "0"})
    assert rehearsed(vault_jwt_role, role_change(cloud, name, role, {"max_lease_ttl": limit})) == error
