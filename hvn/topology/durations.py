"""Durations of the topology file: one whole number and one unit."""


def seconds(duration: str) -> int:
    """Return a duration such as `90s`, `5m` or `1h` in seconds."""
    return int(duration[:-1]) * {"s": 1, "m": 60, "h": 3600}[duration[-1]]
