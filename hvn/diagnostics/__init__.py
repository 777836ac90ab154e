"""Findings: what a rule is, what it reports, and how reports are written for people and for programs."""
