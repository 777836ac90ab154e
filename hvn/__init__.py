"""The package with the code of `hvn`, and the project's version."""

VERSION = "0.1.0"
"""The version of the project, as CHANGELOG.md describes it."""
