"""Check this machine and the clusters before a deploy. The checks do not change anything."""
