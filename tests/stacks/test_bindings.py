"""With lazy bindings, Python and Node load fewer modules, write the same Terraform, and handle errors and output as
with plain bindings.
"""

import json
import os
import subprocess
import sys
import tomllib
from pathlib import Path
from types import ModuleType

import pytest

from stacks import bindings
from tests.conftest import PROJECT, SAMPLE

MAIN = str(PROJECT / "main.py")
APP = str(PROJECT / "tests" / "stacks" / "bindings_app.py")

# This preload of the caller prints, when Node ends, the provider files that Node loaded.
WRITE_LOADED = """
process.on("exit", () => {
  const loaded = Object.keys(require("node:module")._cache).filter((file) => /provider-\\w+.lib/.test(file));
  if (loaded.length) require("node:fs").writeFileSync(process.env.LOADED, JSON.stringify(loaded));
});
"""


Result = tuple[dict[str, bytes], str, list[str]]
"""Written files, standard output, and the provider files that Node loaded."""


def clean_environment() -> dict[str, str]:
    """Return the environment without the user's settings for Node and for the bindings."""
    unwanted = ("NODE_OPTIONS", bindings.PLAIN)
    return {key: value for key, value in os.environ.items() if key not in unwanted} | {"PYTHONPATH": str(PROJECT)}


def run_app(folder: Path, *app: str, **environment: str) -> Result:
    """Run a Python app (file and arguments) that writes into `folder`/out. Return the result."""
    preload = folder / "preload.cjs"
    preload.write_text(WRITE_LOADED)
    env = clean_environment() | {"NODE_OPTIONS": f'--require="{preload}"', "LOADED": str(folder / "loaded.json")}
    out = folder / "out"
    done = subprocess.run(
        [sys.executable, *app],
        env=env | {"CDKTF_OUTDIR": str(out)} | environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    written = {str(file.relative_to(out)): file.read_bytes() for file in out.rglob("*") if file.is_file()}
    return written, done.stdout, json.loads((folder / "loaded.json").read_text())


def run_python(code: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run Python code in a new process and return the finished process."""
    env = clean_environment() | environment
    return subprocess.run(
        [sys.executable, "-c", code], env=env, capture_output=True, text=True, check=False, timeout=60
    )


@pytest.fixture(scope="module")
def lazy(tmp_path_factory: pytest.TempPathFactory) -> Result:
    return run_app(tmp_path_factory.mktemp("lazy"), APP)


def test_loads_a_fraction_in_python_and_in_node(lazy: Result) -> None:
    written, printed, loaded = lazy
    assert {"stacks/first/cdk.tf.json", "stacks/second/cdk.tf.json"} <= set(written)
    assert 15 < json.loads(printed)["provider_modules"] < 100, "plain: 3,400"
    assert 15 < len(loaded) < 150, "plain: 6,300"


# One process for both apps, because the imports of plain bindings take most of the time.
RUN_BOTH = """
import runpy, sys
for app in sys.argv[1:]:
    try:
        runpy.run_path(app, run_name="__main__")
    except SystemExit as end:
        assert not end.code, end.code
"""


@pytest.mark.whole
def test_terraform_is_the_same_to_the_byte(lazy: Result, tmp_path: Path) -> None:
    """The test compares the output of bindings_app.py and each workspace of the sample."""
    both = tmp_path / "both.py"
    both.write_text(RUN_BOTH)
    apps = str(both), APP, MAIN
    for folder in ("lazy", "plain"):
        (tmp_path / folder).mkdir()
    lazily = run_app(tmp_path / "lazy", *apps, HVN_TOPOLOGY=str(SAMPLE))
    plainly = run_app(tmp_path / "plain", *apps, HVN_TOPOLOGY=str(SAMPLE), **{bindings.PLAIN: "1"})
    plain = json.loads(plainly[1])
    assert plain["provider_modules"] > 1500, "HVN_PLAIN_BINDINGS has no effect"
    assert len(plainly[2]) > 1500
    assert {"stacks/first/cdk.tf.json", "stacks/hcp/cdk.tf.json", "stacks/aks-payments/cdk.tf.json"} <= set(plainly[0])
    assert lazily[0] == plainly[0]
    assert json.loads(lazy[1])["testing"] == plain["testing"]


def test_main_is_lazy_in_node(tmp_path: Path) -> None:
    """If main.py imported cdktf before the bindings, Node would start without the preload."""
    written, _, loaded = run_app(tmp_path, MAIN, HVN_STACKS="hcp", HVN_TOPOLOGY=str(SAMPLE))
    assert "stacks/hcp/cdk.tf.json" in written
    assert len(loaded) < 150


# This preload of the caller records that Node started, and prints on both streams when Node ends.
WRITE_STARTED = """
require("node:fs").appendFileSync(process.env.STARTED, process.pid + "\\n");
process.on("exit", () => {
  console.log("printed ünïcødé");
  console.error("complained");
});
"""
USE_JSII = "import stacks, constructs; print(len(constructs.RootConstruct('a').node.children))"


@pytest.mark.parametrize(("variables", "nodes"), [({}, 1), ({bindings.PLAIN: "1"}, 2)])
def test_one_node_process_runs_and_its_output_arrives(tmp_path: Path, variables: dict[str, str], nodes: int) -> None:
    preload, started = tmp_path / "preload.cjs", tmp_path / "started"
    preload.write_text(WRITE_STARTED, encoding="utf-8")
    done = run_python(USE_JSII, NODE_OPTIONS=f'--require="{preload}"', STARTED=str(started), **variables)
    assert done.returncode == 0, done.stderr
    assert len(started.read_text().split()) == nodes
    assert done.stdout.splitlines()[0] == "0"
    assert "printed ünïcødé" in done.stdout
    assert "complained" in done.stderr.splitlines()


def test_an_error_in_node_is_an_error_in_python() -> None:
    from constructs import Construct, RootConstruct

    root = RootConstruct("a")
    Construct(root, "twice")
    with pytest.raises(RuntimeError, match="twice"):
        Construct(root, "twice")


def test_python_imports_while_node_starts(tmp_path: Path) -> None:
    """The fake `node` waits for a file that the script writes after the import of cdktf. An import that waits for Node
    would hang.
    """
    slow = tmp_path / "node"
    wait = f"while [ ! -e {tmp_path}/imported ] && kill -0 $PPID; do sleep 0.05; done"
    slow.write_text(f'#!/bin/sh\n{wait}\nexec {os.environ["JSII_NODE"]} "$@"\n')
    slow.chmod(0o755)
    code = f"""
import stacks, cdktf, pathlib
pathlib.Path({str(tmp_path)!r}, "imported").touch()
print(len(cdktf.App(outdir={str(tmp_path)!r}).node.children))
"""
    done = run_python(code, JSII_NODE=str(slow))
    assert (done.returncode, done.stdout) == (0, "0\n"), done.stderr


def test_an_assembly_that_node_cannot_load_is_an_error_in_python() -> None:
    code = """
import stacks, jsii, constructs
try:
    jsii.JSIIAssembly.load("constructs", "9.9.9", "constructs", "no-such.jsii.tgz")
    print("continued")
    constructs.RootConstruct("a")
except jsii.errors.JSIIError as error:
    print(error)
"""
    done = run_python(code)
    assert done.stdout.startswith("continued\n"), done.stderr
    assert "9.9.9" in done.stdout


def test_an_unknown_version_of_the_runtime_is_refused(tmp_path: Path) -> None:
    runtime = tmp_path / "runtime.js"
    runtime.write_text("""console.log('{"hello": "@jsii/runtime@9.9.9"}'); process.stdin.resume();""")
    done = run_python(USE_JSII, JSII_RUNTIME=str(runtime))
    assert done.returncode == 1
    assert "Invalid JSII Runtime Version: '@jsii/runtime@9.9.9'" in done.stderr


def test_each_provider_of_the_project_is_lazy() -> None:
    pinned = tomllib.loads((PROJECT / "Pipfile").read_text())["packages"]
    prefix = "cdktf-cdktf-provider-"
    assert {name.removeprefix(prefix) for name in pinned if name.startswith(prefix)} <= set(bindings.PROVIDERS)


def test_importing_a_stack_makes_the_providers_lazy() -> None:
    code = """
import sys, stacks.hcp
print(sum(name.startswith("cdktf_cdktf_provider_") for name in sys.modules))
"""
    assert int(run_python(code).stdout) < 100


def test_an_imported_package_is_not_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    eager = ModuleType("cdktf_cdktf_provider_hcp")
    monkeypatch.setitem(sys.modules, eager.__name__, eager)
    bindings.empty_provider_packages()
    assert sys.modules[eager.__name__] is eager


def test_a_missing_package_is_ignored(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bindings, "PROVIDERS", ("missing",))
    bindings.empty_provider_packages()
    assert "cdktf_cdktf_provider_missing" not in sys.modules


def test_node_options_are_kept_and_get_the_preload_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NODE_OPTIONS", "--max-old-space-size=2048")
    bindings.preload()
    once = os.environ["NODE_OPTIONS"]
    bindings.preload()
    files = " ".join(f'--require="{file}"' for file in bindings.PRELOADS)
    assert os.environ["NODE_OPTIONS"] == once == f"--max-old-space-size=2048 --preserve-symlinks {files}"
    plain = bindings.plain_environment()
    assert (plain["NODE_OPTIONS"], plain[bindings.PLAIN]) == ("--max-old-space-size=2048", "1")


def test_jsii_uses_the_node_of_the_virtualenv_by_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("JSII_NODE", raising=False)
    bindings.use_own_node()
    node = Path(os.environ["JSII_NODE"])
    assert node.read_bytes()[:4] == b"\x7fELF" or sys.platform != "linux", "a script that starts Node takes time"
    monkeypatch.setenv("JSII_NODE", "mine")
    bindings.use_own_node()
    assert os.environ["JSII_NODE"] == "mine"
