"""From the topology to the inputs of each workspace: names, ids, ranges, routes. Arithmetic only; nothing is looked up.

One module a part of the world: `hcp` (HVN, Vault cluster, peerings), `azure` (hub, spokes, clusters), `vault` (what is
configured in Vault), `kubernetes` (what runs in the clusters), `common` (what all of them need).
"""
