"""The stacks write the secrets engines of Vault with unique names in Terraform."""

import pathlib

import yaml

from tests.check.cases import merged
from tests.conftest import SAMPLE, Synth
from tests.strategies import dump

SQL = "CREATE ROLE \"{{name}}\" LOGIN PASSWORD '{{password}}'"
DATABASE = {"host": "db.example.com", "username": "vault", "roles": {"web": {"creation_statements": [SQL]}}}
PKI = {"roles": {"web": {"allowed_domains": ["example.com"]}}}


def test_engines_with_underscores_in_their_paths_have_different_names(tmp_path: pathlib.Path, synth: Synth) -> None:
    """With plain suffixes, the connection of `db` and the mount `db_connection` would have the same name."""
    engines = {
        "database_engines": dict.fromkeys(("db", "db_connection", "db_role_web"), DATABASE),
        "pki_engines": dict.fromkeys(("ca", "ca_role_web"), PKI),
    }
    file = tmp_path / "topology.yaml"
    sample = yaml.safe_load(SAMPLE.read_text(encoding="utf-8"))
    file.write_text(dump(merged(sample, {"vault": {**engines, "namespaces": {"team": engines}}})), encoding="utf-8")
    (tmp_path / "jwks").symlink_to(SAMPLE.parent / "jwks")
    resources = synth(file, only=["vault"])["vault"]["resource"]
    counts = {type_: len(resources[type_]) for type_ in resources if type_ != "vault_mount"}
    assert counts == {
        "vault_namespace": 1,
        "vault_database_secret_backend_connection": 6,
        "vault_database_secret_backend_role": 6,
        "vault_pki_secret_backend_role": 4,
    }
