"""Define values and small strategies that several modules use."""

from functools import cache, lru_cache
from typing import Any

from hypothesis import strategies as st

Topology = dict[str, Any]
MIRROR = "quay.io"
PUBLIC_DNS = "198.51.100.53"
REGIONS = ("japaneast", "westeurope", "eastus2", "norwayeast")  # HCP's list of regions does not contain the last region
LONG = "x" * 63
TAG_VALUES = ("", "a b", 'say "{}" \\ 100 % $', "東京", "v" * 256)


@lru_cache(maxsize=4096)
def optional(**keys: st.SearchStrategy[Any]) -> st.SearchStrategy[Topology]:
    """Return a strategy for mappings with any subset of these keys."""
    return st.fixed_dictionaries({}, optional=keys)


@cache
def uuids() -> st.SearchStrategy[str]:
    return st.uuids().map(str)


@cache
def zones() -> st.SearchStrategy[list[str]]:
    return st.lists(st.sampled_from("123"), unique=True)


@cache
def labels() -> st.SearchStrategy[str]:
    """Return a strategy for DNS labels, including leading digits and the maximum length."""
    short = st.from_regex(r"[a-z0-9]([a-z0-9-]{0,10}[a-z0-9])?", fullmatch=True)
    return short | st.sampled_from(("9" * 63, "a-b" * 21))


@cache
def hosts() -> st.SearchStrategy[list[str]]:
    return st.lists(st.from_regex(r"(\*\.)?[a-z]{1,8}\.example", fullmatch=True), max_size=3)


@cache
def tags(most: int = 40) -> st.SearchStrategy[dict[str, str]]:
    """Return a strategy for tags, up to Azure's limits of number and length."""
    keys = labels().map("t".__add__) | st.sampled_from(("T" * 128, "Cost Center", "1st", "部門"))
    many = {f"key-{number}": "value" for number in range(most)}
    return st.dictionaries(keys, st.sampled_from(TAG_VALUES), max_size=most) | st.just(many)


@cache
@st.composite
def groups(draw: st.DrawFn, *names: str) -> str:
    """Draw the beginning of ids in an existing resource group; its subscription may be in upper case."""
    subscription = draw(uuids() | uuids().map(str.upper))
    return f"/subscriptions/{subscription}/resourceGroups/{draw(st.sampled_from(names))}/providers/Microsoft.Network"
