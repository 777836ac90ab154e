"""Where `hvn doctor` stands: the topology, the spokes that were asked for, the environment, and the tools around."""

import json
import pathlib
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from hvn.check.load import Checked
from hvn.diagnostics.printable import printable
from hvn.topology import locations
from hvn.topology.model import Cluster

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
        return locations.spoke_cluster(self.checked.topology, spoke, given).name

    def credentials_command(self, spoke: str) -> str:
        """What makes that context."""
        given = self.checked.topology.spokes[spoke]
        if given.cluster is None:
            raise LookupError(f"{spoke} has no cluster")
        cluster = locations.spoke_cluster(self.checked.topology, spoke, given)
        return f"az aks get-credentials -g {cluster.group.name} -n {cluster.name}"

    def kubectl(self, spoke: str, *arguments: str) -> Any:
        """The JSON that kubectl prints for this spoke's cluster, by the context of its name. Raises `Unanswered`."""
        if ask(self, "kubectl", "config", "get-contexts", self.context(spoke), "-o", "name") is None:
            raise Unanswered(f"there is no context {self.context(spoke)}", self.credentials_command(spoke))
        output, said = _run(self, "kubectl", "--context", self.context(spoke), "--request-timeout=10s", *arguments)
        if output is None:
            raise self._unanswered(spoke, said, arguments)
        try:
            return json.loads(output)
        except (ValueError, RecursionError):
            raise Unanswered("kubectl printed no JSON", "kubectl version") from None

    def _unanswered(self, spoke: str, said: str, arguments: tuple[str, ...]) -> "Unanswered":
        """What kubectl says of a failure: an API server that refuses has answered."""
        context = self.context(spoke)
        if "doesn't have a resource type" in said:
            return Unanswered(f"{context} says: {said}: the operator is not there", f"bin/cdktf deploy vso-{spoke}")
        if "Forbidden" in said or "forbidden" in said:
            return Unanswered(f"{context} says: {said}", f"kubectl --context {context} auth can-i --list")
        if "Unauthorized" in said or "must be logged in" in said:
            return Unanswered(f"{context} says: {said}", self.credentials_command(spoke))
        then = f"kubectl --context {context} {' '.join(arguments)} # from inside the network"
        return Unanswered(f"the API server of {context} gave no answer{f': {said}' if said else ''}", then)


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
    return _run(situation, tool, *arguments)[0]


def _run(situation: Situation, tool: str, *arguments: str) -> tuple[str | None, str]:
    """What a tool prints, None if it fails, and the last line of its complaints."""
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
    if done.returncode == 0:
        return done.stdout.decode("utf-8", "replace"), ""
    # kubectl prints no credentials there (hvn/keys/from_cluster.py).
    lines = done.stderr.decode("utf-8", "replace").strip().splitlines()
    return None, printable(lines[-1], 300) if lines else ""
