"""If the check reports no error in a generated topology, its rehearsal has no error. Hypothesis' shrinking is off,
because it takes minutes. The failure message contains the whole topology, for `hvn rehearse --topology`.
"""

import json
import pathlib
import tempfile

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

import main
from hvn.check.load import require
from hvn.rehearsal import run
from hvn.rehearsal.faults import FAULTS
from tests.rehearsal.conftest import NO_TERRAFORM, messages
from tests.strategies import KeySets, Topology, dump, key_sets, topologies, write

pytestmark = pytest.mark.skipif(bool(NO_TERRAFORM), reason=NO_TERRAFORM)


@st.composite
def files(draw: st.DrawFn) -> tuple[Topology, KeySets]:
    topology = draw(topologies(min_spokes=2, max_spokes=3))
    return topology, draw(key_sets(topology))


@pytest.mark.whole
@given(files(), st.none() | st.sampled_from(sorted(FAULTS)))
@settings(
    max_examples=5,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
    suppress_health_check=(HealthCheck.too_slow, HealthCheck.data_too_large),
)
def test_checked_topology_rehearses_without_errors(file: tuple[Topology, KeySets], fault: str | None) -> None:
    """If a fault interrupts the apply, the next apply creates the remaining resources."""
    topology, keys = file
    with tempfile.TemporaryDirectory() as made:
        wanted = [
            workspace
            for workspace in require(write(pathlib.Path(made), topology, keys)).workspaces()
            if workspace.inputs
        ]
        main.synthesize(wanted, made)
        affected = fault and any(run.can_have(workspace, fault) for workspace in wanted)
        done = run.rehearse(pathlib.Path(made), wanted, faults=[fault] if fault and affected else [])
    if done.failed:
        failed = [result for result in done.results if result.failures or result.differs]
        words = "\n".join(f"{result.workspace}: {messages(result.failures)}{result.differs or ''}" for result in failed)
        pytest.fail(f"{words}\nleft over: {done.left_over}\nfault: {fault}\njwks: {json.dumps(keys)}\n{dump(topology)}")
