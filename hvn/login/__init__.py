"""Explain offline why Vault allows or refuses a JWT login."""
