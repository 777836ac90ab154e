"""Provide a checkout with a fake Python, and modules of tools/."""

import importlib
import pathlib
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from tests.conftest import PROJECT
from tests.setup.checkout import Checkout


@pytest.fixture
def checkout(tmp_path: pathlib.Path) -> Checkout:
    return Checkout(tmp_path)


@pytest.fixture
def setup_of_checkout(checkout: Checkout, tools: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Return the checkout's tools/setup.py as a module, for tests of conditions that `make setup` cannot create."""
    monkeypatch.syspath_prepend(checkout.root / "tools")
    return tools("setup")


@pytest.fixture
def tools(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Yield a function that imports a module of tools/ by its name."""
    monkeypatch.syspath_prepend(PROJECT / "tools")
    yield importlib.import_module
    for name in ("setup", "lock"):
        sys.modules.pop(name, None)
