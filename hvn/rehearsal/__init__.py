"""The rehearsal: real Terraform over every workspace, offline, against fake providers."""
