"""The HCP Vault cluster and its CI logins."""

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


def sizes() -> st.SearchStrategy[Topology]:
    """Return a strategy for tier and upgrades of a Vault cluster that this project creates."""
    upgrades = optional(
        tier=st.sampled_from(TIERS),
        upgrade=st.sampled_from(UPGRADES),
        audit_log=st.sampled_from(STREAMS),
        metrics=st.sampled_from(STREAMS),
    )
    return st.builds(dict.__or__, optional(existing=st.just(False)), st.just({"tier": "dev"}) | upgrades)


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
    return st.fixed_dictionaries(
        {"namespace": st.just("admin/team"), "ci": optional(github=github, hcp_terraform=cloud)}
    )
