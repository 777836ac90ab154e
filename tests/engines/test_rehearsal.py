"""The rehearsal knows the providers of every engine."""

import json
import os
import pathlib
import subprocess

import pytest

from hvn.engine import AZURERM_5, HOMES
from hvn.rehearsal import schemas, tables
from tests.conftest import PROJECT
from tests.engines.conftest import OTHERS
from tests.rehearsal.conftest import NO_TERRAFORM
from tests.rehearsal.test_schemas import member

EVERYTHING = PROJECT / "tests" / "topologies" / "everything.yaml"


@pytest.mark.parametrize("engine", OTHERS)
def test_the_facts_that_differ_in_an_engine_are_in_its_schema(engine: str) -> None:
    content = json.loads((tables.FOLDER / engine / "azurerm.json").read_text(encoding="utf-8"))
    assert content["version"] == schemas.version("azurerm", engine)
    for name, entry in content["types"].items():
        block = schemas.read("azurerm", [name], engine)[name]
        assert [path for path in entry["attributes"] if member(block, path) is None] == []
        default, own = (tables.table("azurerm", name, one) for one in ("cdktf", engine))
        assert (own.id, own.attributes) != (default.id, default.attributes)


@pytest.mark.whole
@pytest.mark.skipif(bool(NO_TERRAFORM), reason=NO_TERRAFORM)
def test_azurerm_5_builds_and_destroys_everything(tmp_path: pathlib.Path) -> None:
    if not (PROJECT / HOMES[AZURERM_5] / ".venv").exists() and not os.environ.get("CI"):
        pytest.skip(f"{AZURERM_5} is not installed: HVN_ENGINE={AZURERM_5} make setup")
    command = [str(PROJECT / "bin" / "hvn"), "rehearse", "--topology", str(EVERYTHING)]
    environment = os.environ | {"HVN_ENGINE": AZURERM_5}
    done = subprocess.run(command, env=environment, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
