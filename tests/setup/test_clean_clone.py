"""tools/clean_clone.sh reports a failed `make`, missing stacks, and unknown files."""

import os
import pathlib
import shutil
import subprocess

import pytest

from tests.conftest import PROJECT
from tests.setup.checkout import REAL_PYTHON

STACKS = "cdktf.out@platform/stacks"
CLONED = {
    "Makefile": f"all:\n\tmkdir -p {STACKS}/hub {STACKS}/peering-hub; touch cdktf.out@platform/manifest.json\n",
    ".gitignore": "cdktf.out*/\n",
    "bin/hvn": "#!/bin/sh\nprintf 'workspace    resources\\nhub  12\\npeering-hub  6\\n'\n",
    "tools/python.sh": f"[ \"$1\" = python3.12 ] && echo '{REAL_PYTHON}'\n",
}


@pytest.mark.parametrize(
    ("name", "text", "line"),
    [
        (".gitignore", CLONED[".gitignore"], "passed with Python 3.12"),
        (".gitignore", "", "files: ?? cdktf.out@platform/"),
        ("Makefile", "all:\n\tfalse\n", "make failed with Python 3.12"),
        ("Makefile", "all:\n", "left no stack in cdktf.out"),
        ("bin/hvn", "#!/bin/sh\necho 'peering-hub  6'\n", "no resource count for hub"),
        ("bin/hvn", "#!/bin/sh\nprintf 'hub  12\\npeering-hub  -\\n'\n", "no resource count for peering-hub"),
    ],
)
def test_the_clean_clone_check_reports_errors(tmp_path: pathlib.Path, name: str, text: str, line: str) -> None:
    for file, content in {**CLONED, name: text}.items():
        (tmp_path / file).parent.mkdir(exist_ok=True)
        (tmp_path / file).write_text(content)
    (tmp_path / "bin/hvn").chmod(0o755)
    shutil.copy(PROJECT / "tools/clean_clone.sh", tmp_path / "tools")
    # Run git without the user's configuration, and without the variables that a git hook sets for its repository.
    environment = {"PATH": os.environ["PATH"], "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
    identity = ["-c", "user.name=x", "-c", "user.email=x@example.com"]
    for command in (["init", "-q"], ["add", "-A"], [*identity, "commit", "-q", "-m", "x"]):
        subprocess.run(["git", *command], cwd=tmp_path, env=environment, check=True, capture_output=True)  # noqa: S607
    result = subprocess.run(
        ["/bin/sh", tmp_path / "tools/clean_clone.sh"], env=environment, capture_output=True, text=True, check=False
    )
    assert line in (result.stdout + result.stderr).splitlines()[-1]
    assert result.returncode == (0 if line.startswith("passed") else 1)
