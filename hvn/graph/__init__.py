"""Draw the picture of a topology, with one model for all formats and one renderer for each format."""
