"""Names and patterns of workspaces."""

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
def test_the_order_is_that_of_the_ids_and_nothing_comes_twice(patterns: list[str], selected: list[str]) -> None:
    assert select(IDS, patterns) == tuple(selected)


@pytest.mark.parametrize("pattern", ["networks", "AKS-*", "network", "nothing-*", "hub\n", "", "hub hcp"])
def test_a_pattern_that_matches_nothing_is_an_error_with_the_valid_names(pattern: str) -> None:
    with pytest.raises(UnknownWorkspace) as error:
        select(IDS, ["hub", pattern])
    text = str(error.value)
    assert all(each in text for each in IDS)
    assert "\n" not in text


def test_a_slip_gets_the_name_that_was_meant() -> None:
    with pytest.raises(UnknownWorkspace, match="network-payments"):
        select(IDS, ["network-payment"])


def test_nothing_to_select_from() -> None:
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
