"""Each app's service account is in the namespace of its secrets: VSO looks for it there, not beside the VaultAuth."""

from collections.abc import Iterator

from hvn.doctor.context import Situation, Unanswered
from hvn.doctor.said import Said, fine, not_checked, wrong


def check(situation: Situation) -> Iterator[Said]:
    """By asking the cluster for the accounts of each namespace."""
    for spoke, cluster in situation.clusters().items():
        for name, app in cluster.apps.items():
            about = f"service account {app.namespace}/{app.service_account} of {spoke}/{name}"
            try:
                found = situation.kubectl(spoke, "get", "serviceaccounts", "-n", app.namespace, "-o", "json")
                there = {str(each["metadata"]["name"]) for each in found["items"]}
            except Unanswered as error:
                yield not_checked(about, str(error), error.then)
            except (KeyError, TypeError):
                yield not_checked(about, "kubectl printed another thing than a list", "kubectl version")
            else:
                if app.service_account in there:
                    yield fine(about, "there")
                else:
                    yield wrong(about, "not there: the operator cannot log in", f"bin/cdktf deploy secrets-{spoke}")
