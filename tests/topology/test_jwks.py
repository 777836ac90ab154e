"""Test committed public keys: the files that the check accepts or refuses, and the keys that Terraform gets."""

import base64
import json
import os
import pathlib
import random
import shutil
from collections.abc import Callable
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from hvn.check.load import load
from hvn.topology import jwks
from tests.conftest import SAMPLE
from tests.findings import ids, reported


def number(value: int) -> str:
    """Return an integer in the encoding of a JWK."""
    return base64.urlsafe_b64encode(value.to_bytes((value.bit_length() + 7) // 8, "big")).rstrip(b"=").decode()


def rsa_key(size: int = 2048) -> tuple[dict[str, Any], rsa.RSAPrivateKey]:
    private = rsa.generate_private_key(65537, size)
    public = private.public_key().public_numbers()
    kid = f"key {public.n % 10**9}"
    return {"kty": "RSA", "use": "sig", "kid": kid, "n": number(public.n), "e": number(public.e)}, private


def ec_key(curve: ec.EllipticCurve, name: str) -> tuple[dict[str, Any], ec.EllipticCurvePublicKey]:
    public = ec.generate_private_key(curve).public_key()
    numbers = public.public_numbers()
    return {"kty": "EC", "crv": name, "kid": name, "x": number(numbers.x), "y": number(numbers.y)}, public


def key_set(*keys: dict[str, Any], **more: Any) -> bytes:
    return json.dumps({"keys": list(keys), **more}).encode()


def test_keys_become_the_same_keys_as_pem() -> None:
    first, private = rsa_key()
    second, public = ec_key(ec.SECP384R1(), "P-384")
    numbers = {
        load_pem_public_key(pem.encode()).public_numbers()  # type: ignore[union-attr]
        for pem in jwks.parse(key_set(first, second)).pubkeys
    }
    assert numbers == {private.public_key().public_numbers(), public.public_numbers()}


def test_each_key_is_one_stripped_pem_block() -> None:
    keys = jwks.parse(key_set(rsa_key()[0], ec_key(ec.SECP256R1(), "P-256")[0])).pubkeys
    assert len(keys) == 2
    for pem in keys:
        assert pem == pem.strip()
        assert pem.count("-----BEGIN PUBLIC KEY-----") == pem.count("-----BEGIN") == 1


def test_order_members_and_repetition_do_not_matter() -> None:
    keys = [rsa_key()[0] for _ in range(3)]
    wanted = jwks.parse(key_set(*keys))
    for seed in range(5):
        shuffled = [dict(random.Random(seed).sample(list(key.items()), len(key))) for key in keys]
        random.Random(seed).shuffle(shuffled)
        assert jwks.parse(key_set(*shuffled, shuffled[0])) == wanted


ONE, ONE_PRIVATE = rsa_key()  # a new key takes a tenth of a second
PRIVATE = ONE_PRIVATE.private_numbers()
SECRETS = [number(PRIVATE.d), number(PRIVATE.p), base64.urlsafe_b64encode(b"a shared secret").decode()]


@pytest.mark.parametrize(
    ("content", "value"),
    [
        (b"", "JSON"),
        (b"[" * 100_000, "JSON"),
        (b"\xff\xfe", "JSON"),
        (b"-----BEGIN RSA PRIVATE KEY-----\nAAAA\n-----END RSA PRIVATE KEY-----\n", "private"),
        (b"[]", "keys"),
        (b'{"keys": {}}', "keys"),
        (b'{"keys": ["x"]}', "keys"),
        (b'{"keys": []}', "key"),
        (key_set({**ONE, "d": SECRETS[0]}), "private"),
        (key_set({**ONE, "p": SECRETS[1]}), "private"),
        (key_set({"kty": "oct", "k": SECRETS[2]}), "private"),
        (key_set(ONE, {"kty": "OKP", "crv": "Ed25519", "x": "AAAA"}), "keys[1]: OKP Ed25519"),
        (key_set(rsa_key(1024)[0]), "keys[0]: RSA"),
        (key_set({**ONE, "e": number(2**2047 + 1)}), "keys[0]: RSA"),
        (key_set({**ONE, "e": number(2**31 + 1)}), "keys[0]: RSA"),
        (key_set({**ONE, "n": number(2**16385 + 1)}), "keys[0]: RSA"),
        (key_set({**ONE, "n": number(2**1_000_000 + 1)}), "keys[0]: RSA"),
        (key_set(ONE).replace(b'{"kty"', b'{"d": "AQAB", "d": "", "kty"'), "duplicate member"),
        (b'{"keys": [{"d": "AQAB"}], ' + key_set(ONE)[1:], "duplicate member"),
        (key_set({"kty": "RSA", "n": "AQAB"}), "keys[0]"),
        (key_set({"kty": "RSA", "n": 5, "e": "AQAB"}), "keys[0]"),
        (key_set({"kty": "EC", "crv": "P-256", "x": "AQ", "y": "AQ"}), "keys[0]"),
        (key_set({**ONE, "n": f"!{ONE['n']}"}), "keys[0]"),
        (key_set({**ONE, "n": f"{ONE['n'][:-2]}+/"}), "keys[0]"),
        (key_set({"kty": "\x1b[31m"}), "\\u{1b}[31m"),
        (
            key_set({**rsa_key()[0], "kid": "a\n"}, {**rsa_key()[0], "kid": "a\n"}),
            "a\\u{a}",
        ),
        (key_set(ONE, issuer=5), "https"),
        (key_set(ONE, issuer="http://example.com/"), "https"),
        (key_set(ONE, issuer="https://x/${file(1)}"), "Terraform"),
    ],
)
def test_an_invalid_key_file_is_refused(content: bytes, value: str) -> None:
    with pytest.raises(jwks.Unfit) as refused:
        jwks.parse(content)
    text = f"{refused.value} {refused.value.fix}"
    assert value in text
    assert text.isprintable()
    assert not any(secret in text for secret in SECRETS)


def test_ed25519_private_key_is_told_apart_from_an_unsupported_kind() -> None:
    private = ed25519.Ed25519PrivateKey.generate().private_bytes_raw()
    key = {"kty": "OKP", "crv": "Ed25519", "x": "AAAA", "d": base64.urlsafe_b64encode(private).decode()}
    with pytest.raises(jwks.Unfit, match="private"):
        jwks.parse(key_set(key))


def test_an_unfit_file_is_a_finding_in_that_file(tmp_path: pathlib.Path) -> None:
    topology = tmp_path / "topology.yaml"
    topology.write_text(SAMPLE.read_text(encoding="utf-8"), encoding="utf-8")
    keys = tmp_path / "jwks" / "payments.json"
    keys.parent.mkdir()
    keys.write_bytes(key_set({**rsa_key()[0], "d": SECRETS[0]}))
    found = reported(load(topology).findings)
    assert [(finding.file, finding.id, finding.line) for finding in found] == [(str(keys), "HVN610", 1)]


@pytest.mark.parametrize("make", [os.mkfifo, pathlib.Path.mkdir])
def test_a_path_that_is_not_a_regular_file_is_not_opened(
    make: Callable[[pathlib.Path], None], tmp_path: pathlib.Path
) -> None:
    """Reading a pipe would block until another process writes."""
    make(tmp_path / "payments.json")
    with pytest.raises(jwks.Unfit, match="file"):
        jwks.read(tmp_path / "payments.json")


AKS = "https://japaneast.oic.prod-aks.azure.com/11111111-1111-4111-8111-111111111111"


@pytest.mark.parametrize(
    ("issuer", "fine"),
    [
        (f"{AKS}/44444444-4444-4444-8444-444444444444/", True),
        (f"{AKS}/44444444-4444-4444-8444-444444444444", False),  # Vault compares the final slash too
        (f"{AKS}/", False),
        (f"{AKS}/a/b/", False),
        (f"{AKS}/44444444-4444-4444-8444-444444444444/ ", False),
        ("https://japaneast.oic.prod-aks.azure.com", False),
        ("https://japaneast.oic.prod-aks.azure.com/22222222-2222-4222-8222-222222222222/a/", False),
        ("https://japaneast.oic.prod-aks.azure.com.evil.example.com/11111111-1111-4111-8111-111111111111/a/", False),
        ("https://evil.example.com", False),
        ("https://", False),
        ('https://x y"z', False),
    ],
)
def test_an_issuer_that_no_cluster_of_the_topology_can_have_is_an_error(
    issuer: str, fine: bool, tmp_path: pathlib.Path
) -> None:
    topology = tmp_path / "topology.yaml"
    topology.write_text(SAMPLE.read_text(encoding="utf-8"), encoding="utf-8")
    (tmp_path / "jwks").mkdir()
    (tmp_path / "jwks" / "payments.json").write_bytes(key_set(rsa_key()[0], issuer=issuer))
    loaded = load(topology)
    assert ids(loaded.findings) == ([] if fine else ["HVN613"])
    assert (loaded.checked is not None) == fine


def test_no_issuer_is_foreign_to_a_topology_whose_region_and_tenant_have_no_shape(tmp_path: pathlib.Path) -> None:
    topology = tmp_path / "topology.yaml"
    topology.write_text(SAMPLE.read_text(encoding="utf-8").replace("region: japaneast", "region: 5"), encoding="utf-8")
    shutil.copytree(SAMPLE.parent / "jwks", tmp_path / "jwks")
    assert ids(load(topology).findings) == ["HVN022"]


def test_without_keys_the_login_and_what_comes_after_it_are_blocked(tmp_path: pathlib.Path) -> None:
    topology = tmp_path / "topology.yaml"
    topology.write_text(SAMPLE.read_text(encoding="utf-8"), encoding="utf-8")
    checked = load(topology).checked
    assert checked is not None
    held = {str(each.id): each.blocked for each in checked.workspaces() if each.blocked}
    assert set(held) == {"vault-auth-payments", "secrets-payments"}
    assert "bin/hvn keys pull payments" in held["vault-auth-payments"]
    assert "vault-auth-payments" in held["secrets-payments"]
