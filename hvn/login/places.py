"""The place in the topology that decides a check: the line to change."""

from hvn.diagnostics.message import Path

# Below spokes.<spoke>.cluster; `{app}` stands for the app's name.
FIELDS: dict[str, tuple[str, ...]] = {
    "role": ("apps", "{app}"),
    "subject": ("apps", "{app}", "service_account"),
    "audience": ("apps", "{app}", "audience"),
}


# Checks that the committed keys decide: `jwks/<spoke>.json` beside the topology.
OF_KEYS = ("signature", "issuer")


def place(check: str, spoke: str, app: str) -> Path | None:
    """Return the path of the field, None if the topology does not decide the check."""
    if check not in FIELDS:
        return None
    return ("spokes", spoke, "cluster", *(part.replace("{app}", app) for part in FIELDS[check]))
