"""Vault checks the source of keys of a JWT mount, and strips the white space around keys.

Exactly one of keys, JWKS URL or discovery URL must be set. Each key is one PEM block: a public key (PKIX) or a
certificate; Vault takes its key. `BEGIN RSA PUBLIC KEY` (PKCS #1) is refused. Vault stores a key that ends in a
newline without the newline, so every plan shows a change.

vault-plugin-auth-jwt path_config.go; hashicorp/vault sdk/helper/certutil ParsePublicKeyPEM; terraform-provider-vault
resource_jwt_auth_backend.go (CustomizeDiff).
"""

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from hvn.rehearsal.behaviours import Change, Refusal

SOURCES = ("oidc_discovery_url", "jwks_url", "jwks_pairs", "jwt_validation_pubkeys")


def plan(change: Change) -> None:
    """Refuse a mount without a source of keys, as the provider does."""
    if change.after["type"] == "jwt" and not any(change.after.get(source) for source in SOURCES):
        raise Refusal(
            "exactly one of oidc_discovery_url, jwks_url, jwks_pairs, or jwt_validation_pubkeys should be provided"
        )


def write(change: Change) -> None:
    """Refuse what Vault refuses at apply."""
    if sum(bool(change.after.get(source)) for source in SOURCES) != 1:
        raise _refused(
            change,
            "exactly one of 'jwt_validation_pubkeys', 'jwks_url', 'jwks_pairs' or 'oidc_discovery_url' must be set",
        )
    keys = change.after.get("jwt_validation_pubkeys")
    if keys:
        for key in keys:
            _parse(change, key)
        change.after["jwt_validation_pubkeys"] = [key.strip() for key in keys]


def _parse(change: Change, key: str) -> None:
    if key.count("-----BEGIN ") > 1:
        raise _refused(change, "error parsing public key: unexpected trailing data after parsed PEM block")
    pem = key.strip().encode()
    if "-----BEGIN RSA PUBLIC KEY-----" in key:
        raise _refused(
            change,
            "error parsing public key: x509: failed to parse public key (use ParsePKCS1PublicKey instead for this key "
            "format)",
        )
    try:
        is_certificate = "-----BEGIN CERTIFICATE-----" in key
        parsed = x509.load_pem_x509_certificate(pem).public_key() if is_certificate else load_pem_public_key(pem)
    except (ValueError, UnsupportedAlgorithm):
        parsed = None
    if not isinstance(parsed, rsa.RSAPublicKey | ec.EllipticCurvePublicKey | ed25519.Ed25519PublicKey):
        raise _refused(change, "error parsing public key: data does not contain any valid public keys")


def _refused(change: Change, message: str) -> Refusal:
    return Refusal(
        f"error updating configuration to Vault for path {change.after['path']}: Error making API request.",
        f"Code: 400. Errors:\n\n* {message}",
    )


PLAN = {"vault_jwt_auth_backend": plan}
CREATE = {"vault_jwt_auth_backend": write}
UPDATE = {"vault_jwt_auth_backend": write}
