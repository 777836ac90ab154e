"""Pre-flight checks: what this machine lacks to deploy and to operate a spoke. Every check only reads."""
