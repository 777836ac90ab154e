"""HVN510 automatic-upgrades: a setting of automatic upgrades has no effect."""

from collections.abc import Iterator

from hvn.diagnostics.finding import Finding, Message, Path, Rule
from hvn.topology.model import WINDOWED, Cluster, Topology

RULE = Rule(
    id="HVN510",
    name="automatic-upgrades",
    reports="A setting of a cluster's automatic upgrades has no effect.",
    why="AKS does not start the upgrades to which this setting applies",
    fix="remove the setting",
    example="""\
spokes:
  payments:
    cluster: {upgrades: {node_os_channel: None, node_os_window: {day: Monday}}}
""",
    see="https://learn.microsoft.com/azure/aks/auto-upgrade-cluster",
)
WHY_PINNED = Message(
    "this project turns off upgrades for a version with a patch. Otherwise the next plan would downgrade the cluster "
    "to this patch, and AKS refuses a downgrade"
)


def check(topology: Topology) -> Iterator[Finding]:
    """Yield a finding for each setting of Kubernetes upgrades with a full version, and each window without upgrades."""
    for name, spoke in topology.spokes.items():
        if spoke.new_cluster:
            yield from _of(spoke.new_cluster, ("spokes", name, "cluster", "upgrades"))


def _of(cluster: Cluster, at: Path) -> Iterator[Finding]:
    upgrades = cluster.upgrades
    version = cluster.kubernetes_version
    if cluster.pinned:
        for key in ("channel", "window"):
            if key in upgrades.model_fields_set:
                yield Finding(
                    rule=RULE,
                    path=(*at, key),
                    at_key=True,
                    message=Message("kubernetes_version {version} names a patch", version=version),
                    why=WHY_PINNED,
                    fix=Message(
                        "remove the channel, or use kubernetes_version {minor}", minor=f'"{version.rpartition(".")[0]}"'
                    ),
                )
    channels = {"channel": (upgrades.channel, ("patch",)), "node_os_channel": (upgrades.node_os_channel, WINDOWED)}
    for key, (channel, windowed) in channels.items():
        window = key.replace("channel", "window")
        if cluster.pinned and key == "channel":
            continue
        if window in upgrades.model_fields_set and channel not in windowed:
            yield Finding(
                rule=RULE,
                path=(*at, window),
                at_key=True,
                message=Message("{key} is {channel}", key=key, channel=channel),
                fix=Message("remove the window, or use {key}: {windowed}", key=key, windowed=windowed[0]),
            )
