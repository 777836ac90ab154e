"""docs/reference/rules.md: every rule, as its module has it."""

import importlib
import inspect
import pkgutil
import types
from collections import defaultdict

import hvn.keys
import hvn.review
import hvn.topology
from hvn.check import rules
from hvn.diagnostics.finding import Rule
from hvn.review import rules as review_rules
from pages.markdown import code, first_line, page, table

GROUPS = {
    "0": "The file itself: YAML, text, shape",
    "1": "Ranges and addresses",
    "2": "Names and tags",
    "3": "References, and what exists already",
    "4": "Routing",
    "5": "Clusters",
    "6": "Vault and the apps",
    "8": "A cluster's keys, by `bin/hvn keys check`",
    "9": "What a change does, by `bin/hvn review`",
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
    "jwks-left-over": "a file `config/jwks/<name>.json` that no spoke reads",
    "jwks-shared": "two files with the same key",
    "jwks-issuer": "an issuer that no AKS cluster of the region and tenant has",
}


def made() -> str:
    """The page."""
    groups: dict[str, list[list[str]]] = defaultdict(list)
    for id_, (rule, module) in _all_rules().items():
        see = f"[source]({rule.see})" if "://" in rule.see else f"[here](../{rule.see.removeprefix('docs/')})"
        groups[id_[3]].append([code(id_), code(rule.name), rule.level.value, _what(rule, module), rule.why, see])
    head = ("id", "name", "level", "what", "why", "see")
    parts = [f"## {GROUPS[group]}\n\n{table(head, rows)}" for group, rows in sorted(groups.items())]
    intro = (
        "What `bin/hvn check` looks for. Every finding has an id and a name; neither is used again for another "
        "meaning.\nAn error makes a command exit 1, a warning does not. All findings of a file are told at once."
    )
    return page("Rules", "the rules in hvn/topology", intro, *parts)


def _all_rules() -> dict[str, tuple[Rule, types.ModuleType]]:
    """Every rule there is, by id, with the module that has it."""
    found: dict[str, tuple[Rule, types.ModuleType]] = {}
    packages = [(each.__path__, f"{each.__name__}.") for each in (hvn.topology, hvn.keys, hvn.review)]
    for info in (each for path, prefix in packages for each in pkgutil.walk_packages(path, prefix)):
        module = importlib.import_module(info.name)
        for value in vars(module).values():
            if isinstance(value, Rule):
                # A rule that a module imports is that of the module whose text has it.
                if value.id in found and f'"{value.id}"' not in inspect.getsource(module):
                    continue
                found[value.id] = (value, module)
    return dict(sorted(found.items()))


def _what(rule: Rule, module: types.ModuleType) -> str:
    if module.__name__.startswith((f"{rules.__name__}.", f"{review_rules.__name__}.")):
        what = first_line(module.__doc__).removeprefix(f"{rule.id}: ")
        return f"{what} {first_line(vars(module)['check'].__doc__)}"
    return WHAT[rule.name]
