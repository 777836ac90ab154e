"""The types of rules and findings, and their output formats."""
