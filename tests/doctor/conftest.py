"""Provide each test with its own fake machine."""

import pathlib

import pytest

from tests.doctor.machine import Machine


@pytest.fixture
def machine(tmp_path: pathlib.Path) -> Machine:
    return Machine(tmp_path)
