"""Free ranges for fixes, such as "use 10.65.0.0/17, the next free /17 in address_pools.spokes"."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import cached_property
from ipaddress import IPv4Network

from hvn.check.free_blocks import FreeBlocks, Neighbours
from hvn.check.invalid import NeedsInvalid
from hvn.diagnostics.message import Field, Message, Path, Text
from hvn.topology.addresses import AKS_RESERVED, RFC1918, RFC6598, is_private
from hvn.topology.model import Cluster, ExistingHub, Topology
from hvn.topology.ranges import (
    cluster_ranges,
    hub_ranges,
    in_use_ranges,
    is_remote,
    pool_of,
    spoke_ranges,
    subnets,
    subnets_in_use,
    top_ranges,
)
from hvn.topology.shared_vnets import vnet_owner, with_vnet

TRANSIT_POOLS: Path = ("hub", "vault_peering", "transit_pools")
LATER = Message("use a free range; `hvn check` suggests a range when all values of the file are valid")


def _write(key: str, cidr: IPv4Network) -> Message:
    return Message("write {line}", line=Text(f"{key}: {cidr}"))


class Vnet:
    """The address space of a VNet, and its subnets."""

    def __init__(self, space: tuple[IPv4Network, ...], ranges: list[IPv4Network]) -> None:
        self.space = space
        self.neighbours = Neighbours(ranges)
        # A subnet larger than its VNet would leave no free block.
        inside = [cidr for cidr in ranges if any(cidr.subnet_of(one) for one in space)]
        self.free = FreeBlocks(space, inside)


def on_premises_parts(path: Path, cidr: IPv4Network) -> Message:
    """Return a fix for an on-premises range that overlaps other ranges."""
    return Message(
        "in {site}, replace {cidr} with its parts that do not overlap other ranges of this file",
        site=Field(path[:-1]),
        cidr=cidr,
    )


class RangeFixes:
    """Fixes that name a different range. Each call of a rule's `check` creates one instance, which offers each range
    once.

    Several fixes can offer one pod or Service range, because clusters may share these ranges. The instance computes
    free ranges on first use. A fix for a subnet does not offer the addresses of `avoid`.
    """

    def __init__(self, topology: Topology, avoid: Iterable[IPv4Network] = ()) -> None:
        self._topology = topology
        self._avoid = tuple(avoid)
        self._pools: dict[str, FreeBlocks] = {}
        self._around: list[IPv4Network] = []

    def replace(self, path: Path, length: int) -> Message:
        """Return a fix for the range at `path`, with the next free range of this prefix length."""
        try:
            return self._replace(path, length)
        except NeedsInvalid:
            return LATER

    def _replace(self, path: Path, length: int) -> Message:
        if self._is_existing(path):
            return Message("use an existing network with other ranges, or renumber this network first")
        match path:
            case ("spokes", str(name), "cidr" | "more_cidrs", *_):
                return self._spoke(name, length)
            case ("spokes", str(name), "cluster", ("pod_cidr" | "service_cidr") as key):
                return self._in_cluster(name, str(key), length)
            case ("hvn" | "hub", "cidr") | ("hvn", "backup", _) | ("hub", "more_cidrs", _) | ("address_pools", _):
                return self._top(path, length)
            case ("hub", "existing", _):
                return Message(
                    "write the range of the existing subnet, inside {cidrs}", cidrs=Field((*path[:2], "cidrs"))
                )
            case _:
                return self._subnet(path, length)

    def enlarge(self, path: Path, cidr: IPv4Network, length: int) -> Message:
        """Return a fix for a range that is too small: the `/length` around the range if this block is free, otherwise a
        different range."""
        try:
            return self._enlarge(path, cidr, length)
        except NeedsInvalid:
            return LATER

    def _enlarge(self, path: Path, cidr: IPv4Network, length: int) -> Message:
        if self._is_existing(path):
            return self.replace(path, length)
        larger = cidr.supernet(new_prefix=length)
        within, beside = self._neighbours(path, cidr)
        if any(larger.subnet_of(space) for space in within) and beside.is_alone(larger):
            # A cluster can lack the key: the range is the default.
            in_cluster = path[-1] in ("pod_cidr", "service_cidr")
            return _write(str(path[-1]), larger) if in_cluster else Message("use {cidr}", cidr=larger)
        return self.replace(path, length)

    def _neighbours(self, path: Path, cidr: IPv4Network) -> tuple[Iterable[IPv4Network], Neighbours]:
        """Return the ranges that may contain the range at `path`, and all ranges that the range must not overlap."""
        match path:
            case ("spokes", _, "cidr" | "more_cidrs", *_):
                return self._topology.address_pools.values(), self._spokes
            case ("spokes", str(name), "cluster", ("pod_cidr" | "service_cidr") as key):
                return (RFC6598, *RFC1918), Neighbours((*self._routed(name, str(key)), cidr))
            case ("hvn" | "hub", "cidr") | ("hvn", "backup", _) | ("hub", "more_cidrs", _) | ("address_pools", _):
                top = (cidr for _, cidr in top_ranges(self._topology))
                return RFC1918, Neighbours((*top, *self._topology.in_use))
            case _:
                vnet = self._vnets[self._vnet_of(path)]
                return vnet.space, vnet.neighbours

    def separate(self, path: Path, cidr: IPv4Network, other: Path, other_cidr: IPv4Network) -> Message:
        """Return a fix for two overlapping ranges: a different range for `path`, or for `other` if `path` cannot
        change."""
        if not self._is_existing(path):
            return self.replace(path, cidr.prefixlen)
        if not self._is_existing(other):
            fix = self.replace(other, other_cidr.prefixlen)
            return Message("change {other}: {fix}", other=Field(other), fix=fix)
        return Message("remove one of the two existing networks from this file, or renumber one network first")

    def either(self, path: Path, cidr: IPv4Network, other: Path, other_cidr: IPv4Network) -> Message:
        """Return a fix for two overlapping ranges: a new range for each range that can change."""
        fix = self.separate(path, cidr, other, other_cidr)
        if other[0] == "on_premises" and path[0] != "on_premises":
            parts = on_premises_parts(other, other_cidr)
            return parts if self._is_existing(path) else Message("{parts}, or {fix}", parts=parts, fix=fix)
        if self._is_existing(path) or self._is_existing(other):
            return fix
        replacement = self.replace(other, other_cidr.prefixlen)
        return Message("{fix}, or change {other}: {replacement}", fix=fix, other=Field(other), replacement=replacement)

    def spoke_range(self, vault_route: str | None, length: int, name: str = "") -> Message | None:
        """Return a text that names a free range for a spoke with this route to Vault: the range with the subnets of the
        spoke `name`, or the next free range. Return None if no range is free."""
        try:
            return self._around_subnets(name, vault_route, length) or self._spoke_range(vault_route, length)
        except NeedsInvalid:
            return None

    def _spoke_range(self, vault_route: str | None, length: int) -> Message | None:
        for pool in self._pools_for(vault_route):
            blocks = self._pool(pool)
            while cidr := blocks.take(length):
                if any(cidr.overlaps(one) for one in self._around):
                    continue
                field = Field(("address_pools", pool))
                return Message("{cidr}, the next free /{length} in {pool}", cidr=cidr, length=length, pool=field)
        return None

    def _around_subnets(self, name: str, vault_route: str | None, length: int) -> Message | None:
        """Return a text that names the range around all subnets of a spoke with one range. Return None if the range is
        not free."""
        cidrs = self._subnets.get(name, [])
        if not cidrs or len(self._topology.spokes[name].cidrs) != 1 or cidrs[0].prefixlen < length:
            return None
        cidr = cidrs[0].supernet(new_prefix=length)
        pools = [self._topology.address_pools[pool] for pool in self._pools_for(vault_route)]
        others = [one for _, one in top_ranges(self._topology) if one not in self._topology.address_pools.values()]
        if not (
            all(one.subnet_of(cidr) for one in cidrs)
            and any(cidr.subnet_of(pool) for pool in pools)
            and self._spokes.is_free(cidr)
            and not any(cidr.overlaps(one) for one in (*others, *AKS_RESERVED, *self._around))
        ):
            return None
        self._around.append(cidr)
        return Message("{cidr}, which contains the subnets of this spoke", cidr=cidr)

    @cached_property
    def _subnets(self) -> Mapping[str, list[IPv4Network]]:
        """Return the ranges of the subnets of each spoke, except those inside the spoke's range."""
        result: dict[str, list[IPv4Network]] = defaultdict(list)
        for path, cidr, space in subnets(self._topology):
            if path[0] == "spokes" and not any(cidr.subnet_of(one) for one in space):
                result[vnet_owner(self._topology, str(path[1]))].append(cidr)
        return result

    def _is_existing(self, path: Path) -> bool:
        """Return whether the range belongs to an existing network, which a change in this file cannot renumber."""
        if path[0] == "hvn":
            return self._topology.hvn.existing
        facts = path[-3:-1] in (("existing", "cidrs"), ("existing", "node_cidrs"))
        return path[0] == "on_premises" or is_remote(path) or facts or path[-2:] == ("existing", "pod_cidr")

    def _spoke(self, name: str, length: int) -> Message:
        spoke = self._topology.spokes[name]
        if offer := self._around_subnets(name, spoke.vault_route, length):
            return Message("use {offer}", offer=offer)
        offer = self._spoke_range(spoke.vault_route, length)
        if offer is None:
            return self._no_pool(spoke.vault_route, length)
        if spoke.subnets or spoke.new_cluster:
            return Message("use {offer}, and move the spoke's subnets into this range", offer=offer)
        return Message("use {offer}", offer=offer)

    def _no_pool(self, vault_route: str | None, length: int) -> Message:
        pools = [Field(("address_pools", pool)) for pool in self._pools_for(vault_route)]
        if pools:
            return Message("add an address pool: no free /{length} exists in {pools}", length=length, pools=pools)
        if vault_route == "via-hub":
            return Message("add a private address pool, and list it in {pools}", pools=Field(TRANSIT_POOLS))
        return Message("add a private address pool, and do not list it in {pools}", pools=Field(TRANSIT_POOLS))

    def _pools_for(self, vault_route: str | None) -> list[str]:
        """Return the private pools for this vault_route, in file order. Only via-hub spokes use transit pools."""
        peering = self._topology.vault_peering
        transit = set(peering.transit_pools) if peering else set()
        return [
            name
            for name, pool in self._topology.address_pools.items()
            if (name in transit) == (vault_route == "via-hub") and is_private(pool, shared=True)
        ]

    def _pool(self, name: str) -> FreeBlocks:
        if name not in self._pools:
            pool = self._topology.address_pools[name]
            taken = [cidr for _, cidr in spoke_ranges(self._topology)]
            # Skip a range that contains the whole pool: the range would leave no free block, and HVN110 reports the
            # range.
            others = (*(cidr for _, cidr in top_ranges(self._topology)), *self._topology.in_use)
            taken += [cidr for cidr in others if not pool.subnet_of(cidr)]
            self._pools[name] = FreeBlocks((pool,), (*taken, *AKS_RESERVED))
        return self._pools[name]

    @cached_property
    def _spokes(self) -> Neighbours:
        ranges = (*spoke_ranges(self._topology), *hub_ranges(self._topology))
        return Neighbours(cidr for _, cidr in (*ranges, *in_use_ranges(self._topology)))

    @cached_property
    def _used_pools(self) -> set[str | None]:
        return {pool_of(self._topology, cidr) for _, cidr in spoke_ranges(self._topology)}

    @cached_property
    def _private(self) -> FreeBlocks:
        """Return the private addresses that are outside all ranges of the file."""
        used = (*top_ranges(self._topology), *spoke_ranges(self._topology), *cluster_ranges(self._topology))
        return FreeBlocks(RFC1918, (*(cidr for _, cidr in used), *self._topology.in_use, *AKS_RESERVED))

    def _top(self, path: Path, length: int) -> Message:
        cidr = self._private.take(length)
        if cidr is None:
            return Message("use a range that does not overlap another range in this file")
        if path[0] == "address_pools" and path[1] in self._used_pools:
            return Message(
                "use {cidr}, which does not overlap another range in this file, and change the ranges of the pool's "
                "spokes to ranges in this pool",
                cidr=cidr,
            )
        return Message("use {cidr}, which does not overlap another range in this file", cidr=cidr)

    def _in_cluster(self, name: str, key: str, length: int) -> Message:
        """Return a fix that names a range for pods or Services. Clusters may share the range."""
        taken = self._routed(name, key)
        default: IPv4Network = Cluster.model_fields[key].default
        large_enough = key == "service_cidr" or default.prefixlen <= length
        if large_enough and not any(default.overlaps(cidr) for cidr in taken):
            return Message("remove {key} to use the default, {cidr}", key=key, cidr=default)
        for block in (RFC6598, *RFC1918):
            cidr = FreeBlocks((block,), taken).take(length)
            if cidr:
                return Message("{write}, which no network in this file uses", write=_write(key, cidr))
        return Message("use a range that no network in this file uses")

    def _routed(self, name: str, key: str) -> list[IPv4Network]:
        """Return the ranges that a cluster's pods, or its Services, must not overlap."""
        spoke = self._topology.spokes[name]
        # The pools in `top_ranges` contain all other spokes.
        routed = [*(cidr for _, cidr in top_ranges(self._topology)), *self._topology.in_use, *AKS_RESERVED]
        routed += with_vnet(self._topology, spoke).cidrs
        if spoke.new_cluster and key == "pod_cidr":
            routed.append(spoke.new_cluster.service_cidr)
        elif spoke.new_cluster and spoke.new_cluster.pod_range:
            routed.append(spoke.new_cluster.pod_range)
        return routed

    def _subnet(self, path: Path, length: int) -> Message:
        within = self._vnet_of(path)
        cidr = self._vnets[within].free.take(length)
        if cidr is None and within[-1] == "cidrs":
            template = "add a range to the VNet in Azure, then to {vnet}: no /{length} is free"
            return Message(template, vnet=Field(within), length=length)
        if cidr is None:
            return Message("enlarge {vnet}, which has no free /{length}", vnet=Field(within), length=length)
        offer = Message("use {cidr}, the next free /{length} in {vnet}", cidr=cidr, length=length, vnet=Field(within))
        facts = self._topology.spokes[str(within[1])].existing if within[0] == "spokes" else None
        if facts and not facts.subnets_in_use:
            return Message("{offer}, if no other subnet of the VNet uses this range", offer=offer)
        return offer

    def _vnet_of(self, path: Path) -> Path:
        """Return the path of the address space of the subnet's VNet."""
        owner: Path = ("hub",)
        if path[0] == "hub":
            existing = isinstance(self._topology.hub, ExistingHub)
        else:
            owner = ("spokes", vnet_owner(self._topology, str(path[1])))
            existing = self._topology.spokes[str(owner[1])].existing is not None
        return (*owner, "existing", "cidrs") if existing else (*owner, "cidr")

    @cached_property
    def _vnets(self) -> Mapping[Path, Vnet]:
        ranges: dict[Path, list[IPv4Network]] = defaultdict(list)
        spaces: dict[Path, tuple[IPv4Network, ...]] = {}
        for path, cidr, space in (*subnets(self._topology), *subnets_in_use(self._topology)):
            spaces[self._vnet_of(path)] = space
            ranges[self._vnet_of(path)].append(cidr)
        return {vnet: Vnet(space, [*ranges[vnet], *self._avoid]) for vnet, space in spaces.items()}
