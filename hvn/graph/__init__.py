"""The picture of a topology: one neutral model, and one renderer for each format."""
