"""Where `hvn doctor` stands: the topology, the spokes that were asked for, the environment, and the tools around."""

import json
import pathlib
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from hvn.topology.derive import common
from hvn.topology.load import Checked
from hvn.topology.model import Cluster
from hvn.topology.printable import printable

SECONDS = 20


@dataclass(frozen=True, slots=True)
class Situation:
    """What every check gets."""

    checked: Checked
    file: pathlib.Path
    spokes: tuple[str, ...]
    environment: Mapping[str, str]

    def clusters(self) -> Mapping[str, Cluster]:
        """The clusters of these spokes, by spoke."""
        spokes = self.checked.topology.spokes
        return {name: cluster for name in self.spokes if (cluster := spokes[name].cluster)}

    def context(self, spoke: str) -> str:
        """The name that `az aks get-credentials` gives the cluster's context: that of the cluster."""
        given = self.checked.topology.spokes[spoke]
        if given.cluster is None:
            raise LookupError(f"{spoke} has no cluster")
        return common.cluster_ref(self.checked.topology, spoke, given, given.cluster).cluster.name

    def credentials_command(self, spoke: str) -> str:
        """What makes that context."""
        given = self.checked.topology.spokes[spoke]
        if given.cluster is None:
            raise LookupError(f"{spoke} has no cluster")
        cluster = common.cluster_ref(self.checked.topology, spoke, given, given.cluster).cluster
        return f"az aks get-credentials -g {cluster.group.name} -n {cluster.name}"

    def kubectl(self, spoke: str, *arguments: str) -> Any:
        """The JSON that kubectl prints for this spoke's cluster, by the context of its name. Raises `Unanswered`."""
        if ask(self, "kubectl", "config", "get-contexts", self.context(spoke), "-o", "name") is None:
            raise Unanswered(f"there is no context {self.context(spoke)}", self.credentials_command(spoke))
        output = ask(self, "kubectl", "--context", self.context(spoke), "--request-timeout=10s", *arguments)
        if output is None:
            raise Unanswered(
                f"the API server of {self.context(spoke)} gave no answer",
                f"kubectl --context {self.context(spoke)} {' '.join(arguments)} # from inside the network",
            )
        try:
            return json.loads(output)
        except (ValueError, RecursionError):
            raise Unanswered("kubectl printed no JSON", "kubectl version") from None


class Unanswered(Exception):
    """A tool or a cluster is not there to be asked: why, and the next command."""

    def __init__(self, why: str, then: str) -> None:
        super().__init__(why)
        self.then = then


def has(situation: Situation, tool: str) -> bool:
    """True if the tool is in the PATH."""
    return shutil.which(tool, path=situation.environment.get("PATH", "")) is not None


def ask(situation: Situation, tool: str, *arguments: str) -> str | None:
    """What a tool prints, None if it fails. Raises `Unanswered` if it is not there. Only for commands that read."""
    found = shutil.which(tool, path=situation.environment.get("PATH", ""))
    if found is None:
        raise Unanswered(f"{tool} is not in the PATH", f"install {tool}")
    try:
        done = subprocess.run(
            [found, *arguments],
            # Terraform would ask HashiCorp for a newer version.
            env={**situation.environment, "CHECKPOINT_DISABLE": "1"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
            timeout=SECONDS,
        )
    except (OSError, subprocess.TimeoutExpired):
        raise Unanswered(f"{tool} did not come to an end", f"{tool} {printable(' '.join(arguments), 120)}") from None
    return done.stdout.decode("utf-8", "replace") if done.returncode == 0 else None
