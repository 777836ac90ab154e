"""Read the topology file as strict YAML with positions, and edit the file without changing other bytes."""
