"""A cluster's public keys: fetch them, keep them in `jwks/<spoke>.json`, and compare them with the live keys."""
