"""A cluster's public keys: fetched, kept in `jwks/<spoke>.json`, and compared with those that the cluster has now."""
