"""The kinds of workspaces: their inputs, their deployment order, and the impact of their removal."""
