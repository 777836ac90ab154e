"""Generate apps with static secrets, dynamic secrets and certificates."""

from functools import cache

from hypothesis import strategies as st

from tests.strategies.values import LONG, Topology, labels, optional

WORKLOADS = (
    {"kind": "Deployment", "name": "web"},
    {"kind": "StatefulSet", "name": "db"},
    {"kind": "DaemonSet", "name": f"{LONG}.agent"},
)
LIFETIMES: tuple[Topology, ...] = (
    {},
    {"ttl": "30m", "max_ttl": "2h"},
    {"ttl": "1s", "max_ttl": "1s"},
    {"max_ttl": "999999h"},
    {"ttl": "999999h", "max_ttl": "999999h"},
)
LONGEST_NAME = f"{LONG}.{LONG}.{LONG}.{'x' * 55}"  # an ObjectName can be six characters longer


@cache
@st.composite
def apps(draw: st.DrawFn) -> Topology:
    """Draw apps in few namespaces; each app has its own service account and Secrets."""
    made: Topology = {}
    for index, name in enumerate(draw(st.lists(labels(), max_size=3, unique=True))):
        namespace = draw(st.sampled_from(("shop", "jobs", LONG)))
        only = all(app["namespace"] != namespace for app in made.values())
        account = draw(st.sampled_from((name, f"{LONGEST_NAME}.{index:05}", *(["default"] if only else []))))
        destination = draw(st.sampled_from((name, f"{LONGEST_NAME}.{index:02}")))
        made[name] = {
            "namespace": namespace,
            **draw(secrets_of(name, destination)),
            "service_account": account,
            **({"workload_identity": f"wi-{name}"} if account != "default" and draw(st.booleans()) else {}),
            **draw(optional(audience=st.sampled_from(("vault.example", "https://vault.example:8200/a", "a" * 255)))),
            **draw(st.sampled_from(LIFETIMES)),
            **draw(optional(more_paths=more_paths(name), more_policies=st.sampled_from(([], ["b.x_y", "a"])))),
        }
    return made


@cache
@st.composite
def secrets_of(draw: st.DrawFn, app: str, destination: str) -> Topology:
    """Draw secrets of at least one kind. `destination` begins the names of their Kubernetes Secrets."""
    kinds = {"secrets": secrets, "dynamic_secrets": dynamic_secrets, "certificates": certificates}
    chosen = draw(st.lists(st.sampled_from(sorted(kinds)), min_size=1, max_size=2, unique=True))
    return {
        kind: [draw(kinds[kind](app, f"{destination}.{kind[0]}{number}")) for number in range(draw(st.integers(1, 2)))]
        for kind in chosen
    }


@cache
def dynamic_secrets(app: str, destination: str) -> st.SearchStrategy[Topology]:
    """Return a strategy for a dynamic secret. Only a secret without `static: true` may have the settings of leases."""
    required = {
        "mount": st.sampled_from(("database", "Azure_1", f"{LONG}/db")),
        "role": st.sampled_from((app, "v1.web_Ro", LONG)),
        "destination": st.just(destination),
        "restart": st.lists(st.sampled_from(WORKLOADS), min_size=1, max_size=2),
    }
    leases = {"renewal_percent": st.integers(1, 90), "revoke": st.booleans()}
    static = {**required, "static": st.just(True)}
    return st.fixed_dictionaries(
        required, optional={**leases, "static": st.just(False), "templates": templates()}
    ) | st.fixed_dictionaries(static, optional={"templates": templates()})


@cache
def certificates(app: str, destination: str) -> st.SearchStrategy[Topology]:
    """Return a strategy for a certificate with a lifetime longer than its expiry_offset."""
    return st.fixed_dictionaries(
        {
            "mount": st.sampled_from(("pki", f"{LONG}/pki")),
            "role": st.sampled_from((app, "v1.web_Ro")),
            "common_name": st.just("web.example"),
            "ttl": st.sampled_from(("24h", "999999h")),
            "expiry_offset": st.sampled_from(("1s", "23h")),
            "destination": st.just(destination),
            "restart": st.lists(st.sampled_from(WORKLOADS), min_size=1, max_size=2),
        },
        optional={"alt_names": st.sampled_from(([], ["b.example", "a.example"]))},
    )


@cache
def secrets(app: str, destination: str) -> st.SearchStrategy[Topology]:
    """Return a strategy for a secret of an app; two secrets may have the same path in Vault."""
    deepest = "/".join(["Z" * 64] * 10)
    return st.fixed_dictionaries(
        {
            "path": st.sampled_from((f"{app}/{destination[-1]}", "shared/Config.v1", deepest)),
            "destination": st.just(destination),
        },
        optional={
            "refresh_after": st.sampled_from(("5m", "1s", "999999h")),
            "restart": st.lists(st.sampled_from(WORKLOADS), max_size=4),
            "templates": templates(),
        },
    )


@cache
def more_paths(app: str) -> st.SearchStrategy[Topology]:
    """Return a strategy for `more_paths`: paths of an engine that the app calls without VSO."""
    capabilities = st.sampled_from((["update", "create"], ["read", "read"], ["deny"]))
    paths = (f"transit/encrypt/{app}", "transit/keys/+/config*", "transit/", "/".join([LONG] * 8))
    return st.dictionaries(st.sampled_from(paths), capabilities, max_size=2)


@cache
def templates() -> st.SearchStrategy[dict[str, str]]:
    """Return a strategy for templates of a Secret's keys. The texts contain special characters of other formats."""
    texts = st.sampled_from(
        ('{{ .Secrets.a | quote }} "$" % `x` 東京', "{{- range $k, $v := .Secrets }}{{ $k }}{{ end }}")
    )
    return st.dictionaries(st.sampled_from(("URL", "k" * 253, "a.b-c_1")), texts, max_size=2)
