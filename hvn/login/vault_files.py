"""Read files with the output of `vault read -format=json`.

Numbers keep their text, because Vault compares bound claims with the text of numbers. As in Vault, lone surrogates
become U+FFFD.
"""

import json
import pathlib
from collections.abc import Mapping
from typing import Any, NoReturn

from hvn import files
from hvn.login.gotext import well_formed
from hvn.login.values import Number

MAX_BYTES = 1024 * 1024
USE_THE_FILE = "use the file that 'vault read -format=json' printed"


class UnusableFile(Exception):
    """The file does not have the format of `vault read -format=json`. The message is one line with the problem and
    the fix."""


def read(file: pathlib.Path, keys: tuple[str, ...]) -> Mapping[str, Any]:
    """Return the `data` of Vault's output. Raises `UnusableFile` if the file is malformed, or if `data` has none of
    the keys."""
    name = file.name
    try:
        content = files.read(file, MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "invalid name"
        raise UnusableFile(f"{name} cannot be read ({reason}): use a file that you may read") from None
    wanted = f"it must be the output of 'vault read -format=json', with {' or '.join(keys)}"
    if len(content) > MAX_BYTES:
        raise UnusableFile(f"{name} is larger than 1 MiB: {wanted}")
    try:
        document = _well_formed(json.loads(content, parse_int=Number, parse_float=Number, parse_constant=_not_json))
    except (ValueError, RecursionError):
        raise UnusableFile(f"{name} is not JSON: {wanted}") from None
    data = document.get("data", document) if isinstance(document, dict) else None
    if not isinstance(data, dict) or not any(key in data for key in keys):
        raise UnusableFile(f"{name} is not a mount or role of this kind: {wanted}")
    return data


def text(data: Mapping[str, Any], key: str) -> str:
    """Return the string at this key, empty if missing or null. Raises `UnusableFile` for a value of another type."""
    value = data.get(key)
    if value is None:
        return ""
    return str(value) if type(value) is str else _unusable(key, "a string")


def texts(data: Mapping[str, Any], key: str) -> tuple[str, ...]:
    """Return the list of strings at this key, empty if missing or null. Raises `UnusableFile` for a value of another
    type."""
    value = data.get(key)
    if value is None:
        return ()
    is_list = isinstance(value, list) and all(type(item) is str for item in value)
    return tuple(value) if is_list else _unusable(key, "a list of strings")


def mapping(data: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    """Return the object at this key, empty if missing or null. Raises `UnusableFile` for a value of another type."""
    value = data.get(key)
    if value is None:
        return {}
    return value if isinstance(value, dict) else _unusable(key, "an object")


def mapping_of_texts(data: Mapping[str, Any], key: str) -> Mapping[str, str]:
    """Return the object of strings at this key, empty if missing or null. Raises `UnusableFile` for a value of
    another type."""
    value = mapping(data, key)
    return value if all(type(item) is str for item in value.values()) else _unusable(key, "an object of strings")


def flag(data: Mapping[str, Any], key: str) -> bool:
    """Return the bool at this key, false if missing or null. Raises `UnusableFile` for a value of another type."""
    value = data.get(key)
    return bool(value) if value is None or isinstance(value, bool) else _unusable(key, "true or false")


def number(data: Mapping[str, Any], key: str) -> int:
    """Return the whole number at this key, 0 if missing or null. Raises `UnusableFile` for a value of another type."""
    try:
        return int(data.get(key) or 0)
    except (TypeError, ValueError, OverflowError):
        return _unusable(key, "a whole number")


def _unusable(key: str, wanted: str) -> NoReturn:
    raise UnusableFile(f"'{key}' is not {wanted}: {USE_THE_FILE}")


def _not_json(constant: str) -> NoReturn:
    raise ValueError(constant)


def _well_formed(value: Any) -> Any:
    """Return the JSON value without lone surrogates. Raises RecursionError for a deeply nested value."""
    if isinstance(value, dict):
        return {well_formed(name): _well_formed(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_well_formed(item) for item in value]
    return well_formed(value) if type(value) is str else value
