"""The rehearsal: real Terraform over every workspace, offline, against stand-ins of the providers."""
