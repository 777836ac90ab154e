"""Generate the HCP Vault cluster and its CI logins."""

from functools import cache

from hypothesis import strategies as st

from tests.strategies.values import Topology, optional

UPGRADES = (
    {"type": "AUTOMATIC"},
    {"type": "MANUAL"},
    {"type": "SCHEDULED", "day": "SUNDAY", "window": "WINDOW_6PM_10PM"},
)


STREAMS = (
    {"type": "datadog", "region": "us1"},
    {"type": "cloudwatch", "region": "eu-west-1", "user": "AKIAIOSFODNN7EXAMPLE"},
    {"type": "http", "endpoint": "https://logs.example"},
    {"type": "splunk", "endpoint": "https://splunk.example:8088/services/collector"},
    {"type": "grafana", "endpoint": "https://push.example/api", "user": "1234"},
)
TIERS = ("standard_small", "plus_large")
NAMESPACES = ("admin", "admin/team", "admin" + f"/{'n' * 64}" * 5)


@cache
def sizes() -> st.SearchStrategy[Topology]:
    """Return a strategy for tier and upgrades of a Vault cluster that this project creates."""
    upgrades = optional(
        tier=st.sampled_from(TIERS),
        upgrade=st.sampled_from(UPGRADES),
        audit_log=st.sampled_from(STREAMS),
        metrics=st.sampled_from(STREAMS),
    )
    return st.builds(dict.__or__, optional(existing=st.just(False)), st.just({"tier": "dev"}) | upgrades)


@cache
def ci_in_its_namespace() -> st.SearchStrategy[Topology]:
    """Return a strategy for CI logins in a namespace below `admin`; the check warns about `admin` itself."""
    github = st.fixed_dictionaries(
        {
            "audience": st.just("https://github.com/example-org"),
            "subject_prefix": st.just("repo:example-org@1/platform@2"),
            "apply": st.permutations(("environment:production", "ref:refs/heads/main")),
        },
        optional={
            "issuer": st.just("https://token.actions.githubusercontent.com/example-org"),
            "plan": st.just(["pull_request", "ref:refs/tags/v1.0", "environment:plan"]),
        },
    )
    cloud = st.fixed_dictionaries(
        {"organization": st.just("example-org"), "project": st.sampled_from(("platform", "Shared Services"))},
        optional={"hostname": st.just("terraform.example.com")},
    )
    tenant, organization = "/eid1/c/pub/t/PC0fa54KV0yPfTorHA2ejw", "0ca3ddd9-f0b0-4635-a98c-5866526961b6"
    connections = f"{tenant}/a/rISbSSETf0KqFyZ8ppdXmA/sc/{organization}"
    azure_devops = st.sampled_from(
        (
            {
                "issuer": "https://login.microsoftonline.com/6b1f2d3c-0a9e-4c57-8f7d-3a2b1c0d9e8f/v2.0",
                "plan": f"{connections}/64171687-7a59-4fce-b2c8-823278dcf176",
                "apply": f"{connections}/a4171687-7a59-4fce-b2c8-823278dcf176",
            },
            {
                "issuer": "https://vstoken.dev.azure.com/0ca3ddd9-f0b0-4635-a98c-5866526961b6",
                "plan": "sc://example-org/Shared Services/hvn-plan",
                "apply": "sc://example-org/Shared Services/hvn-apply",
            },
        )
    )
    ci = optional(github=github, azure_devops=azure_devops, hcp_terraform=cloud)
    return st.fixed_dictionaries({"namespace": st.just("admin/team"), "ci": ci})


@cache
def engines(first: tuple[str, ...]) -> st.SearchStrategy[Topology]:
    """Return a strategy for the secrets engines of a namespace."""
    return optional(
        kv_mount=st.sampled_from(first),
        more_kv_mounts=st.sampled_from(([], ["more_kv"])),
        database_engines=st.dictionaries(st.sampled_from(("new_db", "d" * 63)), database_engines(), max_size=2),
        pki_engines=st.dictionaries(st.sampled_from(("new-ca", "p" * 63)), pki_engines(), max_size=2),
    )


CREATE = "CREATE ROLE \"{{name}}\" WITH LOGIN PASSWORD '{{password}}' VALID UNTIL '{{expiration}}';"
ROLES = ("web", "r" * 63)


@cache
def database_engines() -> st.SearchStrategy[Topology]:
    """Return a strategy for database engines. Each host is a name outside the topology or a public address."""
    role = st.fixed_dictionaries(
        {"creation_statements": st.permutations((CREATE, "SELECT 1; -- $1 %s"))},
        optional={
            "revocation_statements": st.sampled_from(([], ['DROP ROLE "{{name}}"'])),
            "default_ttl": st.sampled_from(("1s", "30m")),
            "max_ttl": st.sampled_from(("1h", "768h")),
        },
    )
    return st.fixed_dictionaries(
        {
            "host": st.sampled_from(("db.example", "20.1.2.3")),
            "username": st.sampled_from(("vault", "Vault_1-b")),
            "roles": st.dictionaries(st.sampled_from(ROLES), role, min_size=1, max_size=2),
        },
        optional={
            "port": st.integers(1, 65535),
            "database": st.sampled_from(("orders", "_A-1")),
            "sslmode": st.sampled_from(("require", "verify-full")),
        },
    )


@cache
def pki_engines() -> st.SearchStrategy[Topology]:
    """Return a strategy for PKI engines."""
    role = st.fixed_dictionaries(
        {"allowed_domains": st.permutations(("a.example", "b.example"))},
        optional={"allow_subdomains": st.booleans(), "max_ttl": st.sampled_from(("1h", "100h"))},
    )
    return st.fixed_dictionaries(
        {"roles": st.dictionaries(st.sampled_from(ROLES), role, min_size=1, max_size=2)},
        optional={"max_ttl": st.sampled_from(("100h", "999999h"))},
    )


@cache
def namespaces() -> st.SearchStrategy[Topology]:
    """Return a strategy for the namespaces of teams."""
    return st.dictionaries(st.sampled_from(("shop", "t" * 32)), engines(("team_kv", "kv")), max_size=2)


@st.composite
def in_engines(draw: st.DrawFn, apps: Topology, vault: Topology) -> Topology:
    """Draw the Vault namespaces of apps, and the kv engines of the apps' static secrets."""
    placed: Topology = {}
    for name, app in apps.items():
        team = draw(st.sampled_from((None, *vault.get("namespaces", {}))))
        place = vault["namespaces"][team] if team else vault
        mounts = (None, place.get("kv_mount", "kvv2"), *place.get("more_kv_mounts", ()))
        placed[name] = {**app, **({"vault_namespace": team} if team else {})}
        if "secrets" in app:
            chosen = [draw(st.sampled_from(mounts)) for _ in app["secrets"]]
            placed[name]["secrets"] = [
                {**secret, **({"mount": mount} if mount else {})}
                for secret, mount in zip(app["secrets"], chosen, strict=True)
            ]
    return placed
