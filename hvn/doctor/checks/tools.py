"""HVN701: find the tools that a deploy needs."""

import json
from collections.abc import Iterator

from hvn.diagnostics.finding import Finding, Level, Message, Rule
from hvn.diagnostics.message import Command, Words
from hvn.doctor.context import Context, Unanswered, ask, has

# The oldest supported version of Terraform (docs/how-to/first-day.md).
TERRAFORM = (1, 6)
MINIMUM = ".".join(map(str, TERRAFORM))

RULE = Rule(
    id="HVN701",
    name="tools",
    reports="Terraform is missing or older than 1.6; or a cluster has Entra groups, and kubelogin "
    "or the Azure CLI is missing.",
    why=(
        "a deploy runs Terraform. A cluster with Entra groups has no local accounts: Terraform and kubectl "
        "log in through kubelogin with the login of the Azure CLI"
    ),
    fix="install or upgrade the tool, and add it to the PATH",
    example="$ terraform version\nTerraform v1.5.7",
    see="docs/how-to/first-day.md",
)

# Optional tools, and their use.
OPTIONAL = {
    "kubectl": "to read clusters, and for 'hvn keys pull --kubeconfig'",
    "helm": "to list releases; Terraform's provider contains its own Helm",
    "az": "to log in as a person",
}


def check(context: Context) -> Iterator[Finding]:
    """Yield a finding for Terraform and each optional tool, and for kubelogin and `az` if a cluster has Entra groups:
    whether the tool is installed."""
    yield _terraform(context)
    entra = [spoke for spoke, cluster in context.clusters().items() if context.cluster(spoke).entra]
    for tool in ("kubelogin", "az") if entra else ():
        if has(context, tool):
            yield _in_path(tool)
        else:
            yield Finding(
                rule=RULE,
                message=Message(
                    "{tool} is not in the PATH; the clusters of {spokes} need the tool", tool=tool, spokes=entra
                ),
                fix=Message("install {tool}", tool=tool),
            )
    for tool, purpose in OPTIONAL.items():
        if tool == "az" and entra:
            continue
        if has(context, tool):
            yield _in_path(tool)
        else:
            yield Finding(
                rule=RULE,
                level=Level.NOT_CHECKED,
                message=Message("{tool} is not in the PATH; a deploy does not need the tool", tool=tool),
                fix=Message("install {tool} {purpose}", tool=tool, purpose=Words(purpose)),
            )


def _in_path(tool: str) -> Finding:
    return Finding(rule=RULE, level=Level.PASS, message=Message("{tool} is in the PATH", tool=tool))


def _terraform(context: Context) -> Finding:
    install = Message("install Terraform {minimum} or newer", minimum=MINIMUM)
    try:
        output = ask(context, "terraform", "version", "-json")
    except Unanswered as error:
        return Finding(rule=RULE, message=error.reason, fix=install)
    try:
        version = str(json.loads(output or "")["terraform_version"])
        numbers = tuple(int(part) for part in version.split("-")[0].split(".")[:2])
    except (ValueError, KeyError, TypeError, RecursionError):
        return Finding(
            rule=RULE,
            level=Level.NOT_CHECKED,
            message=Message("terraform does not report its version"),
            fix=Message("{command}", command=Command("terraform version")),
        )
    if numbers < TERRAFORM:
        return Finding(
            rule=RULE,
            message=Message("Terraform {version} is older than {minimum}", version=version[:20], minimum=MINIMUM),
            fix=install,
        )
    return Finding(rule=RULE, level=Level.PASS, message=Message("Terraform {version}", version=version[:20]))
