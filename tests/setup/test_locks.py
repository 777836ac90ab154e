"""The lock files contain hashes of each package, and no address of a registry."""

import json
import re
import subprocess
from typing import Any

import pytest

from hvn.engine import HOMES
from tests.conftest import PROJECT

OF_CDKTN = ("cdktn", "cdktn-azurerm-5")
each = pytest.mark.parametrize("home", HOMES.values(), ids=HOMES)


@each
def test_each_locked_package_is_required_with_all_its_hashes_and_markers(tools: Any, home: str) -> None:
    text = (PROJECT / home / "Pipfile.lock").read_text()
    lines = tools("setup").requirements(text)
    locked = json.loads(text)
    packages = [*locked["default"].items(), *locked["develop"].items()]
    for name, package in packages:
        (line,) = [line for line in lines if line.split("==")[0] == name]
        assert line.split(" ")[0] == name + package["version"]
        assert (f" ; {package['markers']} " in line) if "markers" in package else (";" not in line)
        assert line.count("--hash=") == len(package["hashes"])
        assert all(f" --hash={value}" in line for value in package["hashes"])
    assert len(lines) == len({name for name, _ in packages})


def test_extras_are_required(tools: Any) -> None:
    package = {"extras": ["b", "a"], "version": "==1", "hashes": ["sha256:0"], "markers": "python_version < '4'"}
    text = json.dumps({"default": {"x": package}, "develop": {"x": package}})
    assert tools("setup").requirements(text) == ["x[b,a]==1 ; python_version < '4' --hash=sha256:0"]


@each
def test_the_locks_name_no_source_of_packages(tools: Any, home: str) -> None:
    text = (PROJECT / home / "Pipfile.lock").read_text()
    assert "://" not in text
    assert text == tools("lock").without_sources(text), "run make lock"
    locked = json.loads(text)
    assert locked["_meta"]["sources"] == []
    packages = {**locked["default"], **locked["develop"]}
    assert [name for name, package in packages.items() if "index" in package] == []
    node = json.loads((PROJECT / home / "package-lock.json").read_text())["packages"]
    assert [name for name, package in node.items() if "resolved" in package] == []
    assert [name for name, package in node.items() if name and not {"integrity", "inBundle"} & package.keys()] == []


def test_writing_the_lock_removes_its_sources_only(tools: Any) -> None:
    package = {"hashes": ["sha256:0"], "version": "==1"}
    lock = {
        "_meta": {"hash": {"sha256": "0"}, "sources": [{"name": "one", "url": "https://u:p@one.example"}]},
        "default": {"x": package | {"index": "one"}},
        "develop": {"y": package | {"index": "one"}},
    }
    assert json.loads(tools("lock").without_sources(json.dumps(lock))) == {
        "_meta": {"hash": {"sha256": "0"}, "sources": []},
        "default": {"x": package},
        "develop": {"y": package},
    }


def test_no_file_names_a_package_index() -> None:
    # Two strings form each name, because the test also searches this file.
    names = ["py" + "pi", r"pythonhosted\." + "org", "npm" + r"js\.(org|com)", "yarn" + r"pkg\.com"]
    names += ["conda" + r"\.anaconda\.org", "deb" + r"\.debian\.org"]
    pattern = re.compile(rf"\b({'|'.join(names)})\b", re.IGNORECASE)
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    files = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=True).stdout
    assert "Pipfile.lock" in files
    named = [
        f"{name}:{number}"
        for name in files.rstrip("\0").split("\0")
        if (PROJECT / name).is_file()
        for number, line in enumerate((PROJECT / name).read_text(errors="replace").splitlines(), 1)
        if pattern.search(line)
    ]
    assert named == []


def test_all_engines_run_with_the_same_versions_of_the_other_packages() -> None:
    locked = [json.loads((PROJECT / home / "Pipfile.lock").read_text())["default"] for home in HOMES.values()]
    cdktf, cdktn, azurerm_5 = ({name: one["version"] for name, one in packages.items()} for packages in locked)
    different = {name for name in {*cdktf, *cdktn} if cdktf.get(name) != cdktn.get(name)}
    assert {name for name in different if not name.startswith(("cdktf", "cdktn"))} == {"constructs"}
    different = {name for name in {*cdktn, *azurerm_5} if cdktn.get(name) != azurerm_5.get(name)}
    assert different == {"cdktn-provider-azurerm"}


def test_both_engines_with_cdktn_have_the_same_node_packages() -> None:
    cdktn, azurerm_5 = (
        json.loads((PROJECT / HOMES[engine] / "package-lock.json").read_text())["packages"] for engine in OF_CDKTN
    )
    assert {name: one for name, one in cdktn.items() if name} == {name: one for name, one in azurerm_5.items() if name}
