"""The kubeconfig is readable by its owner alone: it holds the way into the clusters."""

import os
import pathlib
import shlex
import stat
from collections.abc import Iterator

from hvn.diagnostics.printable import printable
from hvn.doctor.context import Situation
from hvn.doctor.said import Said, fine, not_checked, wrong


def check(situation: Situation) -> Iterator[Said]:
    """Every file that kubectl would read."""
    home = situation.environment.get("HOME", "")
    default = str(pathlib.Path(home) / ".kube" / "config")
    files = [each for each in situation.environment.get("KUBECONFIG", "").split(os.pathsep) if each] or [default]
    for name in files:
        about = f"kubeconfig {printable(name, 120)}"
        try:
            mode = pathlib.Path(name).stat().st_mode
        except OSError:
            then = "az aks get-credentials -g GROUP -n CLUSTER"
            yield not_checked(about, "there is no such file", then)
            continue
        shown = f"mode {stat.S_IMODE(mode):04o}"
        if mode & (stat.S_IRWXG | stat.S_IRWXO):
            yield wrong(about, f"others may read or change it, {shown}", f"chmod 600 {shlex.quote(name)}")
        else:
            yield fine(about, shown)
