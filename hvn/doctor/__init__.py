"""Pre-flight checks of this machine and of the clusters. Every check only reads."""
