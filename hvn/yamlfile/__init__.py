"""The topology file as text: strict YAML with positions, and edits that keep every other byte."""
