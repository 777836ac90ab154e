"""The kinds of workspaces: what each is built from, in which order, and what its removal means."""
