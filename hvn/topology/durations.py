"""Durations as the file writes them: one whole number and one unit."""


def seconds(duration: str) -> int:
    """`90s`, `5m` or `1h` as seconds."""
    return int(duration[:-1]) * {"s": 1, "m": 60, "h": 3600}[duration[-1]]
