"""Makes the pages of docs/reference that say what the code says: rules, fields, workspaces, commands, rights.

    tools/docs.py --write    write them
    tools/docs.py --check    exit 1 if one of them is not what would be written

Everything is read from the code itself, or from synthesis into a temporary folder; what only a person can say stands
here, by name, and a name without its sentence stops the program.
"""

import argparse
import dataclasses
import difflib
import importlib
import inspect
import json
import pathlib
import pkgutil
import sys
import tempfile
import types
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Annotated, Any, Literal, NamedTuple, Union, get_args, get_origin

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

import click  # noqa: E402
import login_page  # noqa: E402
import onboarding_page  # noqa: E402
import rehearsal_page  # noqa: E402
from click.testing import CliRunner  # noqa: E402
from pydantic import BaseModel  # noqa: E402
from pydantic.fields import FieldInfo  # noqa: E402
from rights import SOURCES, TYPES, Grant, Place, needs  # noqa: E402

import hvn.keys  # noqa: E402
import hvn.topology  # noqa: E402
import main as app  # noqa: E402
import stacks.bindings  # noqa: E402, F401 - before anything of cdktf is imported
from hvn import cdktf  # noqa: E402
from hvn.cli import cli  # noqa: E402
from hvn.topology import model, rules  # noqa: E402
from hvn.topology.fields import Address, Range, Text  # noqa: E402
from hvn.topology.finding import Finding, Rule  # noqa: E402
from hvn.topology.inputs import AppRole, Policy, VaultAuthInputs, VaultInputs  # noqa: E402
from hvn.topology.load import Checked, require  # noqa: E402
from hvn.topology.model import Ci, GithubCi, HcpTerraformCi, Topology, VaultLogin  # noqa: E402
from hvn.topology.workspaces import Workspace  # noqa: E402

FOLDER = ROOT / "docs" / "reference"
SAMPLE = ROOT / "config" / "topology.yaml"


# --- words that are not in the code

RULE_GROUPS = {
    "0": "The file itself: YAML, text, shape",
    "1": "Ranges and addresses",
    "2": "Names and tags",
    "3": "References, and what exists already",
    "4": "Routing",
    "5": "Clusters",
    "6": "Vault and the apps",
    "8": "A cluster's keys, by `bin/hvn keys check`",
}

# Rules that have no module of their own.
WHAT = {
    "yaml-syntax": "text that is not YAML",
    "yaml-encoding": "what is no text in UTF-8: other bytes, a byte order mark, control characters",
    "yaml-duplicate-key": "a key that stands twice in one mapping",
    "yaml-ambiguous-value": "unquoted values that YAML readers take for different things: `no`, `010`, `1:30`, `1.30`",
    "yaml-anchor": "anchors, aliases and merge keys",
    "yaml-tag": "tags such as `!!binary`",
    "yaml-too-large": "more than 8 MiB, 200,000 nodes or 20 levels",
    "yaml-not-a-mapping": "an empty file, a list, several documents, a line that begins with `%`",
    "yaml-key": "a key that is no name: empty, a number, a list, longer than 128 characters",
    "text-control": "characters in a text that nobody sees",
    "text-interpolation": "`${`, `%{` and cdktf's own marks in a text",
    "text-blank": "a quoted text that begins or ends with a blank",
    "unknown-key": "a key that the model does not know",
    "missing-key": "a key that must be there",
    "wrong-type": "a value of another kind: a number for a text, a text for a list",
    "wrong-value": "a value of the right kind that does not fit its field",
    "kubernetes-auth": "Vault's `kubernetes` auth method, asked for below a cluster in whatever words",
    "acceptance": "a comment `# hvn: allow …` without a reason, for an error, or not understood",
    "unused-acceptance": "a comment `# hvn: allow …` on a line that has no such warning",
    "jwks": (
        "`config/jwks/<spoke>.json`: no JSON, no key set, private keys, keys of a kind that is not supported, two keys "
        "with one id"
    ),
    "key-unknown-to-vault": "a key that the cluster has and the committed file has not",
    "key-gone-from-cluster": "a committed key that the cluster no longer has: not noted yet, or since 24 hours",
    "issuer-changed": "a cluster whose issuer is another one than the committed",
    "keys-not-committed": "a cluster whose keys were never committed",
    "key-waits-to-go": "a committed key that the cluster no longer has, since less than 24 hours",
    "jwks-missing": "apps of a cluster whose `config/jwks/<spoke>.json` is not there yet",
    "jwks-shared": "two files with the same key",
    "jwks-issuer": "an issuer that no AKS cluster of the region and tenant has",
}

WHEN = {
    "hcp": "unless `hvn.existing` and `vault.existing` are both true",
    "hub": "unless the hub is `existing`",
    "peering-hub": "with `hub.vault_peering`",
    "vault": "always",
    "network-<spoke>": "for every spoke",
    "peering-<spoke>": "for a spoke with `vault_path: direct`",
    "aks-<spoke>": "for a spoke with a cluster",
    "vault-auth-<spoke>": "for a cluster with apps; held back until its public keys are committed, if `keys: pubkeys`",
    "vso-<spoke>": "for a cluster with apps",
    "secrets-<spoke>": "for a cluster with apps; held back with `vault-auth-<spoke>`",
}

HOLDS = {
    "hcp": "the HVN and the private Vault cluster, both with `prevent_destroy`",
    "hub": (
        "VNet, runners' subnet with a security group that lets nobody in, Azure Firewall with its policy, private DNS "
        "zone of AKS with the hub's link"
    ),
    "peering-hub": "the HVN's peering with the hub, its route to the runners, one route for each transit pool",
    "vault": "the kv engine, with `prevent_destroy`; the logins of CI",
    "network-<spoke>": "resource group, VNet, subnets, route table, both halves of the hub peering, DNS zone link",
    "peering-<spoke>": "the HVN's peering with the spoke, HCP's service principal and role there, the HVN's routes",
    "aks-<spoke>": "the private cluster, its identity, and what that may do",
    "vault-auth-<spoke>": "the JWT mount; for each app a role, a policy to read and a policy to write",
    "vso-<spoke>": "Vault Secrets Operator with its connection to Vault",
    "secrets-<spoke>": "namespaces, service accounts, and for each app VaultAuth and VaultStaticSecret",
}

FROM = {
    "hcp": "anywhere",
    "hub": "anywhere",
    "peering-hub": "anywhere",
    "vault": "the network: Vault has no public endpoint",
    "network-<spoke>": "anywhere",
    "peering-<spoke>": "anywhere",
    "aks-<spoke>": "anywhere",
    "vault-auth-<spoke>": "the network: Vault has no public endpoint",
    "vso-<spoke>": "the network: the cluster's API server is private",
    "secrets-<spoke>": "the network: the cluster's API server is private",
}

FINDING_KEYS = {
    "file": "the file, as it was named",
    "line": "line, from 1",
    "column": "column, from 1, in characters",
    "end_line": "line of the end",
    "end_column": "column of the end, exclusive",
    "level": "`error` or `warning`; only an error makes a command exit 1",
    "id": "the rule's id, `HVN` and three digits",
    "name": "the rule's name",
    "path": "where the value stands: `spokes.payments.cidr`, list items as `cidrs[0]`",
    "message": "what is wrong",
    "why": "why it matters",
    "fix": "what to do",
    "see": "a page that states the fact: a URL, or a page of this project",
}

WORKSPACE_KEYS = {
    "id": "the workspace's id",
    "spoke": "its spoke, or null",
    "after": "the workspaces that come before it",
    "held_back": "why it is not built, or null",
    "resources": "how many resources it holds, or null if it was not synthesized",
    "data_sources": "how many data sources",
}

DOCTOR_KEYS = {
    "check": "the check's name, its file in hvn/doctor/checks",
    "state": "`fine`, `wrong` or `not checked`",
    "about": "what was looked at",
    "message": "what was found; never the value of a credential",
    "next": "the next command or step; empty if it is fine",
}


# --- helpers


def page(title: str, made_from: str, *parts: str) -> str:
    """A page in Markdown that says where it comes from."""
    note = f"<!-- Made by tools/docs.py from {made_from}. Change it there, then run tools/docs.py --write. -->"
    return "\n\n".join([f"# {title}", note, *(part.strip("\n") for part in parts)]) + "\n"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table in Markdown, not wrapped."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(_cell(text) for text in line)} |" for line in lines)


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", r"\|")


def code(text: str) -> str:
    """Text as code, if there is any."""
    return f"`{text}`" if text else ""


def first_line(docstring: str | None) -> str:
    """The first paragraph of a docstring on one line."""
    return " ".join((docstring or "").strip().split("\n\n")[0].split())


# --- rules


def all_rules() -> dict[str, tuple[Rule, types.ModuleType]]:
    """Every rule there is, by id, with the module that has it."""
    found: dict[str, tuple[Rule, types.ModuleType]] = {}
    packages = [(hvn.topology.__path__, "hvn.topology."), (hvn.keys.__path__, "hvn.keys.")]
    for info in (each for path, prefix in packages for each in pkgutil.walk_packages(path, prefix)):
        module = importlib.import_module(info.name)
        for value in vars(module).values():
            if isinstance(value, Rule):
                # A rule that a module imports is that of the module whose text has it.
                if value.id in found and f'"{value.id}"' not in inspect.getsource(module):
                    continue
                found[value.id] = (value, module)
    return dict(sorted(found.items()))


def rules_page() -> str:
    """docs/reference/rules.md."""
    groups: dict[str, list[list[str]]] = defaultdict(list)
    for id_, (rule, module) in all_rules().items():
        see = f"[source]({rule.see})" if "://" in rule.see else f"[here](../{rule.see.removeprefix('docs/')})"
        groups[id_[3]].append([code(id_), code(rule.name), rule.level.value, _what(rule, module), rule.why, see])
    head = ("id", "name", "level", "what", "why", "see")
    parts = [f"## {RULE_GROUPS[group]}\n\n{table(head, rows)}" for group, rows in sorted(groups.items())]
    intro = (
        "What `bin/hvn check` looks for. Every finding has an id and a name; neither is used again for another "
        "meaning.\nAn error makes a command exit 1, a warning does not. All findings of a file are told at once."
    )
    return page("Rules", "the rules in hvn/topology", intro, *parts)


def _what(rule: Rule, module: types.ModuleType) -> str:
    if module.__name__.startswith(f"{rules.__name__}."):
        what = first_line(module.__doc__).removeprefix(f"{rule.id}: ")
        return f"{what} {first_line(vars(module)['check'].__doc__)}"
    return WHAT[rule.name]


# --- the topology file


class Kind(NamedTuple):
    """What a field takes, in words; an example; and the models inside it, each with what is put behind the path."""

    words: str
    example: str = ""
    inner: tuple[tuple[str, type[BaseModel]], ...] = ()


# Names for the keys of mappings, and for the alternatives of unions.
KEYS = {"spokes": "<spoke>", "apps": "<app>", "subnets": "<subnet>", "address_pools": "<pool>", "tags": "<tag>"}
ALTERNATIVES: Mapping[type[BaseModel], str] = {
    model.NewHub: " (new)",
    model.ExistingHub: " (existing)",
    model.LocalState: " (backend: local)",
    model.AzurermState: " (backend: azurerm)",
    model.CloudState: " (backend: cloud)",
    model.ScheduledUpgrade: " (type: SCHEDULED)",
    model.OtherUpgrade: " (type: AUTOMATIC or MANUAL)",
}


def topology_page() -> str:
    """docs/reference/topology.md."""
    intro = (
        "Every field of `config/topology.yaml`. The file is strict YAML: no anchors, no tags, unknown keys are "
        "errors, and what\nYAML readers disagree about has to be quoted. Editors complete it with "
        "`config/topology.schema.json`. What several fields\nmust be together is in [rules](rules.md)."
    )
    sections = dict.fromkeys(_sections(Topology, ""))  # hub.vault_peering stands in both kinds of hub
    return page("The topology file", "the model in hvn/topology/model.py", intro, *sections)


def _sections(type_: type[BaseModel], path: str, title: str = "") -> Iterator[str]:
    rows = []
    inside: list[tuple[str, str, type[BaseModel]]] = []
    for name, field in type_.model_fields.items():
        at = f"{path}.{name}" if path else name
        kind = _kind(field.annotation, field.metadata, name)
        rows.append([code(name), kind.words, _default(field), field.description or "", code(kind.example)])
        inside += [
            (f"{at}{behind}", f"`{at}{behind}`{ALTERNATIVES.get(each, '')}", each) for behind, each in kind.inner
        ]
    head = ("key", "type", "default", "meaning", "example")
    yield f"## {title or 'The whole file'}\n\n{inspect.cleandoc(type_.__doc__ or '')}\n\n{table(head, rows)}"
    for at, heading, each in inside:
        yield from _sections(each, at, heading)


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "**required**"
    value = field.default
    if isinstance(value, BaseModel):
        return "its own defaults"
    if value is None or value == () or value == {}:
        return "none"
    if isinstance(value, bool):
        return code(str(value).lower())
    if isinstance(value, tuple):
        return ", ".join(code(str(each)) for each in value)
    return code(str(value))


def _kind(annotation: Any, metadata: Sequence[Any], name: str) -> Kind:
    """The words for one annotation. Unknown forms stop the program: a field must not be passed over."""
    for mark in metadata:
        if isinstance(mark, Text):
            return Kind(mark.rule, mark.example)
        if isinstance(mark, Range):
            return Kind("an IPv4 range", "10.64.0.0/16")
        if isinstance(mark, Address):
            return Kind("an IPv4 address", "10.0.0.4")
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return _kind(arguments[0], arguments[1:], name)
    if origin is Literal:
        return Kind(" · ".join(code(str(each)) for each in arguments))
    if origin in (Union, types.UnionType):
        return _union([each for each in arguments if each is not type(None)], name)
    if origin is tuple:
        inner = _kind(arguments[0], (), name)
        return Kind(f"a list: {inner.words}", inner.example, tuple((f"[]{at}", each) for at, each in inner.inner))
    if origin is Mapping:
        key, value = _kind(arguments[0], (), name), _kind(arguments[1], (), name)
        inside = tuple((f".{KEYS[name]}{at}", each) for at, each in value.inner)
        return Kind(f"a mapping: {key.words} → {value.words}", "" if inside else value.example, inside)
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return Kind("a mapping, below", "", (("", annotation),))
    if annotation is bool:
        return Kind("`true` or `false`")
    if annotation is int:
        bounds = {type(mark).__name__: mark for mark in metadata}
        return Kind(f"a whole number, {bounds['Ge'].ge} to {bounds['Le'].le}")
    raise TypeError(f"{name}: no words for {annotation}")


def _union(members: Sequence[Any], name: str) -> Kind:
    kinds = [_kind(each, (), name) for each in members]
    if len(kinds) == 1:
        return kinds[0]
    return Kind("a mapping, below: one of several", "", tuple(inner for kind in kinds for inner in kind.inner))


# --- workspaces


class Built(NamedTuple):
    """A workspace and the JSON that was synthesized for it."""

    workspace: Workspace
    json: Mapping[str, Any]

    @property
    def kind(self) -> str:
        """`network-<spoke>` for `network-payments`."""
        spoke = self.workspace.spoke
        return self.workspace.id.removesuffix(f"-{spoke}") + "-<spoke>" if spoke else self.workspace.id


def synthesized(checked: Checked) -> list[Built]:
    """All workspaces of a topology, in their order."""
    wanted = [each for each in checked.workspaces() if each.inputs]
    with tempfile.TemporaryDirectory() as output:
        app.synthesize(wanted, output)
        stacks = pathlib.Path(output) / "stacks"
        return [Built(each, json.loads((stacks / each.id / "cdk.tf.json").read_text())) for each in wanted]


def by_kind(built: Iterable[Built]) -> dict[str, list[Built]]:
    """The workspaces of each kind, in the order of their deployment."""
    kinds: dict[str, list[Built]] = {kind: [] for kind in HOLDS}
    for each in built:
        kinds[each.kind].append(each)
    return kinds


def variants(checked: Checked) -> Iterator[Checked]:
    """The sample as other teams would have it, so that every type and every order appears.

    Entra groups, issuer keys, CI, an HCP project that is not named, a cluster behind the hub.
    """
    given = checked.topology
    groups = ("88888888-8888-4888-8888-888888888888",)
    cluster = next(spoke.cluster for spoke in given.spokes.values() if spoke.cluster)
    spokes = {
        name: spoke.model_copy(
            update={
                "cluster": (spoke.cluster or cluster).model_copy(
                    update={"admin_groups": groups, "vault_login": VaultLogin(keys="issuer")}
                )
            }
        )
        for name, spoke in given.spokes.items()
    }
    ci = Ci(
        github=GithubCi(
            audience="https://github.com/example-org",
            subject_prefix="repo:example-org@1234/platform@5678",
            apply=("environment:production",),
        ),
        hcp_terraform=HcpTerraformCi(organization="example-org", project="platform"),
    )
    update = {
        "spokes": spokes,
        "vault": given.vault.model_copy(update={"ci": ci}),
        "hvn": given.hvn.model_copy(update={"project_id": None}),
    }
    yield Checked(given.model_copy(update=update), checked.keys)


def workspaces_page(sample: Sequence[Built], others: Sequence[Built]) -> str:
    """docs/reference/workspaces.md. What comes after what is taken from the `others` as well."""
    kinds, everywhere = by_kind(sample), by_kind([*sample, *others])
    after = {kind: _after(found) for kind, found in everywhere.items()}
    rows = [
        [code(kind), HOLDS[kind], WHEN[kind], _listed(after[kind]), _listed(_providers(found)), FROM[kind]]
        for kind, found in everywhere.items()
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


def _after(found: Sequence[Built]) -> list[str]:
    """Kinds that this one comes after, in the order of deployment."""
    kinds = set()
    for each in found:
        for id_ in each.workspace.after:
            spoke = each.workspace.spoke
            kinds.add(id_.removesuffix(f"-{spoke}") + "-<spoke>" if spoke and id_.endswith(f"-{spoke}") else id_)
    return [kind for kind in HOLDS if kind in kinds]


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


# --- rights


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


def rights_page(built: Sequence[Built], checked: Checked) -> str:
    """docs/reference/rights.md. Stops if a type is used whose needs nobody has written down."""
    intro = (
        "What an identity needs to plan a workspace, and what to apply it besides. It is the least that is known to "
        "do; a row\nnames the types that need it and where that is written. Mark **S**: the source says so; **I**: "
        "concluded from it;\n**U**: not verified. Nothing of it was tried against a live subscription."
    )
    notes = """
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
    state = (
        f"## The state\n\n{table(('backend', 'to plan', 'to apply', 'mark'), STATE)}\n\nWhoever reads a state reads "
        "the secrets in it. The kubeconfig stands in that of `aks-<spoke>`, `vso-<spoke>`, `secrets-<spoke>` and, with "
        "`keys: issuer`, of\n`vault-auth-<spoke>`. More: [state](../how-to/state.md)."
    )
    parts = [state]
    used: set[str] = set()
    for kind, found in by_kind(built).items():
        for phase, title in (("plan", "To plan"), ("apply", "To apply, besides")):
            rows = _grants(found, phase, checked.topology)
            used |= {grant.source for grant, _ in rows}
            lines = [
                [grant.system, grant.right, grant.scope, ", ".join(of), grant.mark, f"[{grant.source}]"]
                for grant, of in rows
            ]
            text = table(("system", "right", "where", "for", "mark", "source"), lines) if lines else "Nothing."
            parts.append(f"## `{kind}`\n\n**{title}**\n\n{text}" if phase == "plan" else f"**{title}**\n\n{text}")
    links = "\n".join(f"[{name}]: {url}" for name, url in sorted(SOURCES.items()) if name in used)
    text = "".join(parts)
    stale = [
        type_ for type_ in TYPES if f"`{type_.removesuffix('.kube_config').removesuffix('.own_role')}`" not in text
    ]
    if stale or used != SOURCES.keys():
        raise LookupError(
            f"nothing uses these of tools/rights.py: {', '.join([*stale, *sorted(SOURCES.keys() - used)])}"
        )
    return page("Rights by workspace", "tools/rights.py and the sample, synthesized", intro, notes, *parts, links)


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


# --- commands


def commands_page() -> str:
    """docs/reference/commands.md."""
    intro = (
        "`bin/hvn` reads the topology file and says what it means; none of its commands needs a credential or loads "
        "cdktf.\n`bin/cdktf` is cdktf-cli, which builds only the workspaces that are named. Both run from any folder, "
        "in the project's\nown virtualenv."
    )
    parts = [f"## `{name}`\n\n```text\n{text}\n```" for name, text in _helps(cli, "hvn")]
    shell = f"## `cdktf`\n\n```text\n{inspect.cleandoc(cdktf.__doc__ or '')}\n```\n\n{CDKTF_NOTES.strip()}"
    return page("Commands", "the commands themselves", intro, EXIT_CODES, *parts, shell, _json_keys(), _environment())


EXIT_CODES = """
## Exit codes

| code | meaning |
|---|---|
| 0 | fine, warnings included |
| 1 | an error was found, or a difference that the command was asked to look for |
| 2 | it could not run: bad usage, a file that cannot be read, a name that nothing has |

`bin/cdktf` exits with cdktf-cli's own code once that has started.
"""

CDKTF_NOTES = """
Names may be patterns in quotes: `bin/cdktf diff 'aks-*'`. A name that nothing has stops the command; a workspace that
is held back is told with the reason. `destroy` refuses to take away what something else is built on, unless that is
named with it or `--ignore-missing-stack-dependencies` says that it is gone already; what is held back may have been
deployed once, so it counts as well. A selection is written to a folder of its own beside `cdktf.out`, and its state is
the same as in a full run. Another topology than config/topology.yaml is written to `cdktf.out@<its name>`.
"""

ENVIRONMENT = {
    "HVN_TOPOLOGY": "the topology file, for `bin/hvn`, `bin/cdktf` and `main.py`; `config/topology.yaml` unless set",
    "HVN_STACKS": (
        "workspaces and patterns to build, split at spaces and commas, for those who start cdktf-cli themselves; names "
        "on the command line of `bin/cdktf` go before it"
    ),
    "HTTPS_PROXY, NO_PROXY, REQUESTS_CA_BUNDLE": (
        "the way to the clusters' issuers and the CA to trust there, for `hvn keys`, as Python's requests reads them"
    ),
    "HVN_PLAIN_BINDINGS": (
        "set to anything: load the provider bindings whole, for measuring ([why](../decisions/0002-lazy-bindings.md))"
    ),
}


def _environment() -> str:
    rows = [(", ".join(map(code, name.split(", "))), meaning) for name, meaning in ENVIRONMENT.items()]
    credentials = "Credentials are the providers' own variables: see [first day](../how-to/first-day.md)."
    return f"## Environment\n\n{table(('variable', 'meaning'), rows)}\n\n{credentials}"


def _helps(command: click.Command, name: str, parent: click.Context | None = None) -> Iterator[tuple[str, str]]:
    """The help of a command and of everything below it."""
    settings = {"terminal_width": 100, "max_content_width": 100, **command.context_settings}
    context = click.Context(command, info_name=name, parent=parent, **settings)
    yield context.command_path, command.get_help(context)
    if isinstance(command, click.Group):
        for inner in command.list_commands(context):
            found = command.get_command(context, inner)
            if found:
                yield from _helps(found, inner, context)


def _json_keys() -> str:
    finding = [(code(field.name), FINDING_KEYS[field.name]) for field in dataclasses.fields(Finding)]
    as_json = ("--format", "json")
    shown = CliRunner().invoke(cli, ["workspaces", "--topology", str(SAMPLE), *as_json])
    workspace = [(code(key), WORKSPACE_KEYS[key]) for key in json.loads(shown.output)["workspaces"][0]]
    explained = CliRunner().invoke(cli, ["login", "explain", "payments", "webapp", "--topology", str(SAMPLE), *as_json])
    answer = json.loads(explained.stdout)
    login = [(code(key), login_page.KEYS[key]) for key in answer]
    checks = [(code(key), login_page.CHECK_KEYS[key]) for key in answer["checks"][0]]
    onboarding = onboarding_page.rows(SAMPLE)
    return "\n\n".join(
        [
            "## JSON",
            "`hvn check --format json` prints a list of findings:",
            table(("key", "meaning"), finding),
            "`hvn workspaces --format json` prints `workspaces` in the order of deployment, and `by_hand`, sentences:",
            table(("key of a workspace", "meaning"), workspace),
            "`hvn addresses --format json` prints a list of pools:",
            table(("key of a pool", "meaning"), onboarding["addresses"]),
            "`hvn spoke add --format json`:",
            table(("key", "meaning"), onboarding["spoke add"]),
            "`hvn reach --format json` prints a list, an answer for each pair of ranges:",
            table(("key of an answer", "meaning"), onboarding["reach"]),
            "`hvn keys check --format json` prints findings as `hvn check` does. `hvn login explain --format json`:",
            table(("key", "meaning"), login),
            table(("key of a check", "meaning"), checks),
            "`hvn rehearse --format json`:",
            *(table(("key", "meaning"), rows) for rows in rehearsal_page.rows()),
            "`hvn doctor --format json` prints what was found, one object each:",
            table(("key", "meaning"), [(code(key), meaning) for key, meaning in DOCTOR_KEYS.items()]),
        ]
    )


# --- the program


def pages() -> dict[str, str]:
    """Every generated page by its file name."""
    checked = require(SAMPLE)
    sample = synthesized(checked)
    more = [each for variant in variants(checked) for each in synthesized(variant)]
    return {
        "rules.md": rules_page(),
        "topology.md": topology_page(),
        "workspaces.md": workspaces_page(sample, more),
        "commands.md": commands_page(),
        "login-errors.md": page("Login errors", "hvn/login/messages.py", *login_page.parts()),
        "rehearsal.md": page("The rehearsal's clouds", "hvn/rehearsal", *rehearsal_page.parts()),
        "rights.md": rights_page([*sample, *more], checked),
    }


def write(made: Mapping[str, str]) -> int:
    """Write the pages."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, text in made.items():
        (FOLDER / name).write_text(text, encoding="utf-8")
    return 0


def check(made: Mapping[str, str]) -> int:
    """1 if a page on the disk is another one; the first lines that differ are printed."""
    differs = 0
    for name, text in made.items():
        file = FOLDER / name
        there = file.read_text(encoding="utf-8") if file.exists() else ""
        if there != text:
            differs = 1
            lines = list(
                difflib.unified_diff(there.splitlines(), text.splitlines(), "is", "would be", n=0, lineterm="")
            )
            advice = f"{name} does not fit the code: run .venv/bin/python tools/docs.py --write"
            print("\n".join([*lines[:12], advice]), file=sys.stderr)
    return differs


def main() -> int:
    """Write or check."""
    parser = argparse.ArgumentParser(description="Makes the pages of docs/reference that say what the code says.")
    action = parser.add_mutually_exclusive_group(required=True)
    action.add_argument("--write", dest="run", action="store_const", const=write, help="write them")
    action.add_argument("--check", dest="run", action="store_const", const=check, help="exit 1 if one differs")
    run: Callable[[Mapping[str, str]], int] = parser.parse_args().run
    return run(pages())


if __name__ == "__main__":
    sys.exit(main())
