"""Name the options of `hvn init` that set the fields of a topology."""

from hvn.diagnostics.message import Path

ANY = "*"
OPTIONS: tuple[tuple[Path, str], ...] = (
    (("name",), "--name"),
    (("naming",), "--naming"),
    (("azure", "tenant_id"), "--tenant-id"),
    (("azure", "subscription_id"), "--subscription-id"),
    (("azure", "region"), "--region"),
    (("azure", "tags"), "--tag"),
    (("state",), "--state"),
    (("hvn", "region"), "--hvn-region"),
    (("hvn", "cidr"), "--hvn-cidr"),
    (("hvn", "project_id"), "--project-id"),
    (("vault", "tier"), "--vault-tier"),
    (("vault", "namespace"), "--vault-namespace"),
    (("vault", "ci"), "--ci"),
    (("address_pools", "spokes"), "--pool-cidr"),
    (("address_pools",), "--spoke-vnet-id"),
    (("on_premises",), "--on-premises"),
    (("hub", "cidr"), "--hub-cidr"),
    (("hub", "subscription_id"), "--hub-subscription-id"),
    (("hub", "existing", "vnet_id"), "--hub-vnet-id"),
    (("hub", "existing", "cidrs"), "--hub-cidr"),
    (("hub", "existing", "runners_cidr"), "--hub-runners-cidr"),
    (("hub", "existing", "firewall_private_ip"), "--hub-firewall-ip"),
    (("hub", "existing", "private_dns_zone_id"), "--hub-dns-zone-id"),
    (("logs",), "--logs"),
    (("spokes", ANY, "existing", "cidrs"), "--spoke-cidr"),
    (("spokes", ANY, "existing", "subnets_in_use"), "--subnet-in-use"),
    (("spokes", ANY, "existing"), "--spoke-vnet-id"),
    (("hub", "gateway"), "--gateway"),
    (("hub", "existing", "gateway_type"), "--gateway"),
    (("spokes", ANY, "dns_servers"), "--dns-server"),
    (("spokes", ANY, "cidr"), "--pool-cidr"),
    (("spokes", ANY, "cluster", "apps"), "--app"),
    (("spokes", ANY, "cluster", "admin_groups"), "--admin-group"),
    (("spokes", ANY, "cluster", "node_pool"), "--node-size"),
    (("spokes", ANY, "cluster", "node_pools"), "--node-pool"),
    (("spokes", ANY, "cluster", "node_cidr"), "--node-cidr"),
    (("spokes", ANY, "cluster", "existing", "node_cidrs"), "--node-cidr"),
    (("spokes", ANY, "cluster", "existing", "pod_cidr"), "--pod-cidr"),
    (("spokes", ANY, "cluster", "existing"), "--cluster-id"),
    (("spokes", ANY), "--spoke"),
)


def option_of(path: Path) -> str:
    """Return the option that sets the field, or an empty text for a field without an option."""
    return next((option for place, option in OPTIONS if _below(path, place)), "")


def _below(path: Path, place: Path) -> bool:
    return len(path) >= len(place) and all(two in (one, ANY) for one, two in zip(path, place, strict=False))
