"""`hvn check`: reads a topology file and reports findings at their lines."""
