"""HVN704: check the permissions of the kubeconfig."""

import os
import pathlib
import shlex
import stat
from collections.abc import Iterator

from hvn.diagnostics.finding import Finding, Level, Message, Rule
from hvn.diagnostics.message import Command
from hvn.doctor.context import Context

RULE = Rule(
    id="HVN704",
    name="kubeconfig-mode",
    reports="The permissions of a kubeconfig allow access by users other than the owner.",
    why=(
        "a kubeconfig contains the clusters' credentials, or the command that fetches the credentials. Helm also "
        "warns about these permissions"
    ),
    fix="remove the permissions of group and others: chmod 600 FILE",
    example="$ ls -l ~/.kube/config\n-rw-r--r-- 1 ada ada 9716 .kube/config",
    see="https://kubernetes.io/docs/concepts/configuration/organize-cluster-access-kubeconfig/",
)


def check(context: Context) -> Iterator[Finding]:
    """Yield a finding for each kubeconfig that kubectl reads: whether its mode has permissions for other users."""
    home = context.environment.get("HOME", "")
    default = str(pathlib.Path(home) / ".kube" / "config")
    files = [name for name in context.environment.get("KUBECONFIG", "").split(os.pathsep) if name] or [default]
    for name in files:
        try:
            mode = pathlib.Path(name).stat().st_mode
        except OSError:
            yield Finding(
                rule=RULE,
                level=Level.NOT_CHECKED,
                message=Message("{file} does not exist", file=name),
                fix=Message("{command}", command=Command("az aks get-credentials -g GROUP -n CLUSTER")),
            )
            continue
        shown = f"{stat.S_IMODE(mode):04o}"
        if mode & (stat.S_IRWXG | stat.S_IRWXO):
            yield Finding(
                rule=RULE,
                message=Message("{file} has mode {mode}, with permissions for other users", file=name, mode=shown),
                fix=Message("{command}", command=Command(f"chmod 600 {shlex.quote(name)}")),
            )
        else:
            yield Finding(rule=RULE, level=Level.PASS, message=Message("{file} has mode {mode}", file=name, mode=shown))
