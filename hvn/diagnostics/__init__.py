"""Rules and findings, and their output for people and for programs."""
