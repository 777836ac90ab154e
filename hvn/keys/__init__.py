"""Fetch a cluster's public keys, write them to `jwks/<spoke>.json`, and compare the committed keys with the
cluster's."""
