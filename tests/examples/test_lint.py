"""The schemas and tools of GitHub and Azure DevOps accept the example workflows and pipelines."""

import pathlib
import shutil
import subprocess
import sys

import pytest

from tests.conftest import PROJECT

GITHUB = sorted((PROJECT / "examples" / "github").glob("*.yml"))
AZURE_DEVOPS = sorted((PROJECT / "examples" / "azure-devops").glob("*.yml"))


def accepted(schema: str, *files: pathlib.Path) -> bool:
    """Return whether a schema that check-jsonschema contains accepts the files."""
    # The schema of Azure Pipelines has patterns that ECMAScript refuses with the Unicode flag.
    command = [sys.executable, "-m", "check_jsonschema", "--regex-variant", "nonunicode", "--builtin-schema", schema]
    return subprocess.run([*command, *map(str, files)], capture_output=True, check=False).returncode == 0


@pytest.mark.whole
@pytest.mark.parametrize(
    ("schema", "files", "old", "new"),
    [
        ("vendor.github-workflows", GITHUB, "runs-on:", "run-on:"),
        ("vendor.azure-pipelines", AZURE_DEVOPS, "displayName:", "displyName:"),
    ],
)
def test_the_schema_of_the_ci_system_accepts_each_file_and_refuses_a_misspelled_key(
    schema: str, files: list[pathlib.Path], old: str, new: str, tmp_path: pathlib.Path
) -> None:
    assert len(files) >= 3
    assert accepted(schema, *files)
    wrong = tmp_path / "wrong.yml"
    wrong.write_text(files[-1].read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")
    assert not accepted(schema, wrong)


@pytest.mark.whole
def test_zizmor_finds_no_security_problem_in_the_workflows(tmp_path: pathlib.Path) -> None:
    zizmor = pathlib.Path(sys.executable).with_name("zizmor")
    workflows = tmp_path / ".github" / "workflows"
    workflows.mkdir(parents=True)
    for file in GITHUB:
        shutil.copy(file, workflows)
    assert subprocess.run([zizmor, "--offline", tmp_path], capture_output=True, check=False).returncode == 0
    text = (workflows / "review.yml").read_text(encoding="utf-8")
    (workflows / "review.yml").write_text(text.replace("  pull_request:\n", "  pull_request_target:\n"))
    assert subprocess.run([zizmor, "--offline", tmp_path], capture_output=True, check=False).returncode != 0
