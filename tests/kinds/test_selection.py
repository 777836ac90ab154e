"""Names and patterns select workspaces."""

import pytest

from hvn.kinds.selection import UnknownWorkspace, requested, select

IDS = ("hcp", "hub", "network-payments", "aks-payments", "network-orders", "aks-orders")


@pytest.mark.parametrize(
    ("patterns", "selected"),
    [
        (["hub"], ["hub"]),
        (["aks-*"], ["aks-payments", "aks-orders"]),
        (["aks-orders", "hcp"], ["hcp", "aks-orders"]),
        (["*-orders", "aks-*", "aks-orders"], ["aks-payments", "network-orders", "aks-orders"]),
        (["h?b", "[gh]cp"], ["hcp", "hub"]),
        (["*"], IDS),
        ([], IDS),
    ],
)
def test_a_selection_keeps_the_order_of_the_ids_without_duplicates(patterns: list[str], selected: list[str]) -> None:
    assert select(IDS, patterns) == tuple(selected)


@pytest.mark.parametrize("pattern", ["networks", "AKS-*", "network", "nothing-*", "hub\n", "", "hub hcp"])
def test_a_pattern_that_matches_nothing_is_an_error_with_the_valid_names(pattern: str) -> None:
    with pytest.raises(UnknownWorkspace) as error:
        select(IDS, ["hub", pattern])
    text = str(error.value)
    assert all(id_ in text for id_ in IDS)
    assert "\n" not in text


def test_a_misspelled_name_gets_a_suggestion() -> None:
    with pytest.raises(UnknownWorkspace, match="network-payments"):
        select(IDS, ["network-payment"])


def test_a_selection_from_no_ids() -> None:
    assert select((), ()) == ()
    with pytest.raises(UnknownWorkspace):
        select((), ["hub"])


@pytest.mark.parametrize(
    ("text", "patterns"),
    [
        ("", ()),
        (" , \n", ()),
        ("hub", ("hub",)),
        ("hub,hcp", ("hub", "hcp")),
        ("  hub\t'aks-*' ,\nhcp,", ("hub", "'aks-*'", "hcp")),
    ],
)
def test_the_variable_is_split_at_spaces_and_commas(text: str, patterns: tuple[str, ...]) -> None:
    assert requested({"HVN_STACKS": text}) == patterns
    assert requested({}) == ()
