"""Host names as the firewall and the registries of images know them."""

from collections.abc import Iterable


def registry_host(registry: str) -> str:
    """The host of an image registry, without port and path."""
    return registry.partition("/")[0].partition(":")[0]


def registry_port(registry: str) -> int:
    """The port of an image registry, 443 unless it names another."""
    return int(registry.partition("/")[0].partition(":")[2] or 443)


def is_allowed(host: str, allowed: Iterable[str]) -> bool:
    """Whether a host is among those that the firewall lets through; a `*.` in front covers all names below it."""
    return any(host == each or (each.startswith("*.") and host.endswith(each[1:])) for each in allowed)
