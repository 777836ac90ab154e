"""Detect the engine of this virtualenv: cdktf, or its successor CDK Terrain (cdktn) with azurerm 4 or 5.

`bin/hvn`, `bin/cdktf` and `make setup` choose the virtualenv by the environment variable `HVN_ENGINE`, or by the word
in `config/engine`; the default is cdktf. Reasons: docs/decisions/0015-two-engines.md.
"""

import importlib.util
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]
FILE = "config/engine"
DEFAULT = "cdktf"
CDKTN = "cdktn"
AZURERM_5 = "cdktn-azurerm-5"
HOMES = {DEFAULT: ".", CDKTN: "engines/cdktn", AZURERM_5: "engines/cdktn-azurerm-5"}
"""The folder of each engine in the project, with the locks, `.venv` and `node_modules`."""


def _installed() -> str:
    """Return the engine of the installed packages. Version 18 of the bindings is the first with azurerm 5."""
    if importlib.util.find_spec(DEFAULT):
        return DEFAULT
    from importlib.metadata import version  # a local import: it takes 20 ms, and cdktf does not need it

    return AZURERM_5 if int(version("cdktn-provider-azurerm").partition(".")[0]) >= 18 else CDKTN


ENGINE = _installed()
HOME = PROJECT / HOMES[ENGINE]
CLI = HOME / "node_modules" / ("cdktf-cli/bundle/bin/cdktf" if ENGINE == DEFAULT else "cdktn-cli/bin/cdktn")
"""The script of the engine's CLI, which Node runs."""

APP = f"{HOMES[ENGINE]}/.venv/bin/python -I -S hvn/start.py main"
"""The CLI's command that starts main.py in the project's folder; cdktf.json has the same command for cdktf."""
