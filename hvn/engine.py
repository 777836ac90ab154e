"""The engine of this virtualenv: cdktf, or its successor CDK Terrain (cdktn) with newer providers.

`bin/hvn`, `bin/cdktf` and `make setup` choose the virtualenv by the environment variable `HVN_ENGINE`, or by the word
in `config/engine`; the default is cdktf. Reasons: docs/decisions/0015-two-engines.md.
"""

import importlib.util
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]
FILE = "config/engine"
DEFAULT = "cdktf"
HOMES = {DEFAULT: ".", "cdktn": "engines/cdktn"}
"""The folder of each engine in the project, with the locks, `.venv` and `node_modules`."""

ENGINE = DEFAULT if importlib.util.find_spec(DEFAULT) else "cdktn"
HOME = PROJECT / HOMES[ENGINE]
CLI = HOME / "node_modules" / {DEFAULT: "cdktf-cli/bundle/bin/cdktf", "cdktn": "cdktn-cli/bin/cdktn"}[ENGINE]
"""The script of the engine's CLI, which Node runs."""

APP = f"{HOMES[ENGINE]}/.venv/bin/python -I -S hvn/start.py main"
"""The CLI's command that starts main.py in the project's folder; cdktf.json has the same command for cdktf."""
