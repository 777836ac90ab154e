"""docs/reference/rights.md: what an identity needs for each workspace, by the types that are in it."""

from collections import defaultdict
from collections.abc import Sequence
from collections.abc import Set as AbstractSet

from rights import SOURCES, TYPES, Grant, Place, needs

from hvn.check.load import Checked
from hvn.kinds.inputs import AppRole, Policy, VaultAuthInputs, VaultInputs
from hvn.topology.model import Topology
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


def made(built: Sequence[Built], checked: Checked) -> str:
    """The page. Raises LookupError for a type whose needs nobody has written down, and for needs that nothing has."""
    parts = [_state()]
    used: set[str] = set()
    for kind, found in by_kind(built).items():
        plan = _grants(found, "plan", checked.topology)
        apply = _grants(found, "apply", checked.topology)
        used |= {grant.source for grant, _ in [*plan, *apply]}
        parts += [f"## `{kind}`", "**To plan**", _rows(plan), "**To apply, besides**", _rows(apply)]
    _refuse_unused("".join(parts), used)
    links = "\n".join(f"[{name}]: {url}" for name, url in sorted(SOURCES.items()))
    return page("Rights by workspace", "tools/rights.py and the sample, synthesized", INTRO, NOTES, *parts, links)


def _state() -> str:
    return (
        f"## The state\n\n{table(('backend', 'to plan', 'to apply', 'mark'), STATE)}\n\nWhoever reads a state reads "
        "the secrets in it. The kubeconfig stands in that of `aks-<spoke>`, `vso-<spoke>`, `secrets-<spoke>` and, with "
        "`keys: issuer`, of\n`vault-auth-<spoke>`. More: [state](../how-to/state.md)."
    )


def _rows(grants: Sequence[tuple[Grant, list[str]]]) -> str:
    lines = [
        [grant.system, grant.right, grant.scope, ", ".join(of), grant.mark, f"[{grant.source}]"] for grant, of in grants
    ]
    return table(("system", "right", "where", "for", "mark", "source"), lines) if lines else "Nothing."


def _refuse_unused(text: str, used: AbstractSet[str]) -> None:
    names = {entry: entry.removesuffix(".kube_config").removesuffix(".own_role") for entry in TYPES}
    unused = sorted({entry for entry, name in names.items() if f"`{name}`" not in text} | (SOURCES.keys() - used))
    if unused:
        raise LookupError(f"nothing uses these of tools/rights.py: {', '.join(unused)}")


def _grants(found: Sequence[Built], phase: str, topology: Topology) -> list[tuple[Grant, list[str]]]:
    """Each grant once, with the types that need it; in an apply without what the plan has already."""
    wanted: dict[tuple[str, Grant], set[str]] = defaultdict(set)
    for each in found:
        for when, type_, grant in needs(_place(each, topology), each.json):
            wanted[when, grant].add(type_)
    rows = [
        (grant, sorted(of))
        for (when, grant), of in wanted.items()
        if when == phase and (phase == "plan" or ("plan", grant) not in wanted)
    ]
    return sorted(rows, key=lambda row: (row[0].system, row[0].right, row[0].scope))


def _place(each: Built, topology: Topology) -> Place:
    inputs = each.workspace.inputs
    mount, policies = "", ""
    if isinstance(inputs, VaultInputs):
        mount, policies = "ci-*", f"ci_{topology.name}_*".replace(topology.name, "<name>")
    if isinstance(inputs, VaultAuthInputs):
        spoke = str(each.workspace.spoke)
        mount = inputs.mount.replace(spoke, "<spoke>")
        policies = _prefix(inputs.roles, topology.name, spoke)
    return Place(kind=each.kind, mount=mount, policies=policies, kv="<kv_mount>")


def _prefix(roles: Sequence[AppRole], topology: str, spoke: str) -> str:
    """`<name>_<spoke>_*`, after a look at the names that the policies really have."""
    made: list[Policy] = [policy for role in roles for policy in (role.reader, role.writer)]
    begin = f"{topology}_{spoke}_"
    if not all(policy.name.startswith(begin) for policy in made):
        raise ValueError(f"policies of {spoke} are not named {begin}*")
    return "<name>_<spoke>_*"
