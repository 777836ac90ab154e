"""HVN607 ci-in-admin: CI pipelines configure the namespace admin."""

from collections.abc import Iterator

from hvn.diagnostics.finding import Finding, Level, Message, Rule
from hvn.diagnostics.message import Field
from hvn.topology.model import Topology

RULE = Rule(
    id="HVN607",
    name="ci-in-admin",
    level=Level.WARNING,
    reports="CI pipelines log in to Vault (vault.ci) in the namespace admin.",
    why=("a pipeline that writes roles in admin can give a role the policy hcp-root, and so control the whole cluster"),
    fix="use a namespace below admin, or restrict who can use the role apply",
    example="""\
vault:
  ci:
    hcp_terraform: {organization: example-org, project: platform}
""",
    see="https://developer.hashicorp.com/hcp/docs/vault/get-started/manage-namespaces",
)


def check(topology: Topology) -> Iterator[Finding]:
    """Yield a finding for `vault.ci` if it has a login and the namespace is admin."""
    ci, namespace = topology.vault.ci, topology.vault.namespace
    if namespace == "admin" and ci.has_login:
        yield Finding(
            rule=RULE,
            path=("vault", "ci"),
            message=Message("CI pipelines can write roles and policies in the namespace {name}", name=namespace),
            fix=Message(
                "set {field}: {example}, a namespace below admin, or restrict who can use the role apply",
                field=Field(("vault", "namespace")),
                example=f"admin/{topology.name}",
            ),
        )
