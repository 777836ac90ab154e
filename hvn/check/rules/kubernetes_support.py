"""HVN507: Kubernetes versions that AKS does not support, or not yet."""

from collections.abc import Iterator

from hvn.diagnostics.finding import Breach, Level, Rule
from hvn.topology.model import Topology

RULE = Rule(
    id="HVN507",
    name="kubernetes-support",
    level=Level.WARNING,
    why="AKS creates no cluster of a minor version that is out of support, and none of one that is not there yet",
    see="https://learn.microsoft.com/azure/aks/supported-kubernetes-versions",
)

# That page's calendar of 2026-08-05. The day's date plays no part: the same file gives the same findings every day.
TABLE_OF = "2026-08-05"
SUPPORTED_UNTIL = {35: "March 2027", 36: "June 2027", 37: "October 2027"}


def check(topology: Topology) -> Iterator[Breach]:
    """Minor versions that are not in the table."""
    listed = ", ".join(f"1.{minor} until {end}" for minor, end in SUPPORTED_UNTIL.items())
    for name, spoke in topology.spokes.items():
        if spoke.cluster is None:
            continue
        version = spoke.cluster.kubernetes_version
        minor = int(version.split(".")[1])
        if minor not in SUPPORTED_UNTIL:
            old = minor < min(SUPPORTED_UNTIL)
            yield Breach(
                ("spokes", name, "cluster", "kubernetes_version"),
                f"{version} is out of support" if old else f"{version} is newer than the table of {TABLE_OF}",
                f"choose a supported version ({listed}; table of {TABLE_OF})",
            )
