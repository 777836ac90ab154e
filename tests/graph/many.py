"""Write a topology with many spokes."""

import pathlib

import yaml

from tests.conftest import SAMPLE


def many_spokes(folder: pathlib.Path, count: int) -> pathlib.Path:
    """Write the sample with the spoke analytics and this number of direct spokes, and return the file."""
    topology = yaml.safe_load(SAMPLE.read_text(encoding="utf-8"))
    spokes = {
        f"s{number:04}": {
            "cidr": f"10.{64 + number // 32}.{number % 32 * 8}.0/21",
            "vault_route": "direct",
        }
        for number in range(count)
    }
    topology["spokes"] = {"analytics": topology["spokes"]["analytics"], **spokes}
    file = folder / "many.yaml"
    file.write_text(yaml.safe_dump(topology, sort_keys=False), encoding="utf-8")
    return file
