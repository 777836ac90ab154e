"""The network that the file describes: its model, addresses, names and firewall rules. It imports nothing above it."""
