"""stacks/batches.py creates the same objects as jsii without batches, and loses no error."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from stacks import bindings
from tests.conftest import PROJECT, SAMPLE
from tests.stacks.test_bindings import clean_environment, run_python

REFERENCES = """
import sys, stacks.batches
from cdktf import App, Fn, TerraformOutput, TerraformStack
from cdktf_cdktf_provider_azurerm.resource_group import ResourceGroup
from cdktf_cdktf_provider_azurerm.virtual_network import VirtualNetwork

if sys.argv[1] == "batches":
    stacks.batches.postpone_creations()
app = App(outdir=sys.argv[2], skip_validation=True)
objects = []
for number in range(60):
    stack = TerraformStack(app, f"stack{number}")
    group = ResourceGroup(stack, "group", name="rg", location="japaneast")
    location = {"location": "japaneast", "resource_group_name": group.name}
    subnets = VirtualNetwork(stack, "vnet", name="vnet", address_space=[], **location).subnet
    output = TerraformOutput(stack, "large", value="x" * 2**(number % 18))
    group.add_override("tags", {"number": number})
    objects += [stack, group, subnets, subnets.get(0), output]
print(*(one.__jsii_ref__.ref for one in objects))
app.synth()
"""
"""An app with created objects, objects in answers, and requests of all sizes, also larger than a pipe."""


def test_objects_have_the_same_references(tmp_path: Path) -> None:
    results = {}
    for mode in ("batches", "awaited"):
        code = f"import sys; sys.argv[1:] = {[mode, str(tmp_path / mode)]}\n{REFERENCES}"
        done = run_python(code)
        assert done.returncode == 0, done.stderr
        files = {file.name: file.read_bytes() for file in tmp_path.glob(f"{mode}/stacks/*/cdk.tf.json")}
        results[mode] = (done.stdout, files)
    assert results["batches"] == results["awaited"]
    assert len(results["batches"][0].split()) == 300


ERRORS = """
import stacks.batches
from constructs import Construct, RootConstruct

stacks.batches.postpone_creations()
root = RootConstruct("a")
Construct(root, "twice")
try:
    for _ in range(2000):
        Construct(root, "twice")
    Construct(root, "x" * 1_000_000)
    root.node.id
except Exception as error:
    print(error)
"""


def test_the_first_of_many_errors_is_raised() -> None:
    done = run_python(ERRORS)
    assert "twice" in done.stdout, done.stderr


BEFORE_SYNTH = """
import sys, stacks.batches
from cdktf import App, TerraformStack
from constructs import Construct

stacks.batches.postpone_creations()
app = App(outdir=sys.argv[1], skip_validation=True)
Construct(TerraformStack(app, "stack"), "twice")
Construct(app, "twice")
Construct(app, "twice")
app.synth()
"""


def test_no_file_is_written_after_an_error(tmp_path: Path) -> None:
    done = run_python(f"import sys; sys.argv[1:] = {[str(tmp_path)]}\n{BEFORE_SYNTH}")
    assert done.returncode == 1
    assert "twice" in done.stderr
    assert not list(tmp_path.rglob("cdk.tf.json"))


WRONG = """
import runpy, stacks.batches, stacks.bindings, os
if not os.environ.get(stacks.bindings.PLAIN):
    stacks.batches.Batches._decode = lambda self, fields: __import__("jsii")._kernel.providers.process.ohook(fields)
    stacks.batches.FIRST = 7
runpy.run_path("main.py", run_name="__main__")
"""


ENDED = """
if (process.env.NODE_OPTIONS.includes("one_node")) require("fs").readSync = () => process.exit(1);
"""


@pytest.mark.whole
def test_main_repeats_with_plain_bindings_if_node_ends(tmp_path: Path) -> None:
    """A preload can end Node, for example because it does not support the version of Node."""
    preload = tmp_path / "ended.cjs"
    preload.write_text(ENDED)
    variables = {
        "HVN_TOPOLOGY": str(SAMPLE),
        "HVN_STACKS": "hcp",
        "CDKTF_OUTDIR": str(tmp_path / "out"),
        "NODE_OPTIONS": f'--require="{preload}"',
    }
    done = subprocess.run(
        [sys.executable, PROJECT / "main.py"],
        env=clean_environment() | variables,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    [line] = done.stderr.splitlines()
    assert line.startswith(f"{bindings.PLAIN}=1 was necessary")
    assert (tmp_path / "out" / "stacks" / "hcp" / "cdk.tf.json").exists()


@pytest.mark.whole
def test_main_repeats_without_batches_after_an_error(tmp_path: Path) -> None:
    """The client predicts wrong references, as it would with a jsii version that numbers objects differently."""
    variables = {"HVN_TOPOLOGY": str(SAMPLE), "HVN_STACKS": "hcp", "CDKTF_OUTDIR": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", WRONG], env=clean_environment() | variables, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert f"{bindings.PLAIN}=1 was necessary" in done.stderr
    assert "@7" in done.stderr
    assert json.loads((tmp_path / "stacks" / "hcp" / "cdk.tf.json").read_text())["resource"]["hcp_hvn"]
