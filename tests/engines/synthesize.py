"""Synthesize topology files in one process: `synthesize.py OUT FILE…` writes the workspaces to OUT/0, OUT/1 and so on.

The tests run this script with the Python of the other engine, because pytest is not installed there.
"""

import pathlib
import sys

sys.path.append(str(pathlib.Path(__file__).parents[2]))

import main
from hvn.check.load import require

for number, file in enumerate(sys.argv[2:]):
    workspaces = [workspace for workspace in require(pathlib.Path(file)).workspaces() if workspace.inputs]
    main.synthesize(workspaces, f"{sys.argv[1]}/{number}")
