"""Packages import only packages below them, no import is circular, and no module is too long."""

import ast
import pathlib
from collections.abc import Iterator
from graphlib import TopologicalSorter

from tests.conftest import PROJECT

LAYERS = (
    "main",
    "commands",
    "comments",
    "plans",
    "completion",
    "rulebook",
    "review",
    "graph",
    "affected",
    "doctor",
    "rehearsal",
    "login",
    "stacks",
    "synthesis",
    "cdktf",
    "cdktf_environment",
    "commits",
    "options",
    "terminal",
    "check",
    "keys",
    "reach",
    "kinds",
    "topology",
    "yamlfile",
    "printed",
    "diagnostics",
    "streams",
    "supervisor",
    "scratch",
    "files",
    "strict_json",
    "isolation",
    "engine",
    "start",
)
"""Layers, highest first: each layer may import only the layers below it. Only `main.py` imports `stacks`; it imports a
stack by its name.
"""

LONGEST = 350
"""The maximum number of lines of a module."""

CODE = ("main.py", "hvn", "stacks", "tools")


def files() -> Iterator[pathlib.Path]:
    for part in CODE:
        path = PROJECT / part
        yield from [path] if path.is_file() else sorted(path.rglob("*.py"))


def name(file: pathlib.Path) -> str:
    return ".".join(file.relative_to(PROJECT).with_suffix("").parts).removesuffix(".__init__")


def imports(file: pathlib.Path, modules: frozenset[str]) -> Iterator[str]:
    """Yield the project's modules that a module imports, at the top of the file or inside functions."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name in modules)
        elif isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                inner = f"{node.module}.{alias.name}"
                if inner in modules or node.module in modules:
                    yield inner if inner in modules else node.module


def package(module: str) -> str:
    parts = module.split(".")
    return parts[1] if parts[0] == "hvn" and len(parts) > 1 else parts[0]


def graph() -> dict[str, set[str]]:
    modules = frozenset(map(name, files()))
    return {name(file): set(imports(file, modules)) - {name(file)} for file in files()}


def test_a_package_imports_only_packages_below_it() -> None:
    place = {layer: number for number, layer in enumerate(LAYERS)}
    upward = [
        f"{module} imports {target}"
        for module, targets in graph().items()
        for target in targets
        if package(module) != package(target)
        and package(module) in place
        and place.get(package(target), -1) <= place[package(module)]
    ]
    assert not upward


def test_every_package_has_a_layer() -> None:
    programs = {"__main__", "cli", "hvn", "tools"}
    assert {package(name(file)) for file in files()} - programs == set(LAYERS)


def test_no_import_is_circular() -> None:
    order = tuple(TopologicalSorter(graph()).static_order())  # this call raises CycleError for a circular import
    assert len(order) > 200


def test_no_module_is_too_long_for_one_job() -> None:
    paths = [*files(), *(PROJECT / "tests").rglob("*.py")]
    lines = {path.relative_to(PROJECT).as_posix(): len(path.read_text(encoding="utf-8").splitlines()) for path in paths}
    assert {path for path, count in lines.items() if count > LONGEST} == set()
