"""Map each check of a login to the field of the topology that determines its result."""

from hvn.diagnostics.message import Path

# Paths below spokes.<spoke>.cluster; `{app}` stands for the app's name.
FIELDS: dict[str, tuple[str, ...]] = {
    "role": ("apps", "{app}"),
    "subject": ("apps", "{app}", "service_account"),
    "audience": ("apps", "{app}", "audience"),
}


# Checks with a result that depends on the committed keys in `jwks/<spoke>.json`.
OF_KEYS = ("signature", "issuer")


def place(check: str, spoke: str, app: str) -> Path | None:
    """Return the path of the field that determines the result of the check, or None if no field does."""
    if check not in FIELDS:
        return None
    return ("spokes", spoke, "cluster", *(part.replace("{app}", app) for part in FIELDS[check]))
