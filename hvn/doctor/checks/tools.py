"""The tools that a deploy needs are there, and new enough."""

import json
from collections.abc import Iterator

from hvn.doctor.context import Situation, Unanswered, ask, has
from hvn.doctor.said import Said, fine, not_checked, wrong

# The oldest that does: docs/how-to/first-day.md.
TERRAFORM = (1, 6)

# Not needed to deploy: what they are for.
BESIDES = {
    "kubectl": "to look into clusters, and for `hvn keys pull --kubeconfig`",
    "helm": "to look at releases: Terraform brings its own",
    "az": "for the logins of people",
}


def check(situation: Situation) -> Iterator[Said]:
    """Terraform with its version; kubelogin where a cluster has Entra groups; the rest if it is there."""
    yield _terraform(situation)
    entra = [spoke for spoke, cluster in situation.clusters().items() if cluster.admin_groups]
    for tool in ("kubelogin", "az") if entra else ():
        if has(situation, tool):
            yield fine(tool, "in the PATH")
        else:
            install = f"install {tool}: the clusters of {', '.join(entra)} have Entra groups and no local accounts"
            yield wrong(tool, "not in the PATH", install)
    for tool, purpose in BESIDES.items():
        if tool == "az" and entra:
            continue
        if has(situation, tool):
            yield fine(tool, "in the PATH")
        else:
            yield not_checked(tool, "not in the PATH", f"install {tool} {purpose}")


def _terraform(situation: Situation) -> Said:
    try:
        output = ask(situation, "terraform", "version", "-json")
    except Unanswered as error:
        return wrong("terraform", str(error), f"install Terraform {_text(TERRAFORM)} or newer")
    try:
        version = str(json.loads(output or "")["terraform_version"])
        numbers = tuple(int(part) for part in version.split("-")[0].split(".")[:2])
    except (ValueError, KeyError, TypeError, RecursionError):
        return not_checked("terraform", "it does not say its version", "terraform version")
    if numbers < TERRAFORM:
        return wrong("terraform", f"version {version[:20]}", f"install Terraform {_text(TERRAFORM)} or newer")
    return fine("terraform", f"version {version[:20]}")


def _text(numbers: tuple[int, ...]) -> str:
    return ".".join(map(str, numbers))
