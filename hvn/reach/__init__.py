"""Who can talk to whom, and why: by peerings, route tables, HVN routes and the firewall's rules."""
