"""Convert the options and answers of commands to values. Each invalid text gives one message."""

import re
from collections.abc import Callable
from typing import Annotated, Any

import click
from pydantic import BeforeValidator, TypeAdapter, ValidationError
from pydantic_core import PydanticCustomError

from hvn.diagnostics.message import plain_text
from hvn.diagnostics.printable import printable
from hvn.topology.fields import REFUSED, Cidr, ClusterId, Ip, PrivateDnsZoneId, VnetId

UNKNOWN = "unknown"
"""The answer for a value that the person does not know yet."""
SHORT_ID = "SUBSCRIPTION/GROUP/NAME"
UUID = "[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"


def valid(type_: Any, option: str = "") -> Callable[[str], Any]:
    """Return a function that converts a text to its value, and raises `UsageError` for an invalid text."""
    adapter = TypeAdapter(type_)

    def convert(text: str) -> Any:
        try:
            return adapter.validate_python(text)
        except ValidationError as error:
            name = f"--{dashed(option)}: " if option else ""
            raise click.UsageError(name + fault(text, error.errors()[0])) from None

    return convert


def fault(text: str, error: Any) -> str:
    """Return the message about an invalid text, from an error of pydantic."""
    context = error.get("ctx", {})
    if error["type"] == REFUSED:
        return f"{plain_text(context['message'])}; {plain_text(context['fix'])}"
    if error["type"] == "literal_error":
        return f"{printable(text)} is not {context['expected'].replace(chr(39), '')}"
    return f"{printable(text)}: {error['msg']}"


def items(text: str) -> list[str]:
    """Return the items of a text, without the commas or spaces between them. An item without a text is a mistake."""
    return re.split(r"\s*,\s*|\s+", text.strip())


Ips = Annotated[tuple[Ip, ...], BeforeValidator(items)]
"""Addresses, separated by commas."""
Cidrs = Annotated[tuple[Cidr, ...], BeforeValidator(items)]
"""Ranges, separated by commas."""


def shown(value: Any) -> str:
    """Return the text of a value on the command line."""
    return ",".join(map(str, value)) if isinstance(value, tuple) else str(value)


def dashed(option: str) -> str:
    """Return the name of an option on the command line, without its dashes at the beginning."""
    return option.replace("_", "-")


def subscription_of(text: str) -> str:
    """Return the subscription id before the first slash. Raises an error of pydantic for another text, such as the
    subscription's name."""
    subscription = text.partition("/")[0]
    if not re.fullmatch(UUID, subscription):
        raise PydanticCustomError("subscription", "{name} is not a subscription id", {"name": printable(subscription)})
    return subscription


def _full_id(kind: str) -> BeforeValidator:
    """Return a converter of SUBSCRIPTION/GROUP/NAME to the id of a resource of this type."""

    def convert(text: str) -> str:
        words = text.split("/")
        if len(words) != 3 or not all(words):
            return text
        _, group, name = words
        return f"/subscriptions/{subscription_of(text)}/resourceGroups/{group}/providers/{kind}/{name}"

    return BeforeValidator(convert)


AnyVnetId = Annotated[VnetId, _full_id("Microsoft.Network/virtualNetworks")]
ZoneId = Annotated[PrivateDnsZoneId, _full_id("Microsoft.Network/privateDnsZones")]
AnyClusterId = Annotated[ClusterId, _full_id("Microsoft.ContainerService/managedClusters")]
