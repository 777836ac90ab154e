"""Convert the options and answers of `hvn init` to values. Each invalid text gives one message."""

import re
from collections.abc import Callable, Mapping, Sequence
from ipaddress import IPv4Network
from itertools import filterfalse
from typing import Annotated, Any, Literal

import click
from pydantic import BeforeValidator, ValidationError

from hvn.check.hcp_regions import REGIONS, nearby
from hvn.check.rules.reserved_name import PLACES
from hvn.commands.init.naming_scheme import expanded, scheme_of
from hvn.commands.spoke.conversion import dashed, fault, items, valid
from hvn.commands.spoke.new_app import NewApp, new_app
from hvn.diagnostics.message import plain_text
from hvn.diagnostics.printable import printable
from hvn.diagnostics.suggest import closest, unknown
from hvn.topology.fields import Cidr, Ip, Region, SiteName, SpokeName
from hvn.topology.model import Naming
from hvn.topology.regions import AZURE

NO = "none"
"""The answer for no value."""
DEFAULT = "default"
"""The answer for the default name patterns."""
SIZES = range(8, 28)
"""The prefix lengths of the first spoke's new range."""
SITES = "frankfurt=10.128.0.0/12,192.168.0.0/16"
"""An example of an on-premises network."""
SITE = "onprem"
"""The name of an on-premises network without a name."""
_NEXT_SITE = re.compile(r"[\s,]+(?=[^\s,=]+\s*=)")
"""The separator between two on-premises networks. Spaces may also follow the commas between the ranges of a network."""


AzureRegion = Annotated[Region, BeforeValidator(lambda text: text.replace(" ", "").lower())]
"""A region, also by its name in the portal, such as `Sweden Central`."""


def region(text: str) -> str:
    """Return the region of an answer. Raises `UsageError` if Azure does not have the region: the next questions depend
    on it."""
    value: str = valid(AzureRegion)(text)
    if value not in AZURE:
        near = closest(value, sorted(AZURE))
        hint = f"did you mean {near}?" if near else "'az account list-locations --query [].name' prints the regions"
        raise click.UsageError(f"{printable(value)} is not a region of Azure; {hint}")
    return value


def hvn_region(text: str) -> str:
    """Return the region of an answer. Raises `UsageError` for a region that HashiCorp does not list; the option
    --hvn-region accepts each region of Azure."""
    value: str = valid(AzureRegion)(text)
    if value not in REGIONS:
        near = nearby(value) or closest(value, REGIONS)
        hint = f"did you mean {near}?" if near else f"the regions are: {', '.join(REGIONS)}"
        raise click.UsageError(f"{printable(value)} is not a known region of HCP on Azure; {hint}")
    return value


def spoke(text: str) -> tuple[str, str]:
    """Return the name of a spoke, and the prefix length of its range, or an empty text. Raises `UsageError` for an
    invalid or reserved name, before the next questions."""
    first, sign, size = text.partition("/")
    name: str = valid(SpokeName)(first)
    if name in PLACES:
        raise click.UsageError(f"a spoke cannot have the name {name}; write for example spoke-{name}")
    if sign and not (size.isdecimal() and int(size) in SIZES):
        raise click.UsageError(f"{printable(text)}: the size is a prefix length from {SIZES[0]} to {SIZES[-1]}")
    return name, size


def ask(question: str, convert: Callable[[str], Any]) -> Any:
    """Ask a question without a default, and return the converted answer. click would ask again silently after an empty
    answer."""

    def converted(text: str) -> Any:
        if not text:
            raise click.UsageError("this question has no default: enter an answer")
        return convert(text)

    return click.prompt(question, "", show_default=False, value_proc=converted)


GATEWAYS = ("vpn", "express_route", "both", "yes", NO)
"""The types of a hub's gateway; `yes` is an unknown type."""
GATEWAY_FORM = "vpn, express_route, both, yes (unknown type), or none"
_WORDS = {"y": "yes", "n": NO, "no": NO}


def gateway(text: str) -> str:
    """Return the type of the hub's gateway, also for y, n and the words of the question. Raises `UsageError` for
    another answer."""
    answer = (_WORDS | dict.fromkeys(("existing", "planned"), "yes")).get(text.lower(), text.lower())
    if answer not in GATEWAYS:
        raise click.UsageError(f"{printable(text)} is not {GATEWAY_FORM}")
    return answer


def yes(text: str) -> bool:
    """Return whether the answer is y. Raises `UsageError` for another answer than y or n."""
    answer = _WORDS.get(text.lower(), text.lower())
    if answer not in ("yes", NO):
        raise click.UsageError(f"{printable(text)} is not y or n")
    return answer == "yes"


def unless(word: str, type_: Any) -> Callable[[str], Any]:
    """Return a function that converts a text to its value, and `word` to None."""
    convert = valid(type_)
    return lambda text: None if text == word else convert(text)


def sites_of(values: Sequence[str], option: str = "on_premises") -> Mapping[str, list[IPv4Network]]:
    """Return the ranges of each on-premises network. Raises `UsageError` if a value is not NAME=CIDR. An answer to a
    question has no option."""
    networks: dict[str, list[IPv4Network]] = {}
    for value in values:
        name, sign, cidrs = value.partition("=")
        if not sign and value[:1].isdigit():
            name, sign, cidrs = SITE, "=", value
        if not (sign and all(items(cidrs))):
            prefix = f"--{dashed(option)}: " if option else ""
            raise click.UsageError(f"{prefix}{printable(value)} is not NAME=CIDR, or NAME=CIDR,CIDR: {SITES}")
        ranges = map(valid(Cidr, option), items(cidrs))
        networks.setdefault(valid(SiteName, option)(name.strip()), []).extend(ranges)
    return networks


def pairs_of(option: str, values: Sequence[str]) -> Mapping[str, str]:
    """Return the values of an option by key. Raises `UsageError` if a value is not KEY=VALUE, or for a second value of
    a key. An answer to a question has no option."""
    pairs: dict[str, str] = {}
    for text in values:
        key, sign, value = text.partition("=")
        if not (sign and key) or key in pairs:
            problem = "is the second value of this key" if sign and key else "is not KEY=VALUE"
            raise click.UsageError(
                f"--{option}: {printable(text)} {problem}" if option else f"{printable(text)} {problem}"
            )
        pairs[key] = value
    return pairs


def _braced(pattern: str) -> str:
    """Return a pattern with its placeholders in braces, and print a correction of `<spoke>`."""
    braced = re.sub(r"<(\w+)>", r"{\1}", pattern)
    if braced != pattern:
        click.echo(f"{printable(pattern)} is read as {printable(braced)}: placeholders are in braces", err=True)
    return braced


def naming_of(values: Sequence[str], option: str = "naming") -> tuple[str, Mapping[str, str]]:
    """Return the scheme of all names, or an empty text, and the name patterns by kind. Raises `UsageError` for an
    invalid scheme, or a value that is not KIND=PATTERN."""
    values = [*map(_braced, values)]
    schemes = [value for value in values if "=" not in value and "{" in value]
    if len(schemes) > 1:
        raise click.UsageError(f"{printable(schemes[1])} is the second pattern for all kinds")
    return (scheme_of(schemes[0], option) if schemes else "", pairs_of(option, [*filterfalse(schemes.count, values)]))


def patterns(text: str) -> tuple[str, Mapping[str, str]]:
    """Return the scheme and the name patterns of an answer. Raises `UsageError` for an invalid pattern."""
    scheme, naming = ("", {}) if text in (NO, DEFAULT) else naming_of(re.split(r"[\s,]+", text.strip()), "")
    _require_valid(expanded(scheme, "new"))
    _require_valid(naming)
    return scheme, naming


def _require_valid(naming: Mapping[str, str]) -> None:
    try:
        Naming.model_validate(naming)
    except ValidationError as error:
        problem = error.errors()[0]
        kind = str(problem["loc"][0])
        if kind not in Naming.model_fields:
            message = "{}; {}".format(*unknown(kind, Naming.model_fields, "kind of name"))
            raise click.UsageError(plain_text(message)) from None
        raise click.UsageError(fault(naming[kind], problem)) from None


def sites(text: str) -> Mapping[str, list[IPv4Network]]:
    """Return the on-premises ranges of an answer. Raises `UsageError` for an invalid answer."""
    return {} if text == NO else sites_of(_NEXT_SITE.split(text.strip()), "")


def sites_text(sites_: Mapping[str, Sequence[IPv4Network]]) -> str:
    """Return the answer with these on-premises ranges."""
    return " ".join(f"{name}={','.join(map(str, cidrs))}" for name, cidrs in sites_.items())


def inside(ranges: Sequence[IPv4Network], owner: str = "hub") -> Callable[[str], IPv4Network]:
    """Return a function that converts a text to a range, and refuses a range outside these ranges."""

    def convert(text: str) -> IPv4Network:
        cidr: IPv4Network = valid(Cidr)(text)
        if not any(cidr.subnet_of(whole) for whole in ranges):
            raise click.UsageError(f"{cidr} is outside the {owner}'s ranges: {', '.join(map(str, ranges))}")
        return cidr

    return convert


def address_inside(ranges: Sequence[IPv4Network]) -> Callable[[str], object]:
    """Return a function that converts a text to an address or `none`, and refuses an address outside these ranges."""

    def convert(text: str) -> object:
        address = valid(Ip | Literal["none"])(text)
        if address != NO and not any(address in cidr for cidr in ranges):
            raise click.UsageError(f"{address} is outside the hub's ranges: {', '.join(map(str, ranges))}")
        return address

    return convert


def apps(text: str) -> tuple[NewApp, ...]:
    """Return the apps of an answer. Raises `UsageError` for an invalid answer."""
    try:
        return () if text == NO else tuple(map(new_app, re.split(r"[\s,]+", text.strip())))
    except ValueError as error:
        raise click.UsageError(str(error)) from None
