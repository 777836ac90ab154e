"""Explains Vault's decision about a JWT login, without a connection to Vault or to a cluster."""
