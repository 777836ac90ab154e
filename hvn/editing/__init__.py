"""Changing the topology file: text is put in, and every other byte stays as it was."""
