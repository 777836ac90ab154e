"""The network that the topology file describes: its model, addresses, names and firewall rules. This package does not
import packages of higher layers."""
