"""Edits of the sample. For each of them `hvn reach` is compared with the Terraform."""

import re
from collections.abc import Callable

TRANSIT = "    transit_pools: [transit]\n"
REMOTE_ID = (
    "/subscriptions/77777777-7777-4777-8777-777777777777/resourceGroups/rg-{0}/providers/Microsoft.Network/"
    "virtualNetworks/vnet-{0}"
)
VARIANTS: dict[str, Callable[[str], str]] = {
    "the sample": lambda text: text,
    "no way to Vault": lambda text: text.replace("vault_route: via-hub", "vault_route: none").replace(
        "10.96.0.0/2", "10.66.0.0/2"
    ),
    "nothing in transit": lambda text: text.replace("vault_route: via-hub", "vault_route: none").replace(
        TRANSIT, "    transit_pools: []\n"
    ),
    "no peering of the hub": lambda text: (
        text.replace("vault_route: via-hub", "vault_route: none")
        .replace(
            "  vault_peering: # the hub's own peering with the HVN, "
            "for the runners and for spokes in the transit pools\n",
            "",
        )
        .replace(TRANSIT, "")
    ),
    "a backup HVN": lambda text: text.replace(
        "hvn:\n", "hvn:\n  backup: {id: hvn-backup, cidr: 172.26.16.0/20, region: southeastasia}\n"
    ),
    "the firewall elsewhere": lambda text: text.replace(
        "    sku_tier: Standard\n", "    sku_tier: Standard\n    private_ip: 10.0.0.9\n"
    ),
}


VARIANTS["two remote VNets"] = lambda text: text.replace(
    "  vault_peering:",
    f"""\
  peerings:
    west:
      vnet_id: {REMOTE_ID.format("west")}
      cidrs: [10.128.0.0/22, 10.132.0.0/24]
      firewall: {{private_ip: 10.128.0.4, cidrs: [10.129.0.0/16]}}
    tools: {{vnet_id: {REMOTE_ID.format("tools")}, cidrs: [10.131.0.0/24], reverse: true}}
  firewall_rules:
    west: {{sources: [hub.peerings.west], destinations: [address_pools.spokes], ports: [tcp/443], reason: r}}
    out: {{sources: [address_pools.spokes, hub.runners], destinations: [10.129.0.0/16], ports: [tcp/443], reason: r}}
    tools: {{sources: [spokes.orders], destinations: [hub.peerings.tools], ports: [tcp/443], reason: r}}
  vault_peering:""",
    1,
)
VARIANTS["peered spokes and a remote VNet of hub and spokes"] = lambda text: (
    VARIANTS["two remote VNets"](text)
    .replace(
        "    cidr: 10.96.0.0/20\n",
        f"""\
    cidr: 10.96.0.0/20
    peerings:
      payments: {{spoke: payments}}
      tools: {{vnet_id: {REMOTE_ID.format("tools")}, cidrs: [10.131.0.0/24], allow_forwarded_traffic: true}}
""",
    )
    .replace(
        "    cidr: 10.65.0.0/16\n",
        f"""\
    cidr: 10.65.0.0/16
    peerings:
      lab: {{vnet_id: {REMOTE_ID.format("lab")}, cidrs: [10.133.0.0/24], reverse: true}}
      analytics: {{spoke: analytics}}
    routes: {{analytics: {{destination: 10.96.0.0/20, next_hop: firewall}}}}
""",
    )
)
VARIANTS["a route table of the hub in two spokes"] = lambda text: (
    text.replace(
        "  vault_peering:",
        """\
  route_tables: {shared: {routes: {all: {destination: 0.0.0.0/0, next_hop: firewall}}}}
  vault_peering:""",
        1,
    )
    .replace("jobs: 10.96.0.0/24", "jobs: {cidr: 10.96.0.0/24, route: rg-platform-hub/rt-platform-shared}")
    .replace(
        "    cidr: 10.65.0.0/16\n",
        "    cidr: 10.65.0.0/16\n"
        "    subnets: {web: {cidr: 10.65.64.0/24, route: rg-platform-hub/rt-platform-shared}}\n",
    )
)
VARIANTS["an NSG of the hub in two spokes, and of one spoke in two subnets"] = lambda text: (
    text.replace(
        "  vault_peering:",
        """\
  network_security_groups:
    closed:
      rules:
        runners: {priority: 200, access: deny, protocol: any, source: [10.0.0.64/27]}
        no-vault: {priority: 300, access: deny, protocol: any, source: [172.25.16.0/20]}
        no-way-out: {priority: 200, direction: outbound, access: deny, protocol: any, destination: [Internet]}
  vault_peering:""",
        1,
    )
    .replace("jobs: 10.96.0.0/24", "jobs: {cidr: 10.96.0.0/24, nsg: rg-platform-hub/NSG-platform-hub-closed}")
    .replace(
        "    cidr: 10.65.0.0/16\n",
        """\
    cidr: 10.65.0.0/16
    network_security_groups:
      inner: {rules: {runners: {priority: 150, access: deny, protocol: any, source: [10.0.0.64/27]}}}
    subnets:
      web: {cidr: 10.65.64.0/24, nsg: rg-platform-hub/nsg-platform-hub-closed}
      one: {cidr: 10.65.65.0/24, nsg: inner}
      two: {cidr: 10.65.66.0/24, nsg: inner}
""",
    )
)
VARIANTS["private endpoints"] = lambda text: (
    text.replace(
        "  vault_peering:",
        """\
  gateway: {cidr: 10.0.0.96/27, existing: true}
  subnets: {tools: {cidr: 10.0.1.0/24, private_endpoint_network_policies: Disabled}}
  firewall_rules:
    two: {sources: [spokes.payments], destinations: [spokes.orders.subnets.two], ports: [tcp/443], reason: r}
  vault_peering:""",
        1,
    )
    .replace("hub:\n", "on_premises: {tokyo: [192.168.0.0/16]}\nhub:\n", 1)
    .replace(
        "jobs: 10.96.0.0/24",
        "jobs: {cidr: 10.96.0.0/24, private_endpoint_network_policies: NetworkSecurityGroupEnabled}",
    )
    .replace(
        "    cidr: 10.65.0.0/16\n",
        """\
    cidr: 10.65.0.0/16
    use_remote_gateways: true
    routes:
      own: {destination: 10.65.0.0/16, next_hop: firewall}
      wide: {destination: 10.64.0.0/15, next_hop: firewall}
    subnets:
      one: {cidr: 10.65.64.0/24, private_endpoint_network_policies: Disabled}
      two: {cidr: 10.65.65.0/24, private_endpoint_network_policies: Enabled}
      three: {cidr: 10.65.66.0/24, private_endpoint_network_policies: RouteTableEnabled}
      four: 10.65.67.0/24
""",
    )
)
VARIANTS["no firewall"] = lambda text: re.sub(
    r"  firewall:\n    cidr: .*\n    sku_tier: .*\n",
    "  firewall: none\n",
    VARIANTS["nothing in transit"](text),
)
