"""docs/reference/rights.md: the rights that an identity needs for each workspace, by resource type."""

from collections import defaultdict
from collections.abc import Sequence

from rights import needs, of_kind

from hvn.kinds.kind import Kind
from hvn.kinds.rights import SOURCES, Grant
from pages.markdown import page, table
from pages.sample import Built
from pages.workspaces import by_kind

READER = "Reader"  # Reader on a scope covers every resource type in the scope
BLOBS = "Storage Blob Data Contributor on the container"
STATE = (
    ("`local`", "the files in `state/`", "the same", "S"),
    (
        "`azurerm`",
        f"{BLOBS}; for an existing state with `-lock=false` Storage Blob Data Reader",
        BLOBS,
        "I",
    ),
    ("`cloud`", "the permission Plan on the workspaces", "the permission Write", "U"),
)

INTRO = """\
This page lists the least rights that an identity needs to plan a workspace, and the additional rights to apply the
workspace. Azure entries list the resource types that need the right; Reader covers all types. **I** marks a right that
the source only implies, **U** a right without a source, **S** a sourced right. No right was tested with a live
subscription.
"""
NOTES = """
## How to read it

- By default, `hub` and `network-<spoke>` create their resource groups. Before the first apply, grant the rights on the
  subscription.
- For an existing VNet, zone or hub, grant the rights on the resource group of the existing resource.
- `network-<spoke>` writes the hub's half of the peering and the link in the DNS zone. Network Contributor on the hub's
  group also allows changes of the firewall. A custom role with only the actions below is sufficient.
- [A condition](../../examples/first-day/role-condition.txt) limits role assignments.
- By default, a plan locks the state. In Azure, HCP and Vault, a plan creates only the vault provider's short-lived
  token.
- Without Entra (`admin_groups`, `azure_rbac`), everyone who can list a cluster's user credentials is its administrator.
  With Entra, Kubernetes roles grant the rights in the cluster, and with `azure_rbac` also Azure roles.
"""


def made(built: Sequence[Built]) -> str:
    """Return the page. Raises `LookupError` for a type without rights, and for unused rights and sources."""
    parts = [_state()]
    used: set[str] = set()
    listed: dict[str, Kind] = {}
    plan_rows, apply_rows = Rows(), Rows()
    for kind, workspaces in by_kind(built):
        if same := listed.get(kind.rights):
            parts.append(f"## `{kind.title}`\n\nAs `{same.title}`, with the spoke's resources instead of the hub's.")
            continue
        listed[kind.rights] = kind
        plan, apply = _grants(kind, workspaces, "plan"), _grants(kind, workspaces, "apply")
        used |= {grant.source for grant, _ in [*plan, *apply]}
        text = [
            f"## `{kind.title}`",
            "**Plan**",
            plan_rows.of(kind, plan),
            "**Apply, in addition**",
            apply_rows.of(kind, apply),
        ]
        _refuse_unused(kind, {type_ for _, types in [*plan, *apply] for type_ in types})
        parts += text
    if unused := SOURCES.keys() - used:
        raise LookupError(f"unused sources in hvn/kinds/rights.py: {', '.join(sorted(unused))}")
    links = "\n".join(f"[{name}]: {url}" for name, url in sorted(SOURCES.items()))
    return page("Rights by workspace", "hvn/kinds/*/rights.py and the synthesized sample", INTRO, NOTES, *parts, links)


def _state() -> str:
    return (
        f"## The state\n\n{table(('backend', 'to plan', 'to apply', 'mark'), STATE)}\n\nEverybody who can read a "
        "state can read [its secrets](../how-to/state.md)."
    )


class Rows:
    """The lists of rights to plan, or to apply. If an earlier workspace has the same rights on a scope, the list refers
    to that workspace."""

    def __init__(self) -> None:
        self._earlier: dict[tuple[str, tuple[str, ...]], str] = {}

    def of(self, kind: Kind, grants: Sequence[tuple[Grant, list[str]]]) -> str:
        """Return a list of rights. An item lists all scopes with the same right, source and resource types."""
        by_scope: dict[str, list[tuple[Grant, list[str]]]] = defaultdict(list)
        for grant, types in grants:
            by_scope[f"{grant.system}, {grant.scope}"].append((grant, types))
        scopes: dict[tuple[str, ...], list[str]] = defaultdict(list)
        references: dict[str, list[str]] = defaultdict(list)
        for place, at_scope in by_scope.items():
            rights = tuple(f"{grant.right} {grant.source}" for grant, _ in at_scope)
            other = self._earlier.setdefault((place, rights), kind.title)
            if other != kind.title and rights != (f"{READER} roles",):
                references[other].append(at_scope[0][0].scope)
                continue
            for grant, types in at_scope:
                right = f"{grant.right}{_for_types(grant, types)} ({_source(grant)})"
                scopes[grant.system, right].append(grant.scope)
        lines = [f"{system}, {', '.join(where)}: {right}" for (system, right), where in scopes.items()]
        lines += [f"As in `{other}`: {'; '.join(where)}" for other, where in references.items()]
        return "\n\n".join(lines) or "Nothing."


def _for_types(grant: Grant, types: Sequence[str]) -> str:
    """Return the resource types that need the right, for Azure. The rights of other systems contain the objects."""
    return f", for {', '.join(types)}" if grant.system == "Azure" and grant.right != READER else ""


def _source(grant: Grant) -> str:
    """Return a link to the source. A mark before the link shows that the source does not state the right."""
    link = f"[source]({grant.source})" if "://" in grant.source else f"[{grant.source}]"
    return link if grant.mark == "S" else f"{grant.mark} {link}"


def _refuse_unused(kind: Kind, types: set[str]) -> None:
    names = {entry: entry.removesuffix(".kube_config").removesuffix(".own_role") for entry in of_kind(kind).needs}
    if unused := sorted(entry for entry, name in names.items() if f"`{name}`" not in types):
        raise LookupError(f"unused entries in {kind.rights}: {', '.join(unused)}")


def _grants(kind: Kind, built: Sequence[Built], phase: str) -> list[tuple[Grant, list[str]]]:
    """Return each grant only once, with the resource types that need it. The list for an apply omits the grants that a
    plan needs too.
    """
    types_by_grant: dict[tuple[str, Grant], set[str]] = defaultdict(set)
    for one in built:
        for when, type_, grant in needs(kind, one.json):
            types_by_grant[when, grant].add(type_)
    rows = [
        (grant, sorted(types))
        for (when, grant), types in types_by_grant.items()
        if when == phase and (phase == "plan" or ("plan", grant) not in types_by_grant)
    ]
    return sorted(rows, key=lambda row: (row[0].system, row[0].right, row[0].scope))
