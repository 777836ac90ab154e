"""What the check finds free of errors rehearses clean: tried on a few generated topologies.

Nothing is shrunk: a smaller example costs minutes. It is all in the message, ready for `hvn rehearse --topology`.
"""

import json
import pathlib
import tempfile

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

import main
from hvn.check.load import require
from hvn.kinds.registry import kind_of
from hvn.rehearsal import run
from hvn.rehearsal.faults import FAULTS
from tests.rehearsal.conftest import NO_TERRAFORM, said
from tests.strategies import KeySets, Topology, dump, key_sets, topologies, write

pytestmark = pytest.mark.skipif(bool(NO_TERRAFORM), reason=NO_TERRAFORM)


@st.composite
def files(draw: st.DrawFn) -> tuple[Topology, KeySets]:
    topology = draw(topologies(min_spokes=2, max_spokes=3))
    return topology, draw(key_sets(topology))


@pytest.mark.slow
@given(files(), st.none() | st.sampled_from(sorted(FAULTS)))
@settings(
    max_examples=3,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
    suppress_health_check=(HealthCheck.too_slow, HealthCheck.data_too_large),
)
def test_what_passes_the_check_rehearses_clean(file: tuple[Topology, KeySets], fault: str | None) -> None:
    """With a fault, once the run after it has mended what it left."""
    topology, keys = file
    with tempfile.TemporaryDirectory() as made:
        wanted = [each for each in require(write(pathlib.Path(made), topology, keys)).workspaces() if each.inputs]
        main.synthesize(wanted, made)
        struck = fault and any(fault in kind_of(each.id).faults for each in wanted)
        done = run.rehearse(pathlib.Path(made), wanted, faults=[fault] if fault and struck else [])
    if done.failed:
        failed = [each for each in done.results if each.problems or each.differs]
        words = "\n".join(f"{each.workspace}: {said(each.problems)}{each.differs or ''}" for each in failed)
        pytest.fail(f"{words}\nleft over: {done.left_over}\nfault: {fault}\njwks: {json.dumps(keys)}\n{dump(topology)}")
