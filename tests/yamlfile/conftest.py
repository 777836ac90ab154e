"""Run a test with both parsers of PyYAML."""

import pytest
import yaml

from hvn.yamlfile import reader


@pytest.fixture(params=["libyaml", "pure Python"])
def either_parser(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    assert yaml.CSafeLoader is reader.LOADER
    if request.param == "pure Python":
        monkeypatch.setattr(reader, "LOADER", yaml.SafeLoader)
