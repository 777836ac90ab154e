"""A new spoke in the words of the file: its range from the ledger, and values that fit most."""

from collections.abc import Mapping, Sequence
from ipaddress import IPv4Network
from typing import Any

from hvn.topology import address_plan
from hvn.topology.model import Topology
from hvn.yamlfile.writing import OneLine

KUBERNETES_VERSION = "1.36"
NODE_SUBNET = 20
"""Prefix length of the nodes' subnet; half of the spoke where that is smaller."""


class Refused(Exception):
    """There is no such spoke to be made. The message is one line: what is wrong, and what can be done."""


def next_block(topology: Topology, size: int, pool: str | None, vault_route: str) -> tuple[str, IPv4Network]:
    """The pool that such a spoke belongs in, and the next free block of this prefix length in it. Raises `Refused`."""
    found = {each.name: each for each in address_plan.pools(topology)}
    fit = [name for name, each in found.items() if _fits(each, vault_route)]
    if pool is not None and pool not in found:
        raise Refused(f"there is no address pool {pool}; the pools are: {', '.join(found) or 'none yet'}")
    if pool is None and len(fit) != 1:
        several = f"several pools are for such a spoke: choose one with --pool {'|'.join(fit)}"
        raise Refused(
            several if fit else f"no pool is for a spoke with vault_route {vault_route}: add one to address_pools"
        )
    chosen = found[pool or fit[0]]
    if not _fits(chosen, vault_route):
        kind = "a transit pool" if chosen.transit else "no transit pool"
        raise Refused(
            f"{chosen.name} is {kind}, which a spoke with vault_route {vault_route} cannot lie in; "
            f"those that fit: {', '.join(fit) or 'none'}"
        )
    block = chosen.next_free(size)
    if block is None:
        largest = chosen.largest_free
        left = f"the largest free block is {largest}" if largest else "it is full"
        raise Refused(f"{chosen.name} {chosen.cidr} has no free /{size}: {left}")
    return chosen.name, block


def _fits(pool: address_plan.Pool, vault_route: str) -> bool:
    return pool.transit == (vault_route == "via-hub")


def written(
    name: str, cidr: IPv4Network, vault_route: str, *, cluster: bool, apps: Sequence[tuple[str, str]]
) -> Mapping[str, Any]:
    """The spoke as it is written into the file; `apps` are (namespace, service account)."""
    spoke: dict[str, Any] = {"cidr": str(cidr), "vault_route": vault_route}
    if not cluster:
        return spoke
    nodes = IPv4Network((cidr.network_address, min(32, max(NODE_SUBNET, cidr.prefixlen + 1))))
    spoke["cluster"] = {
        "kubernetes_version": KUBERNETES_VERSION,
        "node_cidr": str(nodes),
        "node_pool": OneLine(vm_size="Standard_D4s_v5", min_count=2, max_count=3),
    }
    if apps:
        spoke["cluster"]["apps"] = _apps(name, apps)
    return spoke


def _apps(spoke: str, apps: Sequence[tuple[str, str]]) -> Mapping[str, Any]:
    """Each app named after its service account, or after its namespace where that is `default`."""
    found: dict[str, Any] = {}
    for namespace, account in apps:
        short = (namespace if account == "default" else account).replace(".", "-")
        name = f"{namespace}-{short}" if short in found else short
        if name in found:
            raise Refused(f"{namespace}/{account} is named twice, or two apps would both be called {name}")
        found[name] = {
            "namespace": namespace,
            "service_account": account,
            "secrets": [{"path": f"{spoke}/{name}", "destination": name}],
        }
    return found
