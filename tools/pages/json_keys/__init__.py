"""The meaning of each key that a command prints with `--format json`: one file for each kind of output."""
