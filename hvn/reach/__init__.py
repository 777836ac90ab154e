"""Connections between places, from peerings, route tables, HVN routes and firewall rules."""
