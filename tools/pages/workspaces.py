"""docs/reference/workspaces.md: what each kind of workspace holds, and their order."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from hvn.kinds.kind import Kind
from hvn.kinds.registry import kinds
from pages.markdown import code, page, table
from pages.sample import Built


def made(sample: Sequence[Built], others: Sequence[Built]) -> str:
    """The page. What comes after what is taken from the `others` as well."""
    everywhere = by_kind([*sample, *others])
    after = {kind.title: _after(built) for kind, built in everywhere}
    rows = [
        [
            code(kind.title),
            kind.row.holds,
            kind.row.when,
            _listed(after[kind.title]),
            _listed(_providers(built)),
            kind.row.applied_from,
        ]
        for kind, built in everywhere
    ]
    head = ("workspace", "holds", "when", "after", "providers", "can be applied from")
    intro = (
        "The ids are a contract: state, pipelines and rights hang on them. `<spoke>` is the spoke's name in the "
        "file.\n`bin/hvn workspaces` lists those of your topology in their order. `after` names what must be "
        "applied before; what\nexists already has no workspace to come after."
    )
    details = ["## What is in them\n\nTypes and numbers in the sample, `config/topology.yaml`."]
    for kind, built in by_kind(sample):
        lines = [[code(type_), number] for type_, number in _types(built)]
        details.append(f"### `{kind.title}`\n\n{table(('type', 'number'), lines)}")
    return page(
        "Workspaces",
        "the sample, synthesized",
        intro,
        table(head, rows),
        f"## The order\n\n{_graph(after)}",
        *details,
    )


def by_kind(built: Iterable[Built]) -> list[tuple[Kind, list[Built]]]:
    """Return the workspaces of each kind, in the order of deployment."""
    all_built = list(built)
    return [(kind, [one for one in all_built if one.workspace.id.kind == kind.name]) for kind in kinds()]


def _after(built: Sequence[Built]) -> list[str]:
    """Return the kinds that this one comes after, in the order of deployment."""
    earlier = {id_.kind for one in built for id_ in one.workspace.after}
    return [kind.title for kind in kinds() if kind.name in earlier]


def _providers(found: Sequence[Built]) -> list[str]:
    return sorted({name for each in found for name in each.json["provider"]})


def _types(found: Sequence[Built]) -> Iterator[tuple[str, str]]:
    numbers: dict[str, dict[str, int]] = defaultdict(dict)
    for each in found:
        for section, prefix in (("resource", ""), ("data", "data.")):
            for type_, bodies in each.json.get(section, {}).items():
                numbers[f"{prefix}{type_}"][each.workspace.id] = len(bodies)
    for type_, by_workspace in sorted(numbers.items(), key=lambda item: (item[0].startswith("data."), item[0])):
        counts = {by_workspace.get(each.workspace.id, 0) for each in found}
        if len(counts) == 1:
            yield type_, str(counts.pop())
        else:
            yield type_, ", ".join(f"{number} in {id_}" for id_, number in sorted(by_workspace.items()))


def _graph(after: Mapping[str, Sequence[str]]) -> str:
    names = {kind: kind.removesuffix("-<spoke>").replace("-", "_") for kind in after}
    shared = sorted(names[kind] for kind in after if not kind.endswith("<spoke>"))
    lines = ["```mermaid", "flowchart LR"]
    lines += [f'  {names[kind]}["{kind.replace("<", "#lt;").replace(">", "#gt;")}"]' for kind in after]
    lines += [f"  {names[earlier]} --> {names[kind]}" for kind, before in after.items() for earlier in before]
    lines += [f"  class {','.join(shared)} shared", "  classDef shared stroke-width:3px", "```"]
    words = (
        "Thick borders: one for the whole network; the others: one for each spoke. `vso-<spoke>` comes after its own "
        "peering\nif the spoke is `direct`, after `peering-hub` if it is `via-hub`. In one run, workspaces that write "
        "to one VNet follow\none another, since Azure refuses two writes at once: to the hub's write `hub`, "
        "`peering-hub` and each `network-<spoke>`\nthat peers with it, to a spoke's its `network`, "
        "`peering` and `aks`. Two runs at once are not kept apart."
    )
    return "\n".join([*lines, "", words])


def _listed(names: Sequence[str]) -> str:
    return ", ".join(code(name) for name in names) or "nothing"
