"""Where Vault Secrets Operator is in a cluster: what its workspace makes and what the apps' manifests refer to."""

REPOSITORY = "https://helm.releases.hashicorp.com"
RELEASE = "vault-secrets-operator"
NAMESPACE = "vault-secrets-operator-system"
# The chart's default connection, as VSO reads references: namespace/name.
CONNECTION = f"{NAMESPACE}/default"
