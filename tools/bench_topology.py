"""Write topologies of any size for tools/bench.py."""

import pathlib


def topology(scratch: pathlib.Path, spokes: int, *, rules: bool = False) -> pathlib.Path:
    """Write a topology with this number of direct spokes, each with a cluster and an app, and return its path.

    With `rules`, each spoke has five firewall rules, one of them to the next spoke.
    """
    head = """version: 1
name: platform
azure:
  tenant_id: 11111111-1111-4111-8111-111111111111
  subscription_id: 22222222-2222-4222-8222-222222222222
  region: japaneast
state: {backend: local}
hvn: {id: hvn-japaneast, cidr: 172.25.16.0/20, project_id: 33333333-3333-4333-8333-333333333333}
vault: {cluster_id: vault-prod}
address_pools: {spokes: 10.128.0.0/9}
on_premises: {tokyo: [192.168.0.0/16]}
hub:
  cidr: 10.0.0.0/22
  firewall: {cidr: 10.0.0.0/26}
  runners: {cidr: 10.0.0.64/27}
  vault_peering: {}
spokes:
"""
    file = scratch / f"topology-{spokes}{'-rules' if rules else ''}.yaml"
    bodies = (_spoke(number) + (_rules(number, spokes) if rules else "") for number in range(spokes))
    file.write_text(head + "".join(bodies), encoding="utf-8")
    return file


def _rules(number: int, spokes: int) -> str:
    own, other = f"spokes.s{number:04}", f"spokes.s{(number + 1) % spokes:04}"
    return f"""    firewall_rules:
      api: {{sources: [{own}.cluster], destinations: [{other}], ports: [tcp/443], reason: calls}}
      database: {{sources: [{own}], destinations: [on_premises.tokyo], ports: [tcp/5432, tcp/1521], reason: data}}
      admins: {{sources: [on_premises.tokyo], destinations: [{own}], ports: [tcp/22], reason: operation}}
      packages: {{sources: [{own}], fqdns: [a.example.com, b.example.com], ports: [https/443], reason: builds}}
      logs: {{sources: [{own}], service_tags: [AzureMonitor], ports: [tcp/443], reason: logs}}
"""


def _spoke(number: int) -> str:
    cidr = f"10.{128 + number // 16}.{number % 16 * 16}.0"
    return f"""  s{number:04}:
    cidr: {cidr}/20
    vault_route: direct
    firewall_priority: {10000 + number}
    cluster:
      kubernetes_version: "1.36"
      node_cidr: {cidr}/22
      node_pool: {{vm_size: Standard_D4s_v5, min_count: 2, max_count: 3}}
      vault_login: {{keys: issuer}}
      apps:
        webapp:
          namespace: app
          secrets:
            - {{path: webapp/config, destination: webapp-config}}
"""
