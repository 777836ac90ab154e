"""The network that the file describes: its model, addresses, names and firewall rules. Imports no package above."""
