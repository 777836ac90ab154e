"""Vault refuses wrong mounts, keys and roles (behaviours `vault_*`)."""

import datetime
from typing import cast

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tests.rehearsal.conftest import Resources, Stage, messages, resource

VAULT = ("vault", "vault-auth-payments")


def keys(stage: Stage) -> list[str]:
    mount = resource(stage, "vault-auth-payments", "vault_jwt_auth_backend", "jwt")
    return cast(list[str], mount["jwt_validation_pubkeys"])


def test_several_keys_in_one_entry_are_refused(stage: Stage) -> None:
    configured = keys(stage)
    configured[:] = ["\n".join(configured * 2)]
    assert "unexpected trailing data after parsed PEM block" in messages(stage.build(*VAULT).failures)


def test_invalid_key_is_refused(stage: Stage) -> None:
    keys(stage)[0] = "-----BEGIN PUBLIC KEY-----\nbm9uZQ==\n-----END PUBLIC KEY-----"
    assert "x509: malformed certificate" in messages(stage.build(*VAULT).failures)


def test_key_with_folded_newlines_is_refused(stage: Stage) -> None:
    keys(stage)[0] = keys(stage)[0].replace("\n", " ")
    assert "does not contain any valid public keys" in messages(stage.build(*VAULT).failures)


def test_certificate_is_accepted_as_a_key(stage: Stage) -> None:
    private = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "issuer")])
    day = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)
    unsigned = x509.CertificateBuilder(name, name, private.public_key(), 1, day, day + datetime.timedelta(days=1))
    keys(stage)[0] = unsigned.sign(private, SHA256()).public_bytes(Encoding.PEM).decode().strip()
    assert not stage.build(*VAULT).failures


def test_pkcs1_key_is_refused(stage: Stage) -> None:
    public = rsa.generate_private_key(public_exponent=65537, key_size=2048).public_key()
    keys(stage)[0] = public.public_bytes(Encoding.PEM, PublicFormat.PKCS1).decode().strip()
    assert "x509: malformed tbs certificate" in messages(stage.build(*VAULT).failures)


def test_newline_after_a_key_changes_in_every_plan(stage: Stage) -> None:
    configured = keys(stage)
    configured[:] = [f"{key}\n" for key in configured]
    result = stage.build(*VAULT)
    assert result.differs == ["vault_jwt_auth_backend.jwt: update jwt_validation_pubkeys"]


def test_mount_without_keys_or_issuer_is_refused_at_plan(stage: Stage) -> None:
    del resource(stage, "vault-auth-payments", "vault_jwt_auth_backend", "jwt")["jwt_validation_pubkeys"]
    result = stage.build(*VAULT)
    assert "exactly one of oidc_discovery_url" in messages(result.failures)
    assert {failure.phase for failure in result.failures} == {"plan"}


@pytest.mark.parametrize("path", ["kvv2", "kvv2/payments", "/kvv2/"])
def test_mount_on_a_path_in_use_is_refused(stage: Stage, of: Resources, path: str) -> None:
    stage.stacks["small"] = of(vault_mount={"one": {"path": path, "type": "kv"}})
    stage.stacks["small"]["provider"] = stage.change("vault")["provider"]
    errors = messages(stage.build("vault", "small").failures)
    assert "* path is already in use at kvv2/" in errors


def test_mount_cannot_move_to_a_path_in_use(stage: Stage, of: Resources) -> None:
    mounts = {"one": {"path": "one", "type": "kv"}, "other": {"path": "other", "type": "kv"}}
    stage.stacks["small"] = of(vault_mount=mounts)
    stage.build("small")
    mounts["one"]["path"] = "other/one"
    assert "* path is already in use at other/" in messages(stage.build("small").failures)


def test_auth_method_and_secrets_engine_may_share_a_path(stage: Stage) -> None:
    resource(stage, "vault-auth-payments", "vault_jwt_auth_backend", "jwt")["path"] = "kvv2"
    assert not stage.build(*VAULT).failures


@pytest.mark.parametrize(
    ("without", "error"),
    [
        (["role_type"], "'allowed_redirect_uris' must be set if 'role_type' is 'oidc' or unspecified."),
        (["bound_audiences", "bound_subject"], "must have at least one bound constraint"),
    ],
)
def test_role_without_required_arguments_is_refused(stage: Stage, without: list[str], error: str) -> None:
    role = resource(stage, "vault-auth-payments", "vault_jwt_auth_backend_role", "role_webapp")
    for argument in without:
        del role[argument]
    assert error in messages(stage.build(*VAULT).failures)


@pytest.mark.parametrize(
    ("field", "value", "error"),
    [
        ("role_name", "web app", "unsupported path"),
        ("token_type", "default-batch", "invalid 'token_type' value"),
        ("token_bound_cidrs", ["10.0.0.0-10.0.0.9"], "error parsing address"),
        ("claim_mappings", {"email": "role"}, 'metadata key "role" is reserved'),
        ("token_period", 2764801, "greater than the backend's maximum lease TTL"),
    ],
)
def test_role_with_an_invalid_argument_is_refused(stage: Stage, field: str, value: object, error: str) -> None:
    resource(stage, "vault-auth-payments", "vault_jwt_auth_backend_role", "role_webapp")[field] = value
    assert error in messages(stage.build(*VAULT).failures)


def test_role_with_an_unknown_bound_claims_type_is_refused(stage: Stage) -> None:
    resource(stage, "vault-auth-payments", "vault_jwt_auth_backend_role", "role_webapp")["bound_claims_type"] = "regex"
    assert "invalid 'bound_claims_type': regex" in messages(stage.build(*VAULT).failures)


def test_role_with_a_missing_policy_fails_at_the_second_plan(stage: Stage) -> None:
    resource(stage, "vault-auth-payments", "vault_jwt_auth_backend_role", "role_webapp")["token_policies"] = ["reader"]
    problems = stage.build(*VAULT).failures
    assert "Vault has no policy reader" in messages(problems)
    assert {failure.phase for failure in problems} == {"second plan"}, "Vault itself accepts it"


def test_role_with_ttl_above_max_ttl_is_refused(stage: Stage) -> None:
    role = resource(stage, "vault-auth-payments", "vault_jwt_auth_backend_role", "role_webapp")
    role["token_ttl"] = 2 * role["token_max_ttl"]
    assert "'token_ttl' cannot be greater than 'token_max_ttl'" in messages(stage.build(*VAULT).failures)


def test_role_of_a_missing_mount_is_refused(stage: Stage) -> None:
    role = resource(stage, "vault-auth-payments", "vault_jwt_auth_backend_role", "role_webapp")
    role["backend"] = "jwt-nowhere"
    assert "no handler for route" in messages(stage.build(*VAULT).failures)
