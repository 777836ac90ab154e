"""docs/reference/workspaces.md: what each kind of workspace holds, and their order."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from pages.markdown import code, page, table
from pages.sample import Built


class Kind(NamedTuple):
    """What is not in the code: what a kind of workspace holds, when there is one, and from where it can be applied."""

    holds: str
    when: str
    applied_from: str


KINDS = {
    "hcp": Kind(
        holds="the HVN and the private Vault cluster, both with `prevent_destroy`",
        when="unless `hvn.existing` and `vault.existing` are both true",
        applied_from="anywhere",
    ),
    "hub": Kind(
        holds=(
            "VNet, runners' subnet with a security group that lets nobody in, Azure Firewall with its policy, private "
            "DNS zone of AKS with the hub's link"
        ),
        when="unless the hub is `existing`",
        applied_from="anywhere",
    ),
    "peering-hub": Kind(
        holds="the HVN's peering with the hub, its route to the runners, one route for each transit pool",
        when="with `hub.vault_peering`",
        applied_from="anywhere",
    ),
    "vault": Kind(
        holds="the kv engine, with `prevent_destroy`; the logins of CI",
        when="always",
        applied_from="the network: Vault has no public endpoint",
    ),
    "network-<spoke>": Kind(
        holds="resource group, VNet, subnets, route table, both halves of the hub peering, DNS zone link",
        when="for every spoke",
        applied_from="anywhere",
    ),
    "peering-<spoke>": Kind(
        holds="the HVN's peering with the spoke, HCP's service principal and role there, the HVN's routes",
        when="for a spoke with `vault_route: direct`",
        applied_from="anywhere",
    ),
    "aks-<spoke>": Kind(
        holds="the private cluster, its identity, and what that may do",
        when="for a spoke with a cluster",
        applied_from="anywhere",
    ),
    "vault-auth-<spoke>": Kind(
        holds="the JWT mount; for each app a role, a policy to read and a policy to write",
        when="for a cluster with apps; held back until its public keys are committed, if `keys: pubkeys`",
        applied_from="the network: Vault has no public endpoint",
    ),
    "vso-<spoke>": Kind(
        holds="Vault Secrets Operator with its connection to Vault",
        when="for a cluster with apps",
        applied_from="the network: the cluster's API server is private",
    ),
    "secrets-<spoke>": Kind(
        holds="namespaces, service accounts, and for each app VaultAuth and VaultStaticSecret",
        when="for a cluster with apps; held back with `vault-auth-<spoke>`",
        applied_from="the network: the cluster's API server is private",
    ),
}
"""In the order of their deployment."""


def made(sample: Sequence[Built], others: Sequence[Built]) -> str:
    """The page. What comes after what is taken from the `others` as well."""
    kinds, everywhere = by_kind(sample), by_kind([*sample, *others])
    after = {kind: _after(found) for kind, found in everywhere.items()}
    rows = [
        [code(kind), words.holds, words.when, _listed(after[kind]), _listed(_providers(found)), words.applied_from]
        for (kind, found), words in zip(everywhere.items(), KINDS.values(), strict=True)
    ]
    head = ("workspace", "holds", "when", "after", "providers", "can be applied from")
    intro = (
        "The ids are a contract: state, pipelines and rights hang on them. `<spoke>` is the spoke's name in the "
        "file.\n`bin/hvn workspaces` lists those of your topology in their order. `after` names what must be "
        "applied before; what\nexists already has no workspace to come after."
    )
    details = ["## What is in them\n\nTypes and numbers in the sample, `config/topology.yaml`."]
    for kind, found in kinds.items():
        lines = [[code(type_), number] for type_, number in _types(found)]
        details.append(f"### `{kind}`\n\n{table(('type', 'number'), lines)}")
    return page(
        "Workspaces",
        "the sample, synthesized",
        intro,
        table(head, rows),
        f"## The order\n\n{_graph(after)}",
        *details,
    )


def by_kind(built: Iterable[Built]) -> dict[str, list[Built]]:
    """The workspaces of each kind, in the order of their deployment."""
    kinds: dict[str, list[Built]] = {kind: [] for kind in KINDS}
    for each in built:
        kinds[each.kind].append(each)
    return kinds


def _after(found: Sequence[Built]) -> list[str]:
    """Kinds that this one comes after, in the order of deployment."""
    kinds = set()
    for each in found:
        for id_ in each.workspace.after:
            spoke = each.workspace.spoke
            kinds.add(id_.removesuffix(f"-{spoke}") + "-<spoke>" if spoke and id_.endswith(f"-{spoke}") else id_)
    return [kind for kind in KINDS if kind in kinds]


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
