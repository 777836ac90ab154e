"""A word for each key of what a command prints with `--format json`: one file a command."""
