"""docs/reference/rights.md: what an identity needs for each workspace, by the types that are in it."""

from collections import defaultdict
from collections.abc import Sequence

from rights import needs, of_kind

from hvn.kinds.kind import Kind
from hvn.kinds.rights import SOURCES, Grant
from pages.markdown import page, table
from pages.sample import Built
from pages.workspaces import by_kind

BLOBS = "Storage Blob Data Contributor on the container"
STATE = (
    ("`local`", "the files in `state/`", "the same", "S"),
    (
        "`azurerm`",
        f"{BLOBS}; a Storage Blob Data Reader can plan a state that is there, with `-lock=false`",
        BLOBS,
        "I",
    ),
    ("`cloud`", "the permission Plan on the workspaces", "the permission Write", "U"),
)

INTRO = (
    "What an identity needs to plan a workspace, and what to apply it besides. It is the least that is known to "
    "do; a row\nnames the types that need it and where that is written. Mark **S**: the source says so; **I**: "
    "concluded from it;\n**U**: not verified. Nothing of it was tried against a live subscription."
)
NOTES = """
## How to read it

- A workspace makes its own resource group (`hub`, `network-<spoke>`). Until the group is there, what is said of it has
  to be given on the subscription.
- Where a VNet, a zone or a hub exists already, its own resource group takes the place of the spoke's or the hub's.
- `network-<spoke>` writes in the hub: the hub's half of the peering, and the link in the DNS zone. Network Contributor
  on the hub's group would do, and could change the firewall too. A custom role does with less: on the hub's VNet
  `virtualNetworkPeerings/read`, `/write`, `/delete` and `peer/action`, on the zone `virtualNetworkLinks/read`, `/write`
  and `/delete`, with the reads of its operations.
- A condition on role assignments has two halves, one for `roleAssignments/write` and one for `/delete`:
  [the text](../how-to/first-day.md#3-identities-and-rights).
- A plan writes nothing in these clouds but the short-lived token that the vault provider makes of its own. It does
  lock the state.
- A plan of `peering-*` may wait: its data source waits up to 35 minutes for a peering that is not ACTIVE.
- Without Entra groups (`admin_groups`) whoever may list a cluster's user credentials is its administrator: the rows for
  Kubernetes are met. With Entra groups the rights in the cluster are Kubernetes' own roles, since Azure RBAC for
  Kubernetes is not turned on; a member of an admin group has all of them.
- Vault's own policies for CI are made from the topology file, with `*` for all spokes' mounts instead of one spoke's.
- Whoever may write roles and policies of Vault can give himself any right in that namespace; in `admin` that is the
  whole cluster: [login for CI](../how-to/ci-login.md).
"""


def made(built: Sequence[Built]) -> str:
    """Return the page. Raises `LookupError` for a type without rights, and for rights that nothing uses."""
    parts = [_state()]
    used: set[str] = set()
    for kind, workspaces in by_kind(built):
        plan, apply = _grants(kind, workspaces, "plan"), _grants(kind, workspaces, "apply")
        used |= {grant.source for grant, _ in [*plan, *apply]}
        text = [f"## `{kind.title}`", "**To plan**", _rows(plan), "**To apply, besides**", _rows(apply)]
        _refuse_unused(kind, "".join(text))
        parts += text
    if unused := SOURCES.keys() - used:
        raise LookupError(f"nothing uses these sources of hvn/kinds/rights.py: {', '.join(sorted(unused))}")
    links = "\n".join(f"[{name}]: {url}" for name, url in sorted(SOURCES.items()))
    return page("Rights by workspace", "hvn/kinds/*/rights.py and the sample, synthesized", INTRO, NOTES, *parts, links)


def _state() -> str:
    return (
        f"## The state\n\n{table(('backend', 'to plan', 'to apply', 'mark'), STATE)}\n\nWhoever reads a state reads "
        "the secrets in it. The kubeconfig stands in that of `aks-<spoke>`, `vso-<spoke>`, `secrets-<spoke>` and, with "
        "`keys: issuer`, of\n`vault-auth-<spoke>`. More: [state](../how-to/state.md)."
    )


def _rows(grants: Sequence[tuple[Grant, list[str]]]) -> str:
    lines = [
        [grant.system, grant.right, grant.scope, ", ".join(of), grant.mark, _source(grant.source)]
        for grant, of in grants
    ]
    return table(("system", "right", "where", "for", "mark", "source"), lines) if lines else "Nothing."


def _source(source: str) -> str:
    return f"[source]({source})" if "://" in source else f"[{source}]"


def _refuse_unused(kind: Kind, text: str) -> None:
    names = {entry: entry.removesuffix(".kube_config").removesuffix(".own_role") for entry in of_kind(kind).needs}
    if unused := sorted(entry for entry, name in names.items() if f"`{name}`" not in text):
        raise LookupError(f"nothing uses these of {kind.rights}: {', '.join(unused)}")


def _grants(kind: Kind, built: Sequence[Built], phase: str) -> list[tuple[Grant, list[str]]]:
    """Return each grant once, with the types that need it; for an apply without what the plan has already."""
    wanted: dict[tuple[str, Grant], set[str]] = defaultdict(set)
    for one in built:
        for when, type_, grant in needs(kind, one.json):
            wanted[when, grant].add(type_)
    rows = [
        (grant, sorted(types))
        for (when, grant), types in wanted.items()
        if when == phase and (phase == "plan" or ("plan", grant) not in wanted)
    ]
    return sorted(rows, key=lambda row: (row[0].system, row[0].right, row[0].scope))
