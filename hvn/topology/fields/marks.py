"""The checks of single values: text by a pattern, IPv4 ranges and addresses, and the limits of numbers and lists.

A mark is part of a field's type (`Annotated[str, Text(...)]`). A mark refuses a wrong value with a message, a fix, and
the vendor's limit with its source.
"""

import ipaddress
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Annotated, Any

from pydantic import AfterValidator, GetCoreSchemaHandler, GetJsonSchemaHandler, PlainSerializer
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from hvn.diagnostics.finding import Message
from hvn.diagnostics.message import Words
from hvn.diagnostics.similar import ascii_form, foreign, similar
from hvn.yamlfile.writing import scalar

REFUSED = "refused"
"""The pydantic error type of all marks here. Its context has `message`, `fix` and `why`."""

LONGEST = 1000
"""Maximum length of a value in all patterns. The mark refuses longer values without running the pattern."""


def refused(message: Message, fix: Message, why: str, rule: str = "a valid value") -> PydanticCustomError:
    """Return the error of a mark, with the texts of its finding."""
    context = {"rule": rule, "message": message, "fix": fix, "why": why}
    return PydanticCustomError(REFUSED, "is not {rule}", context)


# `re.fullmatch` searches its own cache in Python for each call.
compiled = cache(re.compile)
_NOTATION = re.compile(r"[0-9]{1,3}(?:\.[0-9]{1,3}){3}/([0-9]{1,2})")
_LENGTH = re.compile(r"[0-9]|[12][0-9]|3[0-2]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """The reason for the limits of a number, a list or a choice. pydantic checks the limits; this mark explains the
    limits."""

    why: str
    see: str
    """The source of the limit, a URL."""

    def __str__(self) -> str:
        return f"{self.why} ({self.see})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """Text that matches `pattern` as a whole. Patterns use `[0-9]`: `\\d` matches the digits of all scripts."""

    pattern: str
    """A regular expression. Alternatives need a group, because the JSON Schema puts the expression between ^ and $."""
    kind: str
    """The kind of text, with its article: `a spoke name`."""
    rule: str
    """The pattern in words."""
    example: str
    """A valid value in YAML notation."""
    form: str = ""
    """Replaces the example in the finding, if parts of a valid value belong to the reader's organization."""
    why: str
    see: str
    """The source of the limit, a URL."""
    excluded: str = ""
    """Characters that the text must not contain; the finding names the first one."""
    prefix: str = ""
    """The start of all valid values."""
    lower: bool = False
    """True if the vendor ignores case. The mark then converts the value to lower case."""

    def check(self, value: str) -> str:
        """Return the value, in lower case if `lower`. Raises `PydanticCustomError` if the value does not match the
        pattern."""
        text = self._case(value)
        if self._matches(text):
            return text
        near = similar(value, lambda one: self._matches(self._case(one))) if len(value) <= LONGEST else ""
        full = self.prefix + re.sub(r"\s", "_", value.removeprefix(self.prefix.replace("_", " ")))
        near = near or (full if self.prefix and self._matches(full) else "")
        message = Message("{value} is not {kind}", value=value, kind=Words(self.kind))
        if wrong := next((one for one in value if one in self.excluded), foreign(value) if near else ""):
            message = Message("{value} contains {wrong}", value=value, wrong=wrong)
        fix = self.fix()
        if near:
            fix = Message("did you mean {near}? Write {rule}", near=scalar(near), rule=Words(self.rule))
        raise refused(message, fix, f"{self.why} ({self.see})", self.rule)

    def fix(self) -> Message:
        """Return the fix that describes a valid value."""
        if self.form:
            return Message("write {rule}, in the form {form}", rule=Words(self.rule), form=self.form)
        return Message("write {rule}, for example {example}", rule=Words(self.rule), example=self.example)

    def _case(self, value: str) -> str:
        # `K` (U+212A) in lower case is `k`, which would match.
        return value.lower() if self.lower and value.isascii() else value

    def _matches(self, text: str) -> bool:
        return len(text) <= LONGEST and compiled(self.pattern).fullmatch(text) is not None

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_after_validator_function(self.check, handler(source))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        pattern = self.pattern
        if self.lower:
            pattern = pattern.replace("a-f", "a-fA-F").replace("a-z", "a-zA-Z")
        return {**handler(schema), "pattern": f"^{pattern}$", "examples": [self.example.strip('"')]}


_ONE_BYTE = "each number of an IPv4 address is one byte (https://www.rfc-editor.org/rfc/rfc791#section-3.2)"
_OCTAL = (
    "some programs read a number with a leading zero as octal, so the address is ambiguous "
    "(https://www.rfc-editor.org/rfc/rfc6943#section-3.1.1)"
)


def _is_ipv6(value: str) -> bool:
    if ":" not in value:
        return False
    try:
        ipaddress.IPv6Network(value, strict=False)
    except ValueError:
        return False
    return "/" in value


_MISTYPED = str.maketrans("\\,OolI", "/.0011")


def _intended(value: str) -> str:
    """Return the range of a text with spaces, quotes, wrong separators, letters in place of digits, a network mask or
    two addresses; otherwise an empty string."""
    text = re.sub(r"[\s'\"]", "", ascii_form(value[:LONGEST])).rstrip(",;.").translate(_MISTYPED)
    try:
        if "-" in text:
            first, last = map(ipaddress.IPv4Address, text.split("-"))
            ranges = list(ipaddress.summarize_address_range(first, last))
            return str(ranges[0]) if len(ranges) == 1 else ""
        return str(ipaddress.IPv4Network(text, strict=False)) if "/" in text else ""
    except ValueError:
        return ""


@dataclass(frozen=True, slots=True)
class Range:
    """An IPv4 range in CIDR notation that begins with the first address of the range."""

    example: str = "10.64.0.0/16"
    why_notation: str = (
        "Azure refuses other notations with InvalidAddressPrefixFormat "
        "(https://github.com/Azure/azure-service-operator/issues/997)"
    )
    why_first: str = (
        "Azure refuses a prefix that does not begin with the first address of its range "
        "(https://github.com/Azure/azure-powershell/issues/4557)"
    )

    def check(self, value: str) -> ipaddress.IPv4Network:
        """Return the range. Raises `PydanticCustomError`; if host bits are set, the error's fix names the intended
        range."""
        if _is_ipv6(value):
            raise refused(
                Message("{value} is an IPv6 range", value=value),
                Message("write an IPv4 range, or remove this range"),
                "HCP accepts only private IPv4 ranges for an HVN, and this file only IPv4 ranges "
                "(https://developer.hashicorp.com/hcp/docs/hcp/network/hvn-azure)",
            )
        match = _NOTATION.fullmatch(value) if len(value) <= LONGEST else None
        if match is None:
            near = _intended(value)
            raise refused(
                Message("{value} is not an IPv4 range in CIDR notation", value=value),
                Message("did you mean {near}?", near=near)
                if near
                else Message("write address and prefix length, for example {example}", example=self.example),
                self.why_notation,
            )
        if not _LENGTH.fullmatch(match[1]):
            raise refused(
                Message("{value} has an invalid prefix length", value=value),
                Message("write a prefix length from 0 to 32, without a leading zero"),
                "an IPv4 address has 32 bits (https://www.rfc-editor.org/rfc/rfc4632#section-3.1)",
            )
        try:
            return ipaddress.IPv4Network(value)
        except ipaddress.AddressValueError:
            too_large = any(int(number) > 255 for number in value.partition("/")[0].split("."))
            raise refused(
                Message("{value} has a number that an IPv4 address cannot contain", value=value),
                Message("write four numbers from 0 to 255, without leading zeros"),
                _ONE_BYTE if too_large else _OCTAL,
            ) from None
        except ValueError:
            intended = ipaddress.IPv4Network(value, strict=False)
            raise refused(
                Message("{value} is not the first address of its range", value=value),
                Message("write {range}, the range that contains this address", range=intended),
                self.why_first,
            ) from None

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_after_validator_function(self.check, core_schema.str_schema(strict=True))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        octet = "(25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])"
        return {
            "type": "string",
            "pattern": rf"^{octet}(\.{octet}){{3}}/(3[0-2]|[12]?[0-9])$",
            "examples": [self.example],
        }


def _is_address(value: str) -> bool:
    try:
        ipaddress.IPv4Address(value)
    except ValueError:
        return False
    return True


@dataclass(frozen=True, slots=True)
class Address:
    """One IPv4 address."""

    example: str = "10.0.0.4"

    def check(self, value: str) -> ipaddress.IPv4Address:
        """Return the address. Raises `PydanticCustomError` if the value is not an IPv4 address."""
        try:
            return ipaddress.IPv4Address(value)
        except ValueError:
            near = similar(value[:LONGEST], _is_address)
            raise refused(
                Message("{value} is not an IPv4 address", value=value),
                Message("did you mean {near}?", near=near)
                if near
                else Message("write four numbers from 0 to 255, for example {example}", example=self.example),
                "the field has one IPv4 address: no range, no host name and no IPv6 address "
                "(https://learn.microsoft.com/azure/virtual-network/virtual-networks-udr-overview)",
            ) from None

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_after_validator_function(self.check, core_schema.str_schema(strict=True))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return {"type": "string", "format": "ipv4", "examples": [self.example]}


def _distinct(value: tuple[Any, ...]) -> tuple[Any, ...]:
    for index, item in enumerate(value):
        if item in value[:index]:
            raise refused(
                Message("the list contains {item} twice", item=str(item)),
                Message("delete one of the two, or write the value that you mean"),
                "Azure reads the list as a set, so fewer entries have an effect than the file shows "
                "(https://learn.microsoft.com/azure/reliability/availability-zones-overview)",
            )
    return value


Distinct = AfterValidator(_distinct)
"""Refuses a list of availability zones with two equal items."""


def _frozen(value: Mapping[str, Any]) -> Mapping[str, Any]:
    return MappingProxyType(dict(value))


Frozen = AfterValidator(_frozen)
"""Makes a mapping of the model immutable, like the rest of the model."""

Cidr = Annotated[ipaddress.IPv4Network, Range(), PlainSerializer(str)]
Ip = Annotated[ipaddress.IPv4Address, Address(), PlainSerializer(str)]
