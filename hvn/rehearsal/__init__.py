"""Rehearse a deployment offline: run real Terraform for every workspace with fake providers."""
