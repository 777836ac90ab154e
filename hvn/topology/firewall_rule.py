"""A rule of Azure Firewall with the arguments of Terraform's resource."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkRule:
    """An allow rule by address and port. The destinations are ranges and service tags, or host names in `fqdns`.

    `ports` are numbers, two numbers with a hyphen, or `*`.
    """

    name: str
    description: str
    protocols: tuple[str, ...]
    sources: tuple[str, ...]
    destinations: tuple[str, ...] = ()
    fqdns: tuple[str, ...] = ()
    ports: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NatRule:
    """A DNAT rule: connections to `ports` of `public_ips` go to `targets`, which are addresses with ports. Azure allows
    one port and one public IP address."""

    name: str
    description: str
    protocols: tuple[str, ...]
    sources: tuple[str, ...]
    public_ips: tuple[str, ...]
    ports: tuple[str, ...]
    targets: tuple[str, ...]


HTTPS = (("Https", 443),)


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplicationRule:
    """An allow rule by host name, or by one of Azure's FQDN tags. `protocols` are pairs of protocol and port."""

    name: str
    description: str
    sources: tuple[str, ...]
    fqdns: tuple[str, ...] = ()
    fqdn_tags: tuple[str, ...] = ()
    protocols: tuple[tuple[str, int], ...] = HTTPS
