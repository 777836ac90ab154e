"""The VaultConnection and each app's VaultAuth are there, and the operator takes them: without them nobody logs in."""

from collections.abc import Iterator

from hvn.diagnostics.printable import printable
from hvn.doctor.context import Situation, Unanswered
from hvn.doctor.said import Said, fine, not_checked, wrong
from hvn.doctor.symptoms import OTHER, translate
from hvn.topology.naming import VSO_NAMESPACE


def check(situation: Situation) -> Iterator[Said]:
    """By their `status.valid`. A VaultConnection is pinged, of a VaultAuth only what it refers to is looked at.

    vault-secrets-operator v1.4.1, vaultconnection_controller.go and vaultauth_controller.go.
    """
    for spoke, cluster in situation.clusters().items():
        if not cluster.apps:
            continue
        about = f"VaultConnection {VSO_NAMESPACE}/default of {spoke}"
        yield _said(
            situation, about, spoke, "vaultconnections", VSO_NAMESPACE, "default", f"bin/cdktf deploy vso-{spoke}"
        )
        for name, app in cluster.apps.items():
            about = f"VaultAuth {app.namespace}/{name} of {spoke}"
            yield _said(situation, about, spoke, "vaultauths", app.namespace, name, f"bin/cdktf deploy secrets-{spoke}")


def _said(situation: Situation, about: str, spoke: str, kind: str, namespace: str, name: str, deploy: str) -> Said:
    try:
        found = situation.kubectl(spoke, "get", kind, "-n", namespace, "-o", "json")
        ours = next((each for each in found["items"] if each["metadata"]["name"] == name), None)
        if ours is None:
            return wrong(about, "not there", deploy)
        status = ours.get("status") or {}
        valid, conditions = status.get("valid"), status.get("conditions") or []
        refused = [str(each.get("message") or "") for each in conditions if each.get("status") == "False"]
    except Unanswered as error:
        return not_checked(about, str(error), error.then)
    except (KeyError, TypeError, AttributeError):
        return not_checked(about, "the cluster's answer has another form", "kubectl version")
    if valid is True:
        return fine(about, "valid")
    context = situation.context(spoke)
    if valid is None:
        then = f"kubectl --context {context} -n {VSO_NAMESPACE} get pods"
        return not_checked(about, "the operator has not looked at it yet: is it running?", then)
    text = str(status.get("error") or next(filter(None, refused), ""))
    symptom = translate(text)
    if symptom is OTHER:
        then = f"kubectl --context {context} -n {namespace} describe {kind} {name}"
        return wrong(about, f"not valid: {printable(text, 300)}" if text else "not valid, and nothing says why", then)
    then = symptom.then.replace("{context}", context).replace("{namespace}", namespace).replace("{spoke}", spoke)
    return wrong(about, f"not valid: {printable(text, 300)}: {symptom.cause}", then)
