"""docs/reference/workspaces.md: the contents of each kind of workspace, and the deployment order."""

from collections.abc import Iterable, Mapping, Sequence

from hvn.kinds.kind import Kind
from hvn.kinds.registry import kinds
from pages.markdown import code, page, table
from pages.sample import Built


def made(built_workspaces: Sequence[Built]) -> str:
    """Return the page, with the providers and the dependencies of these workspaces."""
    everywhere = by_kind(built_workspaces)
    after = {kind.title: _after(built) for kind, built in everywhere}
    rows = [
        [
            code(kind.title),
            kind.row.holds,
            kind.row.when,
            _listed(_providers(built)),
            kind.row.applied_from,
        ]
        for kind, built in everywhere
    ]
    head = ("workspace", "holds", "when", "providers", "can be applied from")
    intro = (
        "Workspace ids are stable, because states and rights depend on them. `<spoke>` is the spoke's name. "
        "[Rights](rights.md)\nlists the resource types of each workspace."
    )
    return page(
        "Workspaces",
        "hvn/kinds/*/__init__.py and the synthesized sample",
        intro,
        table(head, rows),
        f"## Deployment order\n\n{_graph(after)}",
    )


def by_kind(built: Iterable[Built]) -> list[tuple[Kind, list[Built]]]:
    """Return the workspaces of each kind, in deployment order."""
    all_built = list(built)
    return [(kind, [one for one in all_built if one.workspace.id.kind == kind.name]) for kind in kinds()]


def _after(built: Sequence[Built]) -> list[str]:
    """Return the titles of the kinds on which these workspaces directly depend, in deployment order."""
    earlier = {id_.kind for one in built for id_ in one.workspace.after}
    return [kind.title for kind in kinds() if kind.name in earlier]


def _providers(built: Sequence[Built]) -> list[str]:
    return sorted({name for one in built for name in one.json["provider"]})


def _graph(after: Mapping[str, Sequence[str]]) -> str:
    names = {kind: kind.removesuffix("-<spoke>").replace("-", "_") for kind in after}
    shared = sorted(names[kind] for kind in after if not kind.endswith("<spoke>"))
    lines = ["```mermaid", "flowchart LR"]
    lines += [f'  {names[kind]}["{kind.replace("<", "#lt;").replace(">", "#gt;")}"]' for kind in after]
    lines += [f"  {names[earlier]} --> {names[kind]}" for kind, before in after.items() for earlier in before]
    lines += [f"  class {','.join(shared)} shared", "  classDef shared stroke-width:3px", "```"]
    notes = (
        "Workspaces with a thick border exist once, others once for each spoke. `vso-<spoke>` follows "
        "`peering-<spoke>` in a `direct`\nspoke, and `peering-hub` in a `via-hub` spoke.\n\n"
        "Azure refuses concurrent writes to a VNet, so workspaces that write to one VNet run one after another. `hub`, "
        "`peering-hub`\nand each `network-<spoke>` that peers with the hub write to the hub's VNet. `network`, "
        "`peering` and `aks` of a spoke write\nto the spoke's VNet. Do not start two runs at the same time."
    )
    return "\n".join([*lines, "", notes])


def _listed(names: Sequence[str]) -> str:
    return ", ".join(code(name) for name in names) or "nothing"
