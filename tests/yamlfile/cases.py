"""Read the YAML files with their expected findings, and the positions of findings."""

import pathlib
import re

from hvn.yamlfile.source import Source
from tests.findings import reported

CASES = sorted((pathlib.Path(__file__).parent / "yaml").glob("*.yaml"))
EXPECT = re.compile(r"^# expect: (?:nothing|(HVN\d{3}) (\d+):(\d+) ?(.*))$", re.MULTILINE)
LINE_END = re.compile(r"\r\n|\r|\n")


def places(source: Source) -> list[tuple[str, int, int]]:
    return [finding.place for finding in reported(source.findings)]
