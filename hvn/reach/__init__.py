"""Which places can reach each other, and why: by peerings, route tables, HVN routes and firewall rules."""
