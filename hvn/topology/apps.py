"""The apps of all clusters."""

from collections.abc import Iterator

from hvn.diagnostics.message import Path
from hvn.topology.model import App, Topology


def apps(topology: Topology) -> Iterator[tuple[Path, str, App]]:
    """Yield the path in the file, the name and the fields of each app."""
    for spoke, value in topology.spokes.items():
        for name, app in value.cluster.apps.items() if value.cluster else ():
            yield ("spokes", spoke, "cluster", "apps", name), name, app
