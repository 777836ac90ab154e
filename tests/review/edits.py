"""Define typical edits, each as replacements of texts in the sample topology."""

from typing import NamedTuple


class Edit(NamedTuple):
    """Replacements in config/topology.yaml. `keys` names a spoke that gets new keys. `unlinks` names a spoke that loses
    its key file.

    The base contains the replacements in `applied` and `merged`, but only the replacements in `applied` are deployed.
    """

    replaces: tuple[tuple[str, str], ...] = ()
    keys: str = ""
    unlinks: str = ""
    applied: tuple[tuple[str, str], ...] = ()
    merged: tuple[tuple[str, str], ...] = ()


ORDERS = """
  orders: # its own peering with the HVN
    cidr: 10.65.0.0/16
    vault_route: direct
    cluster:
      kubernetes_version: "1.36"
      node_cidr: 10.65.0.0/20
      node_pool: {vm_size: Standard_D4s_v5, min_count: 2, max_count: 5}
      vault_login: {keys: issuer}
      apps:
        checkout:
          namespace: checkout
          service_account: checkout
          secrets:
            - {path: orders/checkout, destination: checkout-secrets}
"""
CREATED = """    cluster:
      kubernetes_version: "1.36"
      node_cidr: 10.65.0.0/20
      node_pool: {vm_size: Standard_D4s_v5, min_count: 2, max_count: 5}
"""
EXISTING = """    subnets: {nodes: 10.65.0.0/20}
    cluster:
      existing:
        cluster_id: /subscriptions/22222222-2222-4222-8222-222222222222/resourceGroups/rg-platform-orders/providers/\
Microsoft.ContainerService/managedClusters/aks-platform-orders
        node_cidrs: [10.65.0.0/20]
        pod_cidr: 100.64.0.0/16
        entra: false
"""
REMOTE = """\
  peerings:
    west:
      vnet_id: /subscriptions/22222222-2222-4222-8222-222222222222/resourceGroups/rg-west/providers/\
Microsoft.Network/virtualNetworks/vnet-west
      cidrs: [10.128.0.0/24]
      firewall: {private_ip: 10.128.0.4, cidrs: [10.129.0.0/16]}
      reverse: true
"""
JOBS = "      jobs: 10.96.0.0/24\n"
SYNCED = "            - {path: webapp/config, destination: webapp-config, refresh_after: 30s}\n"
NO_KEYS_YET = ORDERS.replace("orders", "shipping").replace("10.65.", "10.66.").replace("issuer", "pubkeys")
SHIPPING = ORDERS.replace("orders", "shipping").replace("10.65.", "10.66.")
APP = """        batch:
          namespace: batch
          service_account: batch
          secrets:
            - {path: batch/config, destination: batch-config}
"""
DYNAMIC = """          dynamic_secrets:
            - mount: database
              role: webapp
              destination: webapp-database
              restart: [{kind: Deployment, name: webapp}]
"""
ENGINES = """  kv_mount: kvv2
  database_engines:
    orders:
      host: orders.postgres.database.azure.com
      username: vault
      roles:
        web: # hvn: allow HVN639 virtual machines use it
          {creation_statements: ["CREATE ROLE \\"{{name}}\\" LOGIN PASSWORD '{{password}}'"], max_ttl: 8h}
  pki_engines:
    ca: {roles: {web: {allowed_domains: [web.example.com]}}} # hvn: allow HVN639 virtual machines use it
"""
OTHER_SERVER = ENGINES.replace("orders.postgres", "other.postgres").replace("LOGIN", "SUPERUSER LOGIN")
PAYMENTS = "    cidr: 10.64.0.0/16\n    vault_route: direct\n"
IN_LOGS = "/subscriptions/22222222-2222-4222-8222-222222222222/resourceGroups/rg-logs/providers"
LOGS = f"logs:\n  workspace_id: {IN_LOGS}/Microsoft.OperationalInsights/workspaces/log-platform\n"
DDOS = f"{IN_LOGS}/Microsoft.Network/ddosProtectionPlans/ddos"
DNAT = """    dnat_rules:
      shop: {sources: [203.0.113.7], port: tcp/443, translated_address: 10.64.0.9, translated_port: 8443, reason: shop}
"""
BASE_POLICY = f"{IN_LOGS}/Microsoft.Network/firewallPolicies/afwp-base"
BACKUP = "  backup: {id: hvn-southeastasia, cidr: 172.26.16.0/20, region: southeastasia}\n"
CI = """  ci:
    github:
      audience: https://github.com/example-org
      subject_prefix: repo:example-org/infra
      apply: ['environment:production']
"""

GROUPS = "      admin_groups: [6b1f2d3c-0a9e-4c57-8f7d-3a2b1c0d9e81]\n"

NAT_GATEWAY = (
    "  firewall:\n    cidr: 10.0.0.0/26\n",
    "  nat_gateway: {}\n  firewall:\n    nat_gateway: true\n    cidr: 10.0.0.0/26\n",
)
EDITS = {
    "add-a-spoke": Edit(((ORDERS, ORDERS + SHIPPING),)),
    "add-a-spoke-with-keys": Edit(((ORDERS, ORDERS + NO_KEYS_YET),)),
    "delete-a-key-file": Edit(unlinks="payments"),
    "remove-a-spoke": Edit(((ORDERS, ""),)),
    "rename-a-spoke": Edit((("  orders:", "  trade:"),)),
    "move-a-spoke-from-direct-to-via-hub": Edit(
        (
            (
                ORDERS,
                ORDERS.replace("10.65.0.0/16", "10.96.32.0/19")
                .replace("10.65.0.0/20", "10.96.32.0/20")
                .replace("direct", "via-hub"),
            ),
        )
    ),
    "change-the-range-of-the-hvn": Edit((("cidr: 172.25.16.0/20", "cidr: 172.25.32.0/20"),)),
    "move-the-firewall": Edit((("    sku_tier: Standard", "    private_ip: 10.0.0.5"),)),
    "rotate-keys": Edit(keys="payments"),
    "widen-a-role": Edit(
        (
            (SYNCED, SYNCED + SYNCED.replace("webapp/config", "orders/checkout").replace("webapp-config", "more")),
            ("          service_account: default\n", "          service_account: default\n          ttl: 8h\n"),
        )
    ),
    "change-an-audience": Edit(
        (("          service_account: default\n", "          service_account: default\n          audience: other\n"),)
    ),
    "change-pods-range": Edit(
        (("      node_cidr: 10.64.0.0/20\n", "      node_cidr: 10.64.0.0/20\n      pod_cidr: 100.80.0.0/16\n"),)
    ),
    "change-the-size-of-a-node-pool": Edit((("max_count: 3", "max_count: 6"),)),
    "change-the-vm-size": Edit(
        (
            (
                "{vm_size: Standard_D4s_v5, min_count: 2, max_count: 3}",
                "{vm_size: Standard_D8s_v5, min_count: 2, max_count: 3}",
            ),
        )
    ),
    "upgrade-kubernetes": Edit((('kubernetes_version: "1.36"', 'kubernetes_version: "1.36.1"'),)),
    "add-an-app": Edit(((SYNCED, SYNCED + APP),)),
    "remove-an-app": Edit(((APP, ""),), applied=((SYNCED, SYNCED + APP),)),
    "change-a-dynamic-secret": Edit(
        (("              role: webapp\n", "              role: webapp-reader\n"),),
        applied=((SYNCED, SYNCED + DYNAMIC),),
    ),
    "remove-the-last-app": Edit(((ORDERS[ORDERS.index("      apps:") :], "\n"),)),
    "switch-from-keys-to-issuer": Edit((("{keys: pubkeys}", "{keys: issuer}"),)),
    "take-the-transit-pool-away": Edit(
        (
            (
                "    transit_pools: [transit]",
                "    transit_pools: []",
            ),
            ("    vault_route: via-hub", "    vault_route: none"),
            ("    cidr: 10.96.0.0/20", "    cidr: 10.67.0.0/20"),
            ("jobs: 10.96.0.0/24", "jobs: 10.67.0.0/24"),
        )
    ),
    "add-a-transit-pool": Edit(
        (
            ("  transit: 10.96.0.0/16\n", "  transit: 10.96.0.0/16\n  partners: 10.98.0.0/16\n"),
            ("    transit_pools: [transit]", "    transit_pools: [transit, partners]"),
        )
    ),
    "send-logs": Edit(
        (
            ("\nspokes:\n", f"\n{LOGS}\nspokes:\n"),
            ("  kv_mount: kvv2\n", "  kv_mount: kvv2\n  audit_log: {type: datadog, region: us1}\n"),
        )
    ),
    "remove-the-logs": Edit(((f"\n{LOGS}", ""),), applied=(("\nspokes:\n", f"\n{LOGS}\nspokes:\n"),)),
    "govern-the-network": Edit(
        (
            ("  region: japaneast\n", f"  region: japaneast\n  ddos_plan_id: {DDOS}\n  policy_owned: [tags]\n"),
            ("    sku_tier: Standard\n", "    sku_tier: Standard\n    public_ips: 2\n"),
        )
    ),
    "change-a-tag": Edit((("owner: platform-team", "owner: network-team"),)),
    "edit-what-was-not-applied": Edit(
        (('kubernetes_version: "1.36"', 'kubernetes_version: "1.36.1"'), (SYNCED, SYNCED + APP)),
        merged=(
            ("max_count: 3", "max_count: 4"),
            ("          service_account: default\n", "          service_account: default\n          ttl: 8h\n"),
        ),
    ),
    "call-the-hvn-existing": Edit((("  cidr: 172.25.16.0/20\n", "  cidr: 172.25.16.0/20\n  existing: true\n"),)),
    "call-a-cluster-existing": Edit(((CREATED, EXISTING),)),
    "call-a-peering-and-a-mount-existing": Edit(
        (
            ("    cidr: 10.65.0.0/16\n", "    cidr: 10.65.0.0/16\n    existing_peering: platform-orders\n"),
            ("vault_login: {keys: issuer}", "vault_login: {keys: existing}"),
        )
    ),
    "change-the-zones-of-the-firewall": Edit(
        (("    sku_tier: Standard", "    sku_tier: Standard\n    zones: ['1', '2']"),)
    ),
    "turn-off-threat-intelligence": Edit(
        (("    sku_tier: Standard\n", "    sku_tier: Standard\n    threat_intelligence: 'off'\n"),)
    ),
    "forward-connections-from-the-internet": Edit((("    sku_tier: Standard\n", f"    sku_tier: Standard\n{DNAT}"),)),
    "use-a-base-policy": Edit(
        (("    sku_tier: Standard\n", f"    sku_tier: Standard\n    base_policy_id: {BASE_POLICY}\n"),)
    ),
    "remove-the-base-policy": Edit(
        ((f"    base_policy_id: {BASE_POLICY}\n", ""),),
        applied=(("    sku_tier: Standard\n", f"    sku_tier: Standard\n    base_policy_id: {BASE_POLICY}\n"),),
    ),
    "readdress-the-nodes": Edit((("node_cidr: 10.65.0.0/20", "node_cidr: 10.65.16.0/20"),)),
    "add-the-login-of-the-ci": Edit((("  kv_mount: kvv2\n", f"  kv_mount: kvv2\n{CI}"),)),
    "add-a-nat-gateway": Edit((NAT_GATEWAY,)),
    "remove-a-nat-gateway": Edit((NAT_GATEWAY[::-1],), applied=(NAT_GATEWAY,)),
    "rename-a-vnet": Edit(
        (("    vault_route: via-hub\n", "    vault_route: via-hub\n    names: {vnet: Analytics}\n"),)
    ),
    "rename-a-subnet": Edit(
        (("    vault_route: via-hub\n", "    vault_route: via-hub\n    names: {subnets: {jobs: Jobs}}\n"),)
    ),
    "rename-a-mount": Edit(((PAYMENTS, f"{PAYMENTS}    names: {{jwt_mount: jwt-pay}}\n"),)),
    "rename-a-cluster": Edit(((PAYMENTS, f"{PAYMENTS}    names: {{cluster: pay}}\n"),)),
    "change-the-pattern-of-vnets": Edit((("azure:\n", 'naming: {vnet: "vnet-{spoke}"}\nazure:\n'),)),
    "change-the-dns-servers": Edit(
        (("    cidr: 10.65.0.0/16\n", "    cidr: 10.65.0.0/16\n    dns_servers: [10.0.0.4]\n"),)
    ),
    "remove-the-firewall": Edit(
        (("  firewall:\n    cidr: 10.0.0.0/26\n    sku_tier: Standard\n", "  firewall: none\n"),),
        applied=(
            ("    transit_pools: [transit]", "    transit_pools: []"),
            ("    vault_route: via-hub", "    vault_route: none"),
            ("    cidr: 10.96.0.0/20", "    cidr: 10.67.0.0/20"),
            ("jobs: 10.96.0.0/24", "jobs: 10.67.0.0/24"),
        ),
    ),
    "peer-with-a-remote-hub": Edit((("  vault_peering:", f"{REMOTE}  vault_peering:"),)),
    "leave-a-remote-hub": Edit(((REMOTE, ""),), applied=(("  vault_peering:", f"{REMOTE}  vault_peering:"),)),
    "peer-two-spokes": Edit(((JOBS, f"{JOBS}    peerings: {{shop: {{spoke: payments}}}}\n"),)),
    "separate-two-spokes": Edit(
        (("    peerings: {shop: {spoke: payments}}\n", ""),),
        applied=((JOBS, f"{JOBS}    peerings: {{shop: {{spoke: payments}}}}\n"),),
    ),
    "use-the-gateway-directly": Edit(
        (
            (
                "    cidr: 10.65.0.0/16\n",
                "    cidr: 10.65.0.0/16\n    use_remote_gateways: true\n    bgp_route_propagation: true\n",
            ),
        ),
        applied=(
            (
                "\nhub:\n",
                "\non_premises: {tokyo: [192.168.0.0/16]}\nhub:\n  gateway: {cidr: 10.0.0.96/27, existing: true}\n",
            ),
        ),
    ),
    "remove-the-backup-hvn": Edit(((BACKUP, ""),), applied=(("hvn:\n", f"hvn:\n{BACKUP}"),)),
    "move-the-kv-engine": Edit((("kv_mount: kvv2", "kv_mount: kv"),)),
    "add-engines": Edit((("  kv_mount: kvv2\n", ENGINES),)),
    "change-engines": Edit(
        ((ENGINES, OTHER_SERVER.replace("[web.", "[api.example.com, web.")),),
        applied=(("  kv_mount: kvv2\n", ENGINES),),
    ),
    "remove-engines": Edit(((ENGINES, "  kv_mount: kvv2\n"),), applied=(("  kv_mount: kvv2\n", ENGINES),)),
    "let-pull-requests-apply": Edit(
        (("apply: ['environment:production']", "apply: ['environment:production', pull_request]"),),
        applied=(("  kv_mount: kvv2\n", f"  kv_mount: kvv2\n{CI}"),),
    ),
    "accept-a-warning": Edit(
        (
            (
                "min_count: 2, max_count: 3}",
                "min_count: 1, max_count: 3} # hvn: allow HVN504 one node is enough for this test",
            ),
            (" # hvn: allow HVN504 a pilot", ""),
        ),
        applied=(("min_count: 2, max_count: 5}", "min_count: 1, max_count: 5} # hvn: allow HVN504 a pilot"),),
    ),
    "grow-the-hub": Edit((("cidr: 10.0.0.0/22", "cidr: 10.0.0.0/21"),)),
    "install-the-operator-from-another-registry": Edit(
        (
            (
                "      vault_login: {keys: pubkeys}\n",
                "      vault_login: {keys: pubkeys}\n      vso: {image_registry: registry.example.com}\n",
            ),
        )
    ),
    "replace-the-administrators": Edit(
        ((GROUPS, GROUPS.replace("e81", "e82")),),
        applied=(("      vault_login: {keys: pubkeys}\n", f"      vault_login: {{keys: pubkeys}}\n{GROUPS}"),),
    ),
    "remove-the-administrators": Edit(
        ((GROUPS, ""),),
        applied=(("      vault_login: {keys: pubkeys}\n", f"      vault_login: {{keys: pubkeys}}\n{GROUPS}"),),
    ),
    "scale-down": Edit(
        (
            ("min_count: 2, max_count: 3}", "min_count: 2, max_count: 2}"),
            ("tier: standard_medium", "tier: standard_small"),
        ),
        applied=(("tier: standard_small", "tier: standard_medium"),),
    ),
    "change-the-region": Edit(
        (("region: japaneast", "region: canadacentral"),), applied=(("{keys: pubkeys}", "{keys: issuer}"),)
    ),
}
