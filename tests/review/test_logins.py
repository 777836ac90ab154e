"""The review reports changes of Vault's logins and of the keys that they trust."""

from dataclasses import replace

import pytest
from click.testing import CliRunner

from hvn.affected import history
from hvn.check.load import load
from hvn.cli import cli
from hvn.diagnostics.message import Message, as_text
from hvn.review.access import Trust
from hvn.review.build import build
from hvn.review.rules import keys_changed
from tests.affected.conftest import Repository
from tests.review.conftest import begin
from tests.review.edits import CI, DYNAMIC, ORDERS, SHIPPING, SYNCED
from tests.review.findings import findings, impact, steps
from tests.review.test_rules import MORE, REVIEW
from tests.topology.test_jwks import key_set, rsa_key

SPY = """        spy:
          namespace: spy
          service_account: spy
          secrets:
            - {path: orders/checkout, destination: x}
"""


def test_new_roles(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    repository.edit(("  kv_mount: kvv2\n", f"  kv_mount: kvv2\n{CI}"), ("        webapp:\n", f"{SPY}        webapp:\n"))
    widened = {
        (one["facts"]["role"], one["facts"]["mount"]): one for one in findings(repository, monkeypatch)["login-widened"]
    }
    assert "kvv2/data/orders/checkout (as checkout at jwt-orders)" in widened["spy", "jwt-payments"]["message"]
    assert ("apply", "ci-github") not in widened
    begin(repository)
    repository.git("switch", "-q", "main")
    repository.commit()
    repository.git("switch", "-q", "-C", "change")
    assert "login-widened" not in findings(repository, monkeypatch)


def test_new_credentials_and_certificates(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    certificate = (
        "          certificates: [{mount: pki, role: web, common_name: web.example.com, ttl: 24h, expiry_offset: 1h, "
        "destination: tls, restart: [{kind: Deployment, name: webapp}]}]\n"
    )
    repository.edit((SYNCED, SYNCED + DYNAMIC + certificate), (ORDERS, ORDERS + DYNAMIC.replace("database", "azure")))
    by_role = {one["facts"]["role"]: one["message"] for one in findings(repository, monkeypatch)["login-widened"]}
    assert by_role.keys() == {"webapp", "checkout"}
    assert "may now get credentials from database/creds/webapp" in by_role["webapp"]
    assert "may now get certificates from pki/issue/web" in by_role["webapp"]
    assert "sys/leases/revoke of database/creds/webapp/* (update)" in by_role["webapp"]
    assert "may write" not in by_role["webapp"]
    assert "may now get credentials from azure/creds/webapp" in by_role["checkout"]


@pytest.mark.parametrize(
    ("before", "after", "step"),
    [
        (DYNAMIC, "", "bin/cdktf deploy secrets-payments"),
        (DYNAMIC, DYNAMIC.replace("mount: database", "mount: azure"), "-namespace=admin -prefix database/creds/webapp"),
        (DYNAMIC, DYNAMIC.replace("destination: webapp-database", "destination: other"), ""),
        (DYNAMIC + "              revoke: false\n", "", ""),
    ],
)
def test_credentials_that_stay_valid(
    repository: Repository, monkeypatch: pytest.MonkeyPatch, before: str, after: str, step: str
) -> None:
    begin(repository, (SYNCED, SYNCED + before))
    repository.edit((SYNCED + before, SYNCED + after))
    left = findings(repository, monkeypatch).get("credentials-left", [])
    assert len(left) == bool(step)
    assert all(step in steps(one) for one in left)


def test_the_last_app_leaves_no_credentials(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    begin(repository, (ORDERS, ORDERS + DYNAMIC))
    apps = (ORDERS + DYNAMIC)[ORDERS.index("      apps:") :]
    repository.edit((apps, "\n"))
    by_rule = findings(repository, monkeypatch)
    assert "credentials-left" not in by_rule
    assert any("their dynamic credentials" in impact(one) for one in by_rule["workspace-removed"])


def test_against_a_base_with_errors_no_role_is_called_new(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin(repository, ("  cidr: 10.0.0.0/22", "  cidr: 10.0.0.0/99"))
    repository.edit(("  cidr: 10.0.0.0/99", "  cidr: 10.0.0.0/22"))
    assert "login-widened" not in findings(repository, monkeypatch)


@pytest.mark.parametrize(
    ("old", "new", "wider"),
    [
        ("namespace: app", "namespace: other", ["accepts system:serviceaccount:other:default with"]),
        ("service_account: default\n", "service_account: default\n          ttl: 2h\n", ["ttl: 3600 s → 7200 s"]),
        ("service_account: default\n", "service_account: default\n          max_ttl: 48h\n",
         ["max_ttl: 86400 s → 172800 s"]),
        ("service_account: default\n", "service_account: default\n          audience: other\n",
         ["audience other instead of"]),
        ("webapp/config", "orders/checkout",
         ["access to kvv2/data/orders/checkout (read)", "(as checkout at jwt-orders)"]),
        ("service_account: default\n", "service_account: default\n          ttl: 5m\n          max_ttl: 6h\n", []),
        ("kv_mount: kvv2", "kv_mount: kv", []),
    ],
)  # fmt: skip
def test_a_wider_role(
    repository: Repository, monkeypatch: pytest.MonkeyPatch, old: str, new: str, wider: list[str]
) -> None:
    repository.edit((old, new))
    messages = [one["message"] for one in findings(repository, monkeypatch).get("login-widened", ())]
    assert len(messages) == bool(wider)
    assert all(value in messages[0] for value in wider)


def test_a_new_role_with_paths_of_its_own_is_no_warning(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    repository.edit((ORDERS, ORDERS + SHIPPING.replace("shipping/checkout", "shipping/own")))
    assert "login-widened" not in findings(repository, monkeypatch)


def test_a_gained_path_is_named_among_many(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    begin(
        repository, (SYNCED, SYNCED + "".join(MORE.format(f"webapp/s{number}", f"s{number}") for number in range(20)))
    )
    repository.edit((SYNCED, SYNCED + MORE.format("zz-billing/root-password", "zz")))
    (widened,) = findings(repository, monkeypatch)["login-widened"]
    assert widened["facts"]["changes"] == "gets access to kvv2/data/zz-billing/root-password (read)"
    text = CliRunner().invoke(cli, [*REVIEW, "--fail-on", "never"], catch_exceptions=False).stdout
    logins = text.partition("### Vault logins")[2].partition("###")[0]
    assert "`kvv2/data/zz-billing/root-password` (read)\n" in logins
    assert "webapp/s1" not in logins


def test_paths_of_many_roles_are_all_named(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    count = 40
    begin(repository, (SYNCED, SYNCED + "".join(MORE.format(f"webapp/s{n:02}", f"s{n}") for n in range(count))))
    spy = SPY.replace("orders/checkout", "webapp/s00")
    more = "".join(MORE.format(f"webapp/s{n:02}", f"t{n}") for n in range(1, count))
    repository.edit(("        webapp:\n", f"{spy}{more}        webapp:\n"))
    (widened,) = findings(repository, monkeypatch)["login-widened"]
    assert all(f"kvv2/data/webapp/s{n:02} (as webapp" in widened["message"] for n in range(count))
    text = CliRunner().invoke(cli, [*REVIEW, "--fail-on", "never"], catch_exceptions=False).stdout
    assert all(f"`kvv2/data/webapp/s{n:02}` (as `webapp`" in text for n in range(count))


def test_a_difference_at_the_end_of_a_long_audience_is_shown(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    account = "          service_account: default\n"
    long = f"https://{'a' * 110}"
    begin(repository, (account, f"{account}          audience: {long}x\n"))
    repository.edit((f"{long}x", f"{long}y"))
    monkeypatch.chdir(repository.folder)
    text = CliRunner().invoke(cli, [*REVIEW, "--fail-on", "never"], catch_exceptions=False).stdout
    logins = text.partition("### Vault logins")[2].partition("###")[0]
    assert f"`{long}x`" in logins
    assert f"`{long}y`" in logins


def test_keys_of_another_cluster(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    jwks = repository.file.parent / "jwks"
    both = {name: key_set(rsa_key()[0]) for name in ("payments", "orders")}
    for name, keys in both.items():
        (jwks / f"{name}.json").write_bytes(keys)
    begin(repository, ("vault_login: {keys: issuer}", "vault_login: {keys: pubkeys}"))
    for name, other in (("payments", "orders"), ("orders", "payments")):
        (jwks / f"{name}.json").write_bytes(both[other])
    changed = {one["workspace"]: one["facts"] for one in findings(repository, monkeypatch)["keys-changed"]}
    assert changed["vault-auth-orders"]["changes"].endswith(" of jwt-payments")
    assert changed["vault-auth-payments"]["changes"].endswith(" of jwt-orders")


@pytest.mark.parametrize(
    ("keys", "issuer", "values"),
    [
        ("old", "", ["(bound_issuer was https://one)"]),
        (
            "new",
            "",
            ["trusts the new keys new", "no longer trusts old", "(bound_issuer was https://one)", "compare the"],
        ),
        ("old new", "https://one", ["trusts the new keys new", "compare the"]),
        ("", "", ["no longer the keys of the repository: old", "changes the issuer: https://one → the cluster's"]),
        ("old", "https://two", ["changes the issuer: https://one → https://two"]),
    ],
)
def test_the_trust_of_a_mount(repository: Repository, keys: str, issuer: str, values: list[str]) -> None:
    loaded = load(repository.file)
    assert loaded.checked
    base = build(history.base("main", repository.file), loaded, loaded.checked, {}, 1)
    trust, before = base.access_after.trust, Trust(keys=("old",), issuer="https://one")
    now = Trust(keys=tuple(keys.split()), issuer=issuer)
    sides = (replace(base.access_after, trust={**trust, "jwt-payments": side}) for side in (before, now))
    (changed,) = keys_changed.check(replace(base, access_before=next(sides), access_after=next(sides)))
    assert isinstance(changed.message, Message)
    changes = as_text(dict(changed.message.facts)["changes"]).split("; ")
    assert len(changes) == len(values)
    assert all(value in change for value, change in zip(values, changes, strict=True))


def test_a_key_file_that_is_renamed_with_its_spoke(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    repository.edit(("  payments:", "  billing:"))
    jwks = repository.file.parent / "jwks"
    jwks.joinpath("payments.json").rename(jwks / "billing.json")
    (changed,) = findings(repository, monkeypatch)["keys-changed"]
    assert changed["workspace"] == "vault-auth-billing"
    assert (changed["facts"]["new"], changed["facts"]["mount"]) == ("jwt-billing", "jwt-payments")
    assert "bin/hvn keys pull billing --issuer URL" in steps(changed)
    (jwks / "billing.json").write_bytes(key_set(rsa_key()[0]))
    assert "keys-changed" not in findings(repository, monkeypatch)
