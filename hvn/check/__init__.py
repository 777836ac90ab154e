"""`hvn check`: from the file to a topology without errors, or to findings at their lines."""
