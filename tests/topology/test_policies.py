"""Vault policies grant only the access that the file describes."""

import json

from hypothesis import given
from hypothesis import strategies as st

from hvn.check.load import load
from hvn.topology import policies
from hvn.topology.policies import Policy
from tests.conftest import PROJECT

NAME = st.from_regex(r"[a-z][a-z0-9-]{0,8}", fullmatch=True)
PATH = st.from_regex(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,8}(/[A-Za-z0-9_][A-Za-z0-9_.-]{0,8}){0,3}", fullmatch=True)


def granted(policy: Policy) -> dict[str, list[str]]:
    """Return the capabilities by path, as Vault evaluates the policy."""
    rules = json.loads(policy.document)
    assert set(rules) == {"path"}
    return {path: rule["capabilities"] for path, rule in rules["path"].items()}


@given(NAME, NAME, NAME, NAME, st.lists(PATH, min_size=1, max_size=5))
def test_an_app_reads_its_secrets_and_nothing_else(
    topology: str, spoke: str, app: str, mount: str, paths: list[str]
) -> None:
    allowed = granted(policies.reader(topology, spoke, app, policies.secrets([(mount, path) for path in paths])))
    assert allowed == {f"{mount}/data/{path}": ["read"] for path in paths}


@given(st.sets(st.tuples(NAME, NAME), min_size=1, max_size=4), st.data())
def test_an_app_gets_credentials_of_its_roles_and_revokes_their_leases_only(
    roles: set[tuple[str, str]], data: st.DataObject
) -> None:
    revoked = data.draw(st.sets(st.sampled_from(sorted(roles))))
    policy = policies.reader("platform", "orders", "web", policies.credentials(roles, revoked))
    revoke = json.loads(policy.document)["path"].pop("sys/leases/revoke", None)
    assert {path for path in granted(policy) if path != "sys/leases/revoke"} == {f"{m}/creds/{r}" for m, r in roles}
    assert (revoke is None) == (not revoked)
    if revoke:
        leases = revoke["allowed_parameters"].pop("lease_id")
        assert {*leases} == {f"{mount}/creds/{role}/*" for mount, role in revoked}
        assert revoke == {"capabilities": ["update"], "allowed_parameters": {}}


@given(NAME, NAME, NAME, NAME, st.lists(PATH, min_size=1, max_size=5))
def test_a_writer_cannot_read_values(topology: str, spoke: str, app: str, mount: str, paths: list[str]) -> None:
    allowed = granted(policies.writer(topology, spoke, app, [(mount, path) for path in paths]))
    for path, capabilities in allowed.items():
        area, _, rest = path.removeprefix(f"{mount}/").partition("/")
        assert rest in paths
        assert area in {"data", "metadata"}
        assert ("read" in capabilities) == (area == "metadata")


@given(st.lists(st.tuples(NAME, NAME), min_size=2, max_size=8, unique=True))
def test_no_two_apps_share_a_policy(apps: list[tuple[str, str]]) -> None:
    names = [policies.policy_name("platform", spoke, app, what) for spoke, app in apps for what in ("read", "write")]
    assert len(set(names)) == len(names)


def test_every_role_of_a_topology_gets_its_own_readers_policy_alone() -> None:
    checked = load(PROJECT / "tests" / "topologies" / "everything.yaml").checked
    assert checked is not None
    found = {str(each.id): each.inputs for each in checked.workspaces()}["vault-auth-payments"]
    roles = {role.app: role for role in found.roles}  # type: ignore[union-attr]
    assert granted(roles["webapp"].reader) == {
        "kvv2/data/webapp/config": ["read"],
        "legacy/data/webapp/tls": ["read"],
        "team/database/creds/webapp": ["read"],
        "team/database/static-creds/webapp": ["read"],
        "orders-db/creds/webapp": ["read"],
        "internal_ca/issue/webapp": ["update"],
        "azure/creds/webapp": ["read"],
        "pki/issue/webapp": ["update"],
        "sys/leases/revoke": ["update"],
        "transit/encrypt/webapp": ["update"],
        "transit/keys/+/config*": ["deny"],
    }
    assert roles["webapp"].existing_policies == ("shop-transit",)
    assert granted(roles["worker"].reader) == {
        "shop/kv/data/webapp/config": ["read"],
        "shop/pki/issue/worker": ["update"],
        "shop/shop/creds/worker": ["read"],
        "shop/sys/leases/renew": ["update"],
        "shop/sys/leases/revoke": ["update"],
    }
    assert roles["webapp"].subject == "system:serviceaccount:app:default"
    assert (roles["webapp"].ttl, roles["webapp"].max_ttl) == (1800, 43200)


def test_a_plan_only_reads() -> None:
    for path, capabilities in granted(policies.ci_plan("platform", ["sys/mounts/kvv2"], "jwt-")).items():
        if not path.startswith("auth/token/"):
            assert capabilities == ["read"], path


def test_an_apply_cannot_change_who_may_apply() -> None:
    """The role `apply` cannot write the mounts and policies of CI logins."""
    allowed = granted(policies.ci_apply("platform", ["sys/mounts/kvv2"], "jwt-"))
    own = ["auth/ci-github/role/apply", "sys/auth/ci-github", "sys/policies/acl/ci_platform_apply_github"]
    for path, capabilities in allowed.items():
        if set(capabilities) - {"read"}:
            assert not any(target.startswith(path.rstrip("*")) for target in own), path
    assert not any("kvv2/data" in path for path in allowed)
