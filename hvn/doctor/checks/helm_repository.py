"""HVN705: find the Helm repository of the operator's chart on this machine."""

import json
from collections.abc import Iterator

from hvn.diagnostics.finding import Finding, Level, Message, Rule
from hvn.diagnostics.message import Command
from hvn.doctor.context import Context, ask
from hvn.kinds.vso.inputs import VSO_REPOSITORY

RULE = Rule(
    id="HVN705",
    name="helm-repository",
    reports="Helm on this machine does not have the repository of the Vault Secrets Operator chart.",
    why=(
        "a manual helm command fails with `repo hashicorp not found`. Terraform does not need `helm repo add`, because "
        "the stack sets the URL of the repository"
    ),
    fix=f"helm repo add hashicorp {VSO_REPOSITORY}",
    example="$ helm show values hashicorp/vault-secrets-operator\nError: repo hashicorp not found",
    see="https://developer.hashicorp.com/vault/docs/deploy/kubernetes/vso/installation",
)

ADD = Message("{command}", command=Command(RULE.fix))


def check(context: Context) -> Iterator[Finding]:
    """Yield one finding: whether `helm repo list` lists the repository of the operator's chart."""
    output = ask(context, "helm", "repo", "list", "-o", "json")
    if output is None:  # `helm repo list` fails if Helm has no repository
        yield Finding(rule=RULE, message=Message("Helm has no repositories, and Terraform does not need them"), fix=ADD)
        return
    try:
        urls = {str(repository["url"]).rstrip("/") for repository in json.loads(output)}
    except (ValueError, KeyError, TypeError, RecursionError):
        yield Finding(
            rule=RULE,
            level=Level.NOT_CHECKED,
            message=Message("helm did not print a list of repositories"),
            fix=Message("{command}", command=Command("helm version")),
        )
        return
    if VSO_REPOSITORY in urls:
        yield Finding(rule=RULE, level=Level.PASS, message=Message("Helm has {url}", url=VSO_REPOSITORY))
    else:
        message = Message("Helm does not have {url}; Terraform does not need the repository", url=VSO_REPOSITORY)
        yield Finding(rule=RULE, message=message, fix=ADD)
