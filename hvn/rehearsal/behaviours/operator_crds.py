"""A manifest needs its CRD, which the operator's chart installs. Only a running operator completes the deletion of a
manifest.

The kubernetes provider plans a manifest by the schema of its CRD: an unset field is known after apply. A change of
apiVersion, kind, name or namespace replaces the object. VSO puts finalizers on its resources, so a deletion never ends
if the operator does not run. Helm keeps the CRDs when the release is removed.

terraform-provider-kubernetes manifest/provider/plan.go; vault-secrets-operator controllers/common.go, chart/crds.
"""

from typing import Any

from hvn.rehearsal import crds
from hvn.rehearsal.behaviours import Change, Refusal
from hvn.rehearsal.wire import UNKNOWN

CHART = "vault-secrets-operator"
GROUP = "secrets.hashicorp.com"
VERSION = "v1beta1"
# chart/crds of 1.4.1
KINDS = {
    *("VaultConnection", "VaultAuth", "VaultAuthGlobal", "VaultStaticSecret", "VaultDynamicSecret", "VaultPKISecret"),
    *("SecretTransformation", "CSISecrets", "HCPAuth", "HCPVaultSecretsApp"),
}
# terraform-provider-kubernetes manifest/provider/plan.go (RequiresReplace)
IDENTITY = (("apiVersion",), ("kind",), ("metadata", "name"), ("metadata", "namespace"))
CRDS, RUNNING = "hvn:crds", "hvn:operator"


def install(change: Change) -> None:
    """Record that the operator's chart installed the CRDs, and that the operator runs."""
    if change.after["chart"] == CHART:
        change.cloud.put(CRDS, GROUP, {}, change.place)
        change.cloud.put(RUNNING, str(change.after["name"]), {}, change.place)


def plan_chart(change: Change) -> None:
    """Set the planned chart version of a release without a version."""
    if change.after["chart"] == CHART and change.after["version"] is UNKNOWN:
        change.after["version"] = crds.table()["version"]


def uninstall(change: Change) -> None:
    """Record that the operator no longer runs. The CRDs stay."""
    change.cloud.remove(RUNNING, str(change.before["name"]), change.place)


def plan(change: Change) -> None:
    """Refuse a manifest of a kind without a CRD. Plan the object of a manifest, and replace the object if its identity
    changes."""
    manifest = change.after["manifest"][1]
    group, _, version = str(manifest.get("apiVersion")).partition("/")
    known = change.cloud.get(CRDS, GROUP, change.place) is not None
    if group == GROUP and not (known and version == VERSION and manifest.get("kind") in KINDS):
        raise Refusal(
            "API did not recognize GroupVersionKind from manifest (CRD may not be installed)",
            f'no matches for kind "{manifest.get("kind")}" in group "{group}"',
        )
    change.after["object"] = crds.planned(change.after["manifest"], change.before)
    if change.before:
        earlier = change.before["manifest"][1]
        change.replaces += [
            ("manifest", *names) for names in IDENTITY if _member(earlier, names) != _member(manifest, names)
        ]


def create(change: Change) -> None:
    """Set the object of a new manifest. A custom resource of the operator needs the operator's Helm release."""
    update(change)
    group = str(change.after["manifest"][1].get("apiVersion")).partition("/")[0]
    operators = change.cloud.find("helm_release", change.place, chart=CHART)
    if group == GROUP and operators:
        change.need(*(("helm_release", str(release["id"])) for release in operators))


def update(change: Change) -> None:
    """Set the object of a changed manifest."""
    change.after["object"] = crds.applied(change.after["manifest"], change.after["object"])


def _member(manifest: Any, names: tuple[str, ...]) -> Any:
    for name in names:
        manifest = manifest.get(name) or {}
    return manifest


def delete(change: Change) -> None:
    """Refuse to delete a custom resource if the operator does not run, because the deletion would never end."""
    manifest: Any = change.before["manifest"][1]
    if GROUP in str(manifest.get("apiVersion")) and not change.cloud.find(RUNNING, change.place):
        name = manifest["metadata"]["name"]
        raise Refusal(
            f"Timed out when waiting for resource {name} to be deleted: context deadline exceeded",
            f"{manifest['kind']} {name} has a finalizer that only the operator removes, and the operator does not run",
        )


PLAN = {"helm_release": plan_chart, "kubernetes_manifest": plan}
CREATE = {"helm_release": install, "kubernetes_manifest": create}
UPDATE = {"helm_release": install, "kubernetes_manifest": update}
DELETE = {"helm_release": uninstall, "kubernetes_manifest": delete}
