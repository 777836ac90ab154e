"""Generate valid topologies with Hypothesis, as plain data and as YAML with shuffled keys. The import of this package
disables Hypothesis' deadlines. If `CI` is set, Hypothesis draws the same examples in each run. `make whole` sets
`EXAMPLES=all`; other runs draw half of the examples.
"""

import os

from hypothesis import settings

from tests.strategies.examples import examples
from tests.strategies.files import check, dump, peered_networks, shuffled, with_spoke, workspaces, write
from tests.strategies.findings import warnings
from tests.strategies.keys import KeySets, key, key_sets
from tests.strategies.topologies import changes, topologies
from tests.strategies.values import Topology

__all__ = [
    "KeySets",
    "Topology",
    "changes",
    "check",
    "dump",
    "examples",
    "key",
    "key_sets",
    "peered_networks",
    "shuffled",
    "topologies",
    "warnings",
    "with_spoke",
    "workspaces",
    "write",
]

settings.register_profile("hvn", max_examples=examples(30), deadline=None, derandomize=bool(os.environ.get("CI")))
settings.load_profile("hvn")
