"""HVN965: more addresses can reach the API server of a cluster."""

from collections.abc import Iterator
from ipaddress import IPv4Network

from hvn.diagnostics.finding import Finding, Level, Message, Rule
from hvn.kinds.aks.inputs import AksInputs
from hvn.review.context import Context

RULE = Rule(
    id="HVN965",
    name="api-server-opened",
    level=Level.WARNING,
    reports=(
        "The API server of a cluster becomes public or accepts more ranges, or a new cluster has a public API server."
    ),
    why="clients in these ranges can try credentials, and can exploit a vulnerability of the API server",
    fix="keep the API server private, or check each range",
    example="""\
spokes:
  payments:
    cluster:
      prevent_destroy: false
      api_server: {public: true, authorized_ip_ranges: [198.51.100.0/24]}
""",
    see="https://learn.microsoft.com/azure/aks/api-server-authorized-ip-ranges",
)
LABEL = "hvn: opens"
EVERYWHERE = "0.0.0.0/0"


def check(context: Context) -> Iterator[Finding]:
    """Yield a finding for each cluster with ranges that reach its API server now and did not before. All ranges of a
    new cluster are new."""
    for workspace, before, now in context.built(AksInputs):
        old = _ranges(before) if before else ()
        if new := [cidr for cidr in _ranges(now) if not _covered(cidr, old)]:
            yield Finding(
                rule=RULE,
                workspace=workspace.id,
                message=Message("the API server of {cluster} is reachable from {new}", cluster=now.cluster, new=new),
            )


def _ranges(inputs: AksInputs) -> tuple[str, ...]:
    """Return the public ranges that reach the API server."""
    return (inputs.authorized_ip_ranges or (EVERYWHERE,)) if inputs.public_api_server else ()


def _covered(cidr: str, ranges: tuple[str, ...]) -> bool:
    return any(IPv4Network(cidr).subnet_of(IPv4Network(one)) for one in ranges)
