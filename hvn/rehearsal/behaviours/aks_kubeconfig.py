"""A cluster has a kubeconfig, marked sensitive; without local accounts it has no client certificate in it.

azurerm: kubernetes_cluster_resource.go and kubernetes_cluster_data_source.go (flattenKubernetesClusterCredentials).
"""

import base64

from hvn.rehearsal.behaviours import Change

# Not certificates: nothing here opens anything, and nobody should take it for something that does.
MADE_UP = base64.b64encode(b"made up by the rehearsal").decode()


def create(change: Change) -> None:
    """Give the cluster its kubeconfig."""
    cluster = change.after
    local = not cluster.get("local_account_disabled")
    host = f"https://{cluster.get('private_fqdn') or cluster.get('fqdn')}:443"
    cluster["kube_config"] = [
        {
            "host": host,
            "cluster_ca_certificate": MADE_UP,
            "client_certificate": MADE_UP if local else "",
            "client_key": MADE_UP if local else "",
            "username": f"clusterUser_{cluster['resource_group_name']}_{cluster['name']}",
            "password": "",
        }
    ]


CREATE = {"azurerm_kubernetes_cluster": create}
