"""`hvn check` reads a topology file and reports findings with their lines."""
