"""HVN707: check that the service accounts of the apps exist."""

from collections.abc import Iterator

from hvn.diagnostics.finding import Finding, Level, Message, Rule
from hvn.diagnostics.message import Command
from hvn.doctor.context import Context, Unanswered

RULE = Rule(
    id="HVN707",
    name="service-accounts",
    reports="An app's service account does not exist in the namespace of its secrets.",
    why=(
        "Vault Secrets Operator requests a token of this service account, and looks for the account in the namespace "
        "of the secret, not of the VaultAuth"
    ),
    fix="bin/cdktf deploy secrets-SPOKE",
    example="$ kubectl -n app delete serviceaccount webapp",
    see="https://developer.hashicorp.com/vault/docs/deploy/kubernetes/vso/sources/vault",
)


def check(context: Context) -> Iterator[Finding]:
    """Yield a finding for each app: whether its service account exists in the namespace of its secrets."""
    for spoke, cluster in context.clusters().items():
        for name, app in cluster.apps.items():
            account = Message(
                "service account {account} of {app}",
                account=f"{app.namespace}/{app.service_account}",
                app=f"{spoke}/{name}",
            )
            yield _account(context, spoke, name, account)


def _account(context: Context, spoke: str, name: str, account: Message) -> Finding:
    path = ("spokes", spoke, "cluster", "apps", name)
    app = context.clusters()[spoke].apps[name]
    try:
        answer = context.kubectl(spoke, "get", "serviceaccounts", "-n", app.namespace, "-o", "json")
        names = {str(item["metadata"]["name"]) for item in answer["items"]}
    except Unanswered as error:
        reason, command = error.reason, error.command
    except (KeyError, TypeError):
        reason, command = Message("kubectl did not print a list of service accounts"), Command("kubectl version")
    else:
        if app.service_account in names:
            message = Message("{account} exists", account=account)
            return Finding(rule=RULE, level=Level.PASS, path=path, message=message)
        return Finding(
            rule=RULE,
            path=path,
            workspace=f"secrets-{spoke}",
            message=Message("{account} does not exist: the operator cannot log in", account=account),
            fix=Message("{command}", command=Command(f"bin/cdktf deploy secrets-{spoke}")),
        )
    return Finding(
        rule=RULE,
        level=Level.NOT_CHECKED,
        path=path,
        message=Message("{account}: {reason}", account=account, reason=reason),
        fix=Message("{command}", command=command),
    )
