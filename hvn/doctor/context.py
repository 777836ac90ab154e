"""Define the argument of the checks of `hvn doctor`. The checks run tools such as kubectl through this module."""

import json
import pathlib
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from hvn.check.load import Checked
from hvn.diagnostics.message import Command, Message, Text
from hvn.kinds import common
from hvn.kinds.inputs import ClusterRef
from hvn.topology.model import AnyCluster

SECONDS = 20
"""The time limit of one run of a tool, in seconds."""
LINE_LENGTH = 600
"""The maximum number of characters that a finding shows of a text from a tool or a cluster."""


@dataclass(frozen=True, slots=True)
class Context:
    """The context of a check: the topology, the spokes to check, and the environment."""

    checked: Checked
    file: pathlib.Path
    spokes: tuple[str, ...]
    environment: Mapping[str, str]

    def clusters(self) -> Mapping[str, AnyCluster]:
        """Return the clusters of the checked spokes, by spoke."""
        spokes = self.checked.topology.spokes
        return {name: cluster for name in self.spokes if (cluster := spokes[name].cluster)}

    def kube_context(self, spoke: str) -> str:
        """Return the name of the kubectl context that `az aks get-credentials` creates: the cluster's name."""
        return self.cluster(spoke).cluster.name

    def credentials_command(self, spoke: str) -> Command:
        """Return the command that creates the spoke's kubectl context."""
        cluster = self.cluster(spoke).cluster
        return Command(f"az aks get-credentials -g {cluster.group.name} -n {cluster.name}")

    def cluster(self, name: str) -> ClusterRef:
        """Return the reference to the cluster of this spoke."""
        spoke = self.checked.topology.spokes[name]
        if spoke.cluster is None:
            raise LookupError(f"{name} has no cluster")
        return common.cluster_ref(self.checked.topology, name, spoke, spoke.cluster)

    def kubectl(self, spoke: str, *arguments: str) -> Any:
        """Return the JSON that kubectl prints in the context of this spoke's cluster.

        Raises `Unanswered` if kubectl or the context is missing, or the cluster does not answer.
        """
        name = self.kube_context(spoke)
        if ask(self, "kubectl", "config", "get-contexts", name, "-o", "name") is None:
            raise Unanswered(Message("kubectl has no context {context}", context=name), self.credentials_command(spoke))
        output, error = _run(self, "kubectl", "--context", name, "--request-timeout=10s", *arguments)
        if output is None:
            raise self._unanswered(spoke, error, arguments)
        try:
            return json.loads(output)
        except (ValueError, RecursionError):
            raise Unanswered(Message("kubectl printed no JSON"), Command("kubectl version")) from None

    def _unanswered(self, spoke: str, error: str, arguments: tuple[str, ...]) -> "Unanswered":
        """Return the reason why kubectl failed, and the next command for the user."""
        name = self.kube_context(spoke)
        if "doesn't have a resource type" in error:
            reason = Message("the operator is not installed in {context}: {error}", context=name, error=one_line(error))
            return Unanswered(reason, Command(f"bin/cdktf deploy vso-{spoke}"))
        answer = Message("the API server of {context} answered: {error}", context=name, error=one_line(error))
        if "Forbidden" in error or "forbidden" in error:
            return Unanswered(answer, Command(f"kubectl --context {name} auth can-i --list"))
        if "Unauthorized" in error or "must be logged in" in error:
            return Unanswered(answer, self.credentials_command(spoke))
        reason = Message("the API server of {context} did not answer", context=name)
        if error:
            reason = Message("{reason}: {error}", reason=reason, error=one_line(error))
        again = f"kubectl --context {name} {' '.join(arguments)} # from inside the network"
        return Unanswered(reason, Command(again))


class Unanswered(Exception):
    """Raised if a tool or a cluster does not return a usable answer. The exception contains the reason, and the next
    command for the user."""

    def __init__(self, reason: Message, command: Command) -> None:
        super().__init__(str(reason))
        self.reason = reason
        self.command = command


def has(context: Context, tool: str) -> bool:
    """Return True if the tool is in the PATH."""
    return shutil.which(tool, path=context.environment.get("PATH", "")) is not None


def ask(context: Context, tool: str, *arguments: str) -> str | None:
    """Run a tool with read-only arguments. Return the tool's output, or None if the tool fails.

    Raises `Unanswered` if the tool is not in the PATH or exceeds the time limit.
    """
    return _run(context, tool, *arguments)[0]


def one_line(text: str, limit: int = LINE_LENGTH) -> Text:
    """Return a tool's text on one line, with single spaces and at most `limit` characters."""
    line = " ".join(text.split())
    return Text(line if len(line) <= limit else f"{line[: limit - 1]}…")


def _run(context: Context, tool: str, *arguments: str) -> tuple[str | None, str]:
    """Return the tool's output and an empty text, or None and the last line of standard error if the tool fails."""
    program = shutil.which(tool, path=context.environment.get("PATH", ""))
    if program is None:
        raise Unanswered(Message("{tool} is not in the PATH", tool=tool), Command(f"install {tool}"))
    try:
        done = subprocess.run(
            [program, *arguments],
            # Without this variable, Terraform queries HashiCorp for a newer version.
            env={**context.environment, "CHECKPOINT_DISABLE": "1"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
            timeout=SECONDS,
        )
    except (OSError, subprocess.TimeoutExpired):
        reason = Message("{tool} did not exit within {seconds} seconds", tool=tool, seconds=SECONDS)
        raise Unanswered(reason, Command(f"{tool} {' '.join(arguments)}")) from None
    if done.returncode == 0:
        return done.stdout.decode("utf-8", "replace"), ""
    # kubectl does not print credentials to standard error (hvn/keys/from_cluster.py).
    lines = done.stderr.decode("utf-8", "replace").strip().splitlines()
    return None, lines[-1] if lines else ""
