"""Where the topology says what a check compares with: the line to change."""

from hvn.diagnostics.finding import Path

# Behind spokes.<spoke>.cluster; `{app}` stands for the app's name.
FIELDS: dict[str, tuple[str, ...]] = {
    "role": ("apps", "{app}"),
    "subject": ("apps", "{app}", "service_account"),
    "audience": ("apps", "{app}", "audience"),
}


# What the committed keys decide: `jwks/<spoke>.json` beside the topology.
OF_KEYS = ("signature", "issuer")


def place(check: str, spoke: str, app: str) -> Path | None:
    """The path of the field, None where the topology does not decide."""
    if check not in FIELDS:
        return None
    return ("spokes", spoke, "cluster", *(part.replace("{app}", app) for part in FIELDS[check]))
