"""Define the version of the project."""

VERSION = "0.1.0"
"""The version of the project, as CHANGELOG.md describes it."""
