"""How Vault decides about a JWT login, and why it refuses one: nothing here talks to Vault or to a cluster."""
