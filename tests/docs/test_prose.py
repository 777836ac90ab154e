"""tools/prose.py reports each word of its list, and reports nothing in good text or in quotations."""

import importlib
import pathlib
import subprocess
import sys
from types import ModuleType

import pytest

from tests.conftest import PROJECT

# For each line of tools/prose.txt, in the same order: a text, and the word that is reported.
BAD = (
    ("The VNet is built anew.", "anew"),
    ("The command tells the reason.", "tells"),
    ("The check says which line is wrong.", "says which"),
    ("A cluster stands in the subnet.", "stands"),
    ("The next run mends it.", "mends"),
    ("The plan fails, for it is incomplete.", "for it is"),
    ("Quote it, else it is a number.", "else"),
    ("The port is 8200 unless said.", "unless said"),
    ("The zone is there already.", "is there already"),
    ("The workspace is gone.", "gone"),
    ("How often is written nowhere: nobody knows.", "nobody knows"),
    ("A blank at the end is refused.", "blank"),
    ("The sample is at rest.", "at rest"),
    ("Delete it by hand.", "by hand"),
    ("A spoke whose cluster is new.", "whose"),
    ("This is a CIDR that is none.", "that is none"),
    ("It is taken for a number.", "taken for"),
    ("The spoke has no way to Vault.", "has no way to"),
    ("Networks made elsewhere stay.", "made elsewhere"),
    ("Name what exists.", "what exists"),
    ("It is held\nback until the keys are committed.", "held back"),
    ("Providers are stand-ins.", "stand-ins"),
    ("The file is a ledger.", "ledger"),
    ("A plan with a doubt is refused.", "doubt"),
    ("- What a change affects.", "What"),
    ("Return what the plan destroys.", "Return what"),
    ("The rule allows nothing but TCP.", "nothing but"),
    ("Plan again in order to see the drift.", "in order to"),
    ("The peering is to be accepted.", "is to be"),
    ("The most lines that a table shows.", "The most"),
    ("The runner is outside of the network.", "outside of"),
)
GOOD = (
    "The traffic goes through the firewall, and nothing else does. `id` stands for the name.",
    "Is there a peering? What does it connect?",
    "Use the cluster for the sample, for example. A second entry is blanked.",
    "Vault answers `what exists is gone` and `held\nback`; see [the guide](gone.md#what-stands-there).",
    "```text\nnobody knows\n```\n",
    "See https://example.com/gone. <!-- at rest -->",
    "The most similar names are shown. Return the plans. Nothing is destroyed, but two values change.",
)


@pytest.fixture
def prose(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(PROJECT / "tools")
    return importlib.import_module("prose")


def words(prose: ModuleType, text: str) -> list[str]:
    return [word for _, word, _ in prose.problems(text)]


def test_each_line_of_the_list_is_found(prose: ModuleType) -> None:
    assert len(prose.WORDS) == len(BAD)
    for (pattern, suggestion), (text, word) in zip(prose.WORDS, BAD, strict=True):
        assert pattern.search(text), text
        assert (word, suggestion) in [(reported, hint) for _, reported, hint in prose.problems(text)]


@pytest.mark.parametrize("text", GOOD)
def test_good_text_passes(prose: ModuleType, text: str) -> None:
    assert words(prose, text) == []


@pytest.mark.parametrize("start", ["", "A first sentence. ", "A paragraph.\n\n", "# ", "1. ", "| "])
def test_openings_are_found_at_the_start_of_a_sentence(prose: ModuleType, start: str) -> None:
    assert words(prose, f"{start}Who may apply is decided later.") == ["Who"]
    assert words(prose, f"{start}The review shows Who and What in a column.") == []


def run(*arguments: str | pathlib.Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, PROJECT / "tools" / "prose.py", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def reported(file: pathlib.Path, content: str) -> list[str]:
    """Write the file, check it, and return the reported lines and words in the form `3: gone`."""
    file.write_text(content, encoding="utf-8")
    done = run(file.parent)
    assert done.returncode == 1
    return [line.rpartition(f"{file.name}:")[2].partition(" →")[0] for line in done.stdout.splitlines()]


def test_markdown_is_reported_by_line(tmp_path: pathlib.Path) -> None:
    text = "# A page\n\nIt `stands`\nhere.\n\n```sh\ngone\n```\n\nIt is held\nback.\n"
    assert reported(tmp_path / "page.md", text) == ["10: held back"]


def test_python_texts_are_reported_by_line(tmp_path: pathlib.Path) -> None:
    code = '"""Good.\n\nIt is gone.\n"""\n\ngone = "gone"\ntext = f"{gone} stands here"\nmore = ("a b "\n"else")\n'
    assert reported(tmp_path / "module.py", code) == ["3: gone", "7: stands", "8: else"]


def test_python_comments_are_reported_by_line(tmp_path: pathlib.Path) -> None:
    code = "one = 1  # it is gone\ntext = '#gone'\n\n# A resource that is held\n# back. Who\n\n# What\n"
    assert reported(tmp_path / "module.py", code) == ["1: gone", "4: held back", "5: Who", "7: What"]


def test_comments_of_scripts_and_workflows_are_reported_by_line(tmp_path: pathlib.Path) -> None:
    code = "#!/bin/sh gone\n# it is gone\nstep: gone#gone  # it is held\n  # back\n"
    assert reported(tmp_path / "step.yml", code) == ["2: gone", "3: held back"]
    (tmp_path / "step.yml").unlink()
    assert reported(tmp_path / "step.sh", code) == ["2: gone", "3: held back"]


def test_messages_of_other_programs_are_skipped(prose: ModuleType) -> None:
    code = '"""It stands here."""\nmessage = "the namespace is gone"\n'
    assert [text for _, text in prose.texts(code, docstrings_only=True)] == ["It stands here."]
    assert len(list(prose.texts(code, docstrings_only=False))) == 2


def test_good_files_pass_and_missing_ones_are_errors(tmp_path: pathlib.Path) -> None:
    (tmp_path / "page.md").write_text("The spoke reaches Vault.\n", encoding="utf-8")
    done = run(tmp_path)
    assert (done.returncode, done.stdout) == (0, "")
    assert run(tmp_path / "missing.md").returncode == 2
