"""HVN507 kubernetes-support: AKS no longer supports the Kubernetes version, or does not support it yet."""

from collections.abc import Iterator

from hvn.diagnostics.finding import Finding, Level, Message, Rule
from hvn.topology.model import Topology

RULE = Rule(
    id="HVN507",
    name="kubernetes-support",
    level=Level.WARNING,
    reports="A cluster's Kubernetes minor version is not in AKS's table of supported versions.",
    why="AKS refuses a new cluster with an unreleased version, and allows an old version only with long-term support",
    fix="use a supported version, or long-term support",
    example="""\
spokes:
  payments:
    cluster: {kubernetes_version: "1.33"}
""",
    see="https://learn.microsoft.com/azure/aks/supported-kubernetes-versions",
)

# This is the date of the calendar on AKS's page. The rule does not use today's date, so the same file has the same
# findings every day.
TABLE_OF = "2026-08-05"
SUPPORTED_UNTIL = {35: "March 2027", 36: "June 2027", 37: "October 2027"}
LONG_TERM_UNTIL = {
    32: "March 2027",
    33: "July 2027",
    34: "November 2027",
    35: "March 2028",
    36: "June 2028",
    37: "October 2028",
}


def check(topology: Topology) -> Iterator[Finding]:
    """Yield a finding for each Kubernetes version with a minor version that is not in the table."""
    for name, spoke in topology.spokes.items():
        if spoke.new_cluster is None:
            continue
        version = spoke.new_cluster.kubernetes_version
        minor = int(version.split(".")[1])
        supported_until = LONG_TERM_UNTIL if spoke.new_cluster.support_plan == "AKSLongTermSupport" else SUPPORTED_UNTIL
        if minor not in supported_until:
            old = minor < min(supported_until)
            yield Finding(
                rule=RULE,
                path=("spokes", name, "cluster", "kubernetes_version"),
                message=Message(
                    "{version} is out of support" if old else "{version} is newer than AKS's table of {date}",
                    version=version,
                    date=TABLE_OF,
                ),
                fix=Message(
                    "use {nearest}; AKS's table of {date} has {versions}",
                    nearest=f'"1.{min(supported_until) if old else max(supported_until)}"',
                    date=TABLE_OF,
                    versions=[
                        Message("{version} until {end}", version=f"1.{supported}", end=end)
                        for supported, end in supported_until.items()
                    ],
                ),
            )
