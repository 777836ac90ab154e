"""Check this machine and the clusters before a deploy. Every check only reads."""
