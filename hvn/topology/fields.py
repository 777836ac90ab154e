"""The kinds of text a topology may hold: each with its pattern, what it says in words, and where the limit comes from.

Facts: `docs/reference/facts.md` (names of Azure, HCP's slugs, Vault's paths).
"""

import ipaddress
import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Annotated, Any

from pydantic import AfterValidator, GetCoreSchemaHandler, GetJsonSchemaHandler, PlainSerializer
from pydantic_core import CoreSchema, PydanticCustomError, core_schema


@dataclass(frozen=True, slots=True)
class Text:
    """Text that matches `pattern` as a whole; `rule` says the same in words, `example` shows one that does."""

    pattern: str
    rule: str
    example: str
    lower: bool = False

    def check(self, value: str) -> str:
        """Return the value (lower-cased where case has no meaning), or say in words what it should have been."""
        if self.lower:
            value = value.lower()
        if not re.fullmatch(self.pattern, value):
            raise PydanticCustomError(
                "text", "is not {rule}", {"rule": self.rule, "fix": f"for example: {self.example}"}
            )
        return value

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_after_validator_function(self.check, handler(source))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        letters = self.pattern.replace("a-f", "a-fA-F") if self.lower else self.pattern
        return {**handler(schema), "pattern": f"^{letters}$", "examples": [self.example.strip('"')]}


@dataclass(frozen=True, slots=True)
class Range:
    """An IPv4 range in CIDR form whose address is the first of the range."""

    def check(self, value: str) -> ipaddress.IPv4Network:
        """Parse, and say which range was meant where host bits are set."""
        if not re.fullmatch(r"\d{1,3}(\.\d{1,3}){3}/\d{1,2}", value):
            raise PydanticCustomError(
                "range",
                "is not an IPv4 range in CIDR form",
                {"fix": "write address and length, for example 10.64.0.0/16"},
            )
        try:
            return ipaddress.IPv4Network(value)
        except ipaddress.AddressValueError:
            raise PydanticCustomError(
                "range",
                "has a number that is no part of an IPv4 address",
                {"fix": "each of the four is 0 to 255"},
            ) from None
        except ipaddress.NetmaskValueError:
            raise PydanticCustomError(
                "range", "has a length that no IPv4 range has", {"fix": "the length is 0 to 32"}
            ) from None
        except ValueError:
            meant = ipaddress.IPv4Network(value, strict=False)
            raise PydanticCustomError(
                "range",
                "is not the first address of its range",
                {"fix": f"write {meant}, the range that this address lies in"},
            ) from None

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_after_validator_function(self.check, core_schema.str_schema(strict=True))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        octet = r"(25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)"
        return {
            "type": "string",
            "pattern": rf"^{octet}(\.{octet}){{3}}/(3[0-2]|[12]?\d)$",
            "examples": ["10.64.0.0/16"],
        }


@dataclass(frozen=True, slots=True)
class Address:
    """One IPv4 address."""

    def check(self, value: str) -> ipaddress.IPv4Address:
        """Parse, or say what an address looks like."""
        try:
            return ipaddress.IPv4Address(value)
        except ValueError:
            raise PydanticCustomError("address", "is not an IPv4 address", {"fix": "for example 10.0.0.4"}) from None

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_after_validator_function(self.check, core_schema.str_schema(strict=True))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return {"type": "string", "format": "ipv4", "examples": ["10.0.0.4"]}


def _frozen(value: Mapping[str, Any]) -> Mapping[str, Any]:
    return MappingProxyType(dict(value))


Frozen = AfterValidator(_frozen)
"""Makes a mapping of the model as immutable as the rest of it."""

Cidr = Annotated[ipaddress.IPv4Network, Range(), PlainSerializer(str)]
Ip = Annotated[ipaddress.IPv4Address, Address(), PlainSerializer(str)]

Uuid = Annotated[
    str,
    Text(
        r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}",
        "a UUID",
        "6b1f2d3c-0a9e-4c57-8f7d-3a2b1c0d9e8f",
        lower=True,
    ),
]
TopologyName = Annotated[str, Text(r"[a-z]{3,12}", "3 to 12 lower-case letters", "platform")]
# 32 keeps every Azure name under 63, the length of the node labels that AKS makes of some of them;
# HCP's ids are shorter still (36 with the prefix) and are cut with a hash: names.py.
SpokeName = Annotated[
    str,
    Text(
        r"(?=.{2,32}$)[a-z][a-z0-9]*(-[a-z0-9]+)*",
        "2 to 32 lower-case letters, digits and single hyphens, beginning with a letter",
        "payments",
    ),
]
PoolName = Annotated[
    str,
    Text(
        r"(?=.{1,24}$)[a-z][a-z0-9]*(-[a-z0-9]+)*",
        "1 to 24 lower-case letters, digits and single hyphens, beginning with a letter",
        "spokes",
    ),
]
# `validateSlugID` of the hcp provider, internal/input/input.go.
Slug = Annotated[
    str,
    Text(
        r"[0-9A-Za-z][-0-9A-Za-z]{1,34}[0-9A-Za-z]",
        "3 to 36 letters, digits and hyphens, no hyphen at either end",
        "hvn-japaneast",
    ),
]
Region = Annotated[str, Text(r"[a-z][a-z0-9]{2,31}", "an Azure region in its short form", "japaneast")]
Zone = Annotated[str, Text(r"[1-3]", "an availability zone, 1 to 3, in quotes", '"1"')]
# Private DNS refuses keys that begin with a digit or hold spaces; ARM refuses < > % & \ ? /:
# https://learn.microsoft.com/azure/azure-resource-manager/management/tag-resources
TagKey = Annotated[
    str,
    Text(
        r"[A-Za-z][A-Za-z0-9_.-]{0,127}",
        "1 to 128 letters, digits, _ . and -, beginning with a letter",
        "owner",
    ),
]
TagValue = Annotated[str, Text(r".{0,256}", "at most 256 characters", "platform-team")]
Fqdn = Annotated[
    str,
    Text(
        r"(?=.{3,253}$)(\*\.)?([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])?",
        "a host name; a leading *. stands for all names below it",
        "registry.example.com",
        lower=True,
    ),
]
KubernetesVersion = Annotated[
    str, Text(r"1\.(0|[1-9]\d?)(\.(0|[1-9]\d?))?", 'a Kubernetes version in quotes, such as "1.36"', '"1.36"')
]
VmSize = Annotated[str, Text(r"Standard_[A-Za-z0-9_-]{2,60}", "an Azure VM size", "Standard_D4s_v5")]
MaxSurge = Annotated[
    str, Text(r"([1-9]\d{0,2}|([1-9]\d?|100)%)", "a number of nodes or a percentage, in quotes", '"10%"')
]
# An RFC 1123 label: what Kubernetes takes as the name of a namespace.
Label = Annotated[
    str,
    Text(
        r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?",
        "1 to 63 lower-case letters, digits and hyphens, no hyphen at either end",
        "webapp",
    ),
]
# An RFC 1123 subdomain: service accounts and Secrets.
ObjectName = Annotated[
    str,
    Text(
        r"(?=.{1,253}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*",
        "at most 253 lower-case letters, digits, hyphens and dots",
        "webapp-config",
    ),
]
# The customer's topmost namespace on HCP is `admin`; no slash at either end (the vault provider and VSO refuse it).
# The names that Vault keeps: developer.hashicorp.com/vault/docs/enterprise/namespaces, naming restrictions.
VaultNamespace = Annotated[
    str,
    Text(
        r"admin(/(?!(root|sys|audit|auth|cubbyhole|identity)(/|$))[A-Za-z0-9_-]{1,64}){0,5}",
        "`admin` or a namespace below it, without a slash at either end; Vault keeps root, sys, audit, auth, cubbyhole "
        "and identity for itself",
        "admin",
    ),
]
Mount = Annotated[
    str,
    # Vault keeps the four for itself.
    Text(
        r"(?!(auth|cubbyhole|identity|sys)$)[a-z0-9][a-z0-9_-]{0,62}",
        "1 to 63 lower-case letters, digits, _ and -, without a slash, and none of auth, cubbyhole, identity and sys",
        "kvv2",
    ),
]
SecretPath = Annotated[
    str,
    Text(
        r"(?!data/)(?!metadata/)[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}(/[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}){0,9}",
        "a path below the mount: names joined by single slashes, without data/ in front, without * or +",
        "webapp/config",
    ),
]
# One number and one unit: the pattern of VSO's CRDs (`1h30m` is refused there), and Vault reads it too.
Duration = Annotated[str, Text(r"[1-9]\d{0,5}(s|m|h)", "one whole number and one of s, m, h", "30s")]
Audience = Annotated[
    str, Text(r"[A-Za-z0-9][A-Za-z0-9._:/-]{0,254}", "letters, digits and . _ : / -, never empty", "vault")
]
# Every issuer and audience of the CI systems is an https URL; a slash at the end counts, so it is kept as written.
Url = Annotated[
    str,
    Text(
        r"https://[a-z0-9.-]{3,253}(:\d{1,5})?(/[A-Za-z0-9._~-]{1,100}){0,6}/?",
        "an https URL",
        "https://github.com/example-org",
    ),
]
# `repo:OWNER/REPO`, with `@<number>` behind both names for repositories made after July 2026:
# https://docs.github.com/en/actions/reference/security/oidc
GithubSubject = Annotated[
    str,
    Text(
        r"repo:[A-Za-z0-9-]{1,39}(@\d{1,12})?/[A-Za-z0-9._-]{1,100}(@\d{1,12})?",
        "the subject prefix of a repository",
        "repo:example-org@1234/platform@5678",
    ),
]
GithubContext = Annotated[
    str,
    Text(
        r"pull_request|environment:[A-Za-z0-9][A-Za-z0-9_.-]{0,99}|ref:refs/(heads|tags)/[A-Za-z0-9][A-Za-z0-9_./-]{0,99}",
        "what GitHub puts behind the prefix: pull_request, environment:NAME, or ref:refs/heads/BRANCH",
        "environment:production",
    ),
]
ChartVersion = Annotated[
    str, Text(r"\d{1,3}\.\d{1,3}\.\d{1,3}", "a chart version of three numbers, in quotes", '"1.4.1"')
]
Registry = Annotated[
    str,
    Text(
        r"([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}(:\d{1,5})?(/[a-z0-9][a-z0-9._-]{0,62}){0,4}",
        "the host of an image registry, with a path if it has one",
        "registry.example.com/mirror",
    ),
]
StorageAccount = Annotated[str, Text(r"[a-z0-9]{3,24}", "3 to 24 lower-case letters and digits", "tfstate0001")]
Container = Annotated[
    str,
    Text(
        r"(?=.{3,63}$)[a-z0-9]+(-[a-z0-9]+)*",
        "3 to 63 lower-case letters, digits and single hyphens",
        "tfstate",
    ),
]
ResourceGroup = Annotated[
    str,
    Text(
        r"[A-Za-z0-9_()-][A-Za-z0-9_.()-]{0,88}[A-Za-z0-9_()-]|[A-Za-z0-9_()-]",
        "a resource group's name",
        "rg-tfstate",
    ),
]
Organization = Annotated[
    str, Text(r"[A-Za-z0-9][A-Za-z0-9_-]{1,39}", "2 to 40 letters, digits, _ and -", "example-org")
]
Project = Annotated[
    str,
    Text(
        r"[A-Za-z0-9][A-Za-z0-9 _-]{1,38}[A-Za-z0-9_-]",
        "3 to 40 letters, digits, spaces, _ and -",
        "platform",
    ),
]
Host = Annotated[
    str,
    Text(r"([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}", "a host name", "app.terraform.io", lower=True),
]


def _arm_id(provider_and_types: str, example: str, what: str) -> Text:
    return Text(
        r"/subscriptions/[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
        rf"/resourceGroups/[A-Za-z0-9_.()-]{{0,89}}[A-Za-z0-9_()-]/providers/{provider_and_types}",
        f"the Azure resource id of {what}",
        example,
    )


_EXAMPLE = "/subscriptions/6b1f2d3c-0a9e-4c57-8f7d-3a2b1c0d9e8f/resourceGroups/rg-network/providers/Microsoft.Network"
VnetId = Annotated[
    str,
    _arm_id(
        r"Microsoft\.Network/virtualNetworks/[A-Za-z0-9][A-Za-z0-9_.-]{0,62}[A-Za-z0-9_]",
        f"{_EXAMPLE}/virtualNetworks/vnet-hub",
        "a virtual network",
    ),
]
PrivateDnsZoneId = Annotated[
    str,
    _arm_id(
        # 63 is the limit of a label. Azure's table of names has it for the whole, but AKS itself makes longer ones.
        r"Microsoft\.Network/privateDnsZones/(?!.{254})[A-Za-z0-9_-]{1,63}(\.[A-Za-z0-9_-]{1,63}){1,33}",
        f"{_EXAMPLE}/privateDnsZones/privatelink.japaneast.azmk8s.io",
        "a private DNS zone",
    ),
]
