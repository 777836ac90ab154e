"""`hvn init --azure` writes a valid file or prints messages for any JSON, and reports every part that it does not
read.
"""

import json
import pathlib
import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hvn.check.load import load
from hvn.commands.init.azure_resources import KINDS
from tests.commands.test_init_azure import COMPANIES, SPACE, UUID, VNET, init, paths
from tests.conftest import PROJECT
from tests.strategies.examples import examples


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        ("Name    ResourceGroup\n", "not JSON"),
        ("", "is empty"),
        ('{"data": [', "line 1 column 11"),
        ("[" * 100_000, "not JSON"),
        ('{"data": [], "data": []}', "duplicate key"),
        ("[]", "no VNet"),
        ("7", "no list of resources"),
        ("[7]", "[0]: 7 is not a resource"),
        ('{"dat": []}', "did you mean data?"),
        ('{"data": {"columns": [], "rows": []}}', "no list of resources"),
        (json.dumps([{"Type": "Microsoft.Network/virtualNetworks"}]), "no type, but Type"),
        (json.dumps([VNET]), "[0].addressSpace is missing"),
        (json.dumps([VNET | {"adressSpace": {}}]), "did you mean adressSpace?"),
        (json.dumps([VNET | {"addressSpace": {"addressPrefixes": ["10.0.0.1/16"]}}]), "write 10.0.0.0/16"),
        (json.dumps([VNET | {"addressSpace": {"addressPrefixes": "10.0.0.0/99"}}]), "invalid prefix length"),
        (json.dumps([VNET | SPACE | {"id": VNET["id"].replace("/rg/", "/r g/")}]), "r g"),
        (json.dumps([VNET | SPACE | {"location": "\x1b[31m"}]), "is not an Azure region"),
        (json.dumps([VNET | SPACE | {"subnets": [{}]}]), "[0].subnets[0].name is missing"),
        (json.dumps([VNET | SPACE | {"tenantId": "contoso"}]), "contoso is not a UUID"),
        (json.dumps({"data": [VNET | SPACE], "count": 1, "total_records": 7}), "1 of 7 records"),
    ],
)
def test_a_file_that_is_not_understood_is_reported_and_nothing_is_written(
    document: str, expected: str, tmp_path: pathlib.Path
) -> None:
    (tmp_path / "azure.json").write_text(document)
    done = init(tmp_path / "network.yaml", [tmp_path / "azure.json"])
    assert (done.exit_code, done.stdout, (tmp_path / "network.yaml").exists()) == (1, "", False), done.output
    assert expected in done.stderr
    assert "\n  fix: " in done.stderr
    assert "\x1b" not in done.stderr


def test_all_problems_are_reported_at_once(tmp_path: pathlib.Path) -> None:
    (tmp_path / "a.json").write_text(json.dumps([VNET, VNET | {"addressSpace": 1}]))
    (tmp_path / "b.json").write_text("no")
    done = init(tmp_path / "network.yaml", [tmp_path / "a.json", tmp_path / "b.json"])
    assert re.findall(r"^\S*([ab])\.json: error", done.stderr, re.MULTILINE) == ["a", "a", "b"]


def test_a_missing_file_is_one_line(tmp_path: pathlib.Path) -> None:
    done = init(tmp_path / "network.yaml", [tmp_path / "none.json"])
    assert (done.exit_code, done.stdout, len(done.stderr.splitlines())) == (2, "", 1)


def test_a_folder_is_one_line(tmp_path: pathlib.Path) -> None:
    done = init(tmp_path / "n.yaml", [tmp_path])
    assert (done.exit_code, done.stderr) == (2, f"{tmp_path} cannot be read: Is a directory\n")


def test_an_empty_text_is_a_missing_value(tmp_path: pathlib.Path) -> None:
    """Azure may return an empty next hop for routes of types that have no address."""
    route = {"addressPrefix": "0.0.0.0/0", "nextHopType": "Internet", "nextHopIpAddress": ""}
    table = {"type": "Microsoft.Network/routeTables", "id": "/rt", "properties": {"routes": [{"properties": route}]}}
    (tmp_path / "azure.json").write_text(json.dumps([VNET | SPACE, table]))
    done = init(tmp_path / "n.yaml", [tmp_path / "azure.json"], f"--tenant-id {UUID}")
    assert done.exit_code == 0, done.output


def test_the_query_selects_the_types_that_init_reads() -> None:
    query = (PROJECT / "examples" / "azure.kql").read_text()
    assert {*re.findall("'([a-z./]+)'", query)} == {*KINDS}


def test_types_that_are_not_read_are_reported(tmp_path: pathlib.Path) -> None:
    rows = [VNET | SPACE, {"type": "Microsoft.Network/virtualNetworks/subnets"}, {"type": "\x1b[1m"}]
    (tmp_path / "azure.json").write_text(json.dumps(rows))
    done = init(tmp_path / "n.yaml", [tmp_path / "azure.json"], f"--tenant-id {UUID}")
    assert done.exit_code == 0, done.output
    assert "not read: 1 of type Microsoft.Network/virtualNetworks/subnets; did you mean" in done.stdout
    assert "\x1b" not in done.stdout


# --- Hostile files

TREES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=12) | st.sampled_from(["10.0.0.0/8", "::/0", "${x}"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


def nodes(tree: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Return the paths of all values in a document."""
    items = tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ()
    return [path, *(inner for key, value in items for inner in nodes(value, (*path, key)))]


DOCUMENTS = {company: [json.loads(path.read_text()) for path in paths(COMPANIES[company][0])] for company in COMPANIES}
PLACES = {company: nodes(documents)[1:] for company, documents in DOCUMENTS.items()}


@settings(max_examples=examples(150), deadline=None)
@given(data=st.data(), company=st.sampled_from([*COMPANIES]), remove=st.booleans())
def test_any_json_gives_a_valid_file_or_a_message(
    data: st.DataObject, company: str, remove: bool, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("azure")
    documents = json.loads(json.dumps(DOCUMENTS[company]))
    *above, last = data.draw(st.sampled_from(PLACES[company]))
    place: Any = documents
    for key in above:
        place = place[key]
    if remove and above:
        del place[last]
    else:
        place[last] = data.draw(TREES)
    files = [folder / f"{number}.json" for number in range(len(documents))]
    for file, document in zip(files, documents, strict=True):
        file.write_text(json.dumps(document))
    done = init(folder / "network.yaml", files, COMPANIES[company][1])
    assert isinstance(done.exception, SystemExit | None), done.exception
    assert (done.exit_code == 0) is (folder / "network.yaml").exists()
    if done.exit_code:
        assert done.stderr
        assert not done.stdout
    else:
        assert load(folder / "network.yaml").checked
