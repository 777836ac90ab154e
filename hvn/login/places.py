"""The field of the topology that decides each check of a login."""

from hvn.diagnostics.message import Path

# Paths below spokes.<spoke>.cluster; `{app}` stands for the app's name.
FIELDS: dict[str, tuple[str, ...]] = {
    "role": ("apps", "{app}"),
    "subject": ("apps", "{app}", "service_account"),
    "audience": ("apps", "{app}", "audience"),
}


# Checks that the committed keys in `jwks/<spoke>.json` decide.
OF_KEYS = ("signature", "issuer")


def place(check: str, spoke: str, app: str) -> Path | None:
    """Return the path of the field that decides the check, None if the topology does not decide the check."""
    if check not in FIELDS:
        return None
    return ("spokes", spoke, "cluster", *(part.replace("{app}", app) for part in FIELDS[check]))
