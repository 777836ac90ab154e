"""Write the sample with a backup HVN."""

import pathlib
import shutil

from tests.conftest import SAMPLE

HVN = "hvn-southeastasia"
CIDR = "172.26.16.0/20"


def sample_with_backup(folder: pathlib.Path) -> pathlib.Path:
    """Write the sample with a backup HVN and its key files into a folder, and return the file."""
    shutil.copytree(SAMPLE.parent, folder, dirs_exist_ok=True)
    text = SAMPLE.read_text(encoding="utf-8")
    file = folder / SAMPLE.name
    backup = f"hvn:\n  backup: {{id: {HVN}, cidr: {CIDR}, region: southeastasia}}\n"
    file.write_text(text.replace("hvn:\n", backup, 1), encoding="utf-8")
    return file
