"""The documentation matches the code: generated pages, links, headings that comments name, rules."""

import importlib
import pathlib
import re
import subprocess
import sys
from collections.abc import Iterator

import pytest

from hvn import VERSION
from hvn.kinds.registry import kind_of
from hvn.kinds.workspace import WorkspaceId

PROJECT = pathlib.Path(__file__).parents[2]
DOCS = PROJECT / "docs"
PAGES = [PROJECT / "README.md", *sorted(DOCS.rglob("*.md"))]
CODE = [
    PROJECT / "main.py",
    *(file for folder in ("hvn", "stacks", "tools", "tests") for file in sorted((PROJECT / folder).rglob("*.py"))),
]


def text_of(file: pathlib.Path) -> str:
    return file.read_text(encoding="utf-8")


def prose(page: pathlib.Path) -> str:
    """Return a page without its code blocks."""
    return re.sub(r"^ *```.*?^ *```$", "", text_of(page), flags=re.DOTALL | re.MULTILINE)


def headings(page: pathlib.Path) -> list[str]:
    return re.findall(r"^#+ (.+)$", prose(page), flags=re.MULTILINE)


def anchors(page: pathlib.Path) -> set[str]:
    """Return the anchors that GitHub generates from the headings."""
    names: set[str] = set()
    for heading in headings(page):
        anchor = re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")
        number = 0
        while (name := f"{anchor}-{number}" if number else anchor) in names:
            number += 1
        names.add(name)
    return names


def links(page: pathlib.Path) -> Iterator[str]:
    """Yield the links of a page to files of the project and to headings."""
    for target in re.findall(r"\]\(([^)\s]+)\)", prose(page)):
        if not re.match(r"[a-z]+:", target):
            yield target


@pytest.mark.whole
def test_generated_pages_are_up_to_date() -> None:
    result = subprocess.run(
        [sys.executable, PROJECT / "tools" / "docs.py", "--check"],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stderr


def test_a_type_without_rights_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(PROJECT / "tools")
    rights = importlib.import_module("rights")
    hub = kind_of(WorkspaceId("hub"))
    with pytest.raises(LookupError, match="azurerm_bastion_host"):
        list(rights.needs(hub, {"provider": {}, "resource": {"azurerm_bastion_host": {"bastion": {}}}}))


@pytest.mark.parametrize("meanings", [{"line": "its line"}, {"line": "its line", "file": "", "column": "gone"}])
def test_a_json_key_without_meaning_and_a_meaning_without_key_are_errors(
    meanings: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(PROJECT / "tools")
    tables = importlib.import_module("pages.json_keys.tables")
    with pytest.raises(LookupError, match="column" if "column" in meanings else "file"):
        tables.keys_list("key", ["file", "line"], meanings)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(PROJECT)))
def test_links_have_a_target(page: pathlib.Path) -> None:
    for target in links(page):
        name, _, anchor = target.partition("#")
        file = (page.parent / name).resolve() if name else page
        assert file.is_relative_to(PROJECT), target
        assert file.exists(), target
        if anchor:
            assert anchor in anchors(file), target


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(PROJECT)))
def test_named_sources_are_defined(page: pathlib.Path) -> None:
    """`[name]` alone is a reference link. The end of the page defines the link's target."""
    text = prose(page)
    defined = set(re.findall(r"^\[([^\]]+)\]: \S+$", text, flags=re.MULTILINE))
    used = set(re.findall(r"\[([a-z0-9-]+)\]\)?(?: \||$)", text, flags=re.MULTILINE))
    assert used == defined


def test_every_page_is_linked_from_another() -> None:
    linked = {(page.parent / target.partition("#")[0]).resolve() for page in PAGES for target in links(page)}
    assert [page for page in PAGES if page not in linked and page != PROJECT / "README.md"] == []


def named_in_code() -> Iterator[tuple[pathlib.Path, str, str]]:
    """Yield each file with a page that its comments and docstrings name, and the heading in quotes after the page, if
    any."""
    for file in CODE:
        if file.is_relative_to(PROJECT / "tests" / "docs"):
            continue
        # A comment may continue on the next line.
        text = re.sub(r"\n[ #]*", " ", text_of(file))
        for page, heading in re.findall(r'(docs/[\w/.-]+\.md)(?:`?, "([^"]+)")?', text):
            yield file, page, heading


def test_pages_that_the_code_names_exist() -> None:
    named = list(named_in_code())
    assert {"docs/reference/facts.md", "docs/reference/rules.md"} <= {page for _, page, _ in named}
    assert [(str(file), page) for file, page, _ in named if not (PROJECT / page).exists()] == []


def test_headings_that_the_code_names_exist() -> None:
    named = [(file, page, heading) for file, page, heading in named_in_code() if heading]
    assert named
    assert [(page, heading) for _, page, heading in named if heading not in headings(PROJECT / page)] == []


def test_each_rule_has_its_line() -> None:
    """Read the ids from the text of the source files, because the page itself comes from the registry."""
    sources = [text_of(file) for file in (PROJECT / "hvn").rglob("*.py")]
    ids = [id_ for text in sources for id_ in re.findall(r"\bid=\"(HVN\d{3})\"", text)]
    assert len(ids) == len(set(ids)) > 100
    lines = re.findall(r"^\[`(HVN\d{3})`\]", text_of(DOCS / "reference" / "rules.md"), flags=re.MULTILINE)
    assert sorted(lines) == sorted(ids)


def test_decisions_are_dated_and_listed() -> None:
    listed = text_of(DOCS / "decisions" / "README.md")
    for page in sorted((DOCS / "decisions").glob("0*.md")):
        title, _, date = text_of(page).splitlines()[:3]
        assert title.startswith(f"# {page.name[:4]}: ")
        assert re.fullmatch(r"\d{4}-\d{2}-\d{2}", date), page.name
        assert f"({page.name})" in listed


def facts_without_source(text: str) -> list[str]:
    """Return the list entries without a source. Exclude the entries of a section that names one source for all
    entries.
    """
    entries_without: list[str] = []
    sourced = re.compile(r"\]\(https://\S+\)|\bseen\b|\binferred\b|\bunverified\b|\(guide\)", re.IGNORECASE)
    for section in re.split(r"^#+ ", text, flags=re.MULTILINE)[1:]:
        introduction, *entries = re.split(r"^- ", section, flags=re.MULTILINE)
        if not sourced.search(introduction):
            entries_without += [entry for entry in entries if not sourced.search(entry)]
    return entries_without


def test_facts_are_sourced() -> None:
    """Without a source, nobody can check the fact again after a cloud changes."""
    assert facts_without_source(text_of(DOCS / "reference" / "facts.md")) == []


def test_a_fact_without_a_source_is_found() -> None:
    text = "# A\n\n- one [b](https://b.example)\n- two\n\n# C\n\n[all](https://c.example)\n\n- three\n"
    assert facts_without_source(text) == ["two\n\n"]


def test_the_version_is_in_the_readme_and_the_changelog() -> None:
    newest = re.search(r"^## (\S+)", text_of(PROJECT / "CHANGELOG.md"), flags=re.MULTILINE)
    assert newest
    assert newest[1] == VERSION
    assert f"| Version | {VERSION}" in text_of(PROJECT / "README.md")


def test_the_readme_fits_on_one_screen() -> None:
    assert len(text_of(PROJECT / "README.md").splitlines()) <= 60
