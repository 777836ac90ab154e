"""Compare the locked packages of two commits. Locked packages generate Terraform or run with the project's code, so a
new version can change every plan."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

LOCKS = ("Pipfile.lock", "package-lock.json")
BINDINGS = re.compile("cdktf-cdktf-provider-|cdktn-provider-")
"""The prefixes of the packages with the bindings of one provider. A package pins the version of its provider."""
NONE, UNREADABLE = "none", "unreadable"


@dataclass(frozen=True, slots=True, order=True)
class Package:
    """A locked package with a changed version or changed files. A version is `none` if the lock lacks the package."""

    lock: str
    name: str
    before: str
    after: str

    @property
    def provider(self) -> str:
        """Return the provider of these bindings; empty for other packages."""
        prefix = BINDINGS.match(self.name)
        return self.name[prefix.end() :] if prefix else ""


def packages(lock: str, before: bytes | None, after: bytes | None) -> Iterator[Package]:
    """Yield the packages that differ between two versions of a lock. If a version cannot be read, yield the lock itself
    as the only package."""
    old, new = _versions(before), _versions(after)
    if old is None or new is None:
        yield Package(lock, lock, UNREADABLE if old is None else "", UNREADABLE if new is None else "")
        return
    for name in sorted({*old, *new}):
        sides = old.get(name, (NONE, "")), new.get(name, (NONE, ""))
        if sides[0] != sides[1]:
            other = " with other files" if sides[0][0] == sides[1][0] else ""
            yield Package(lock, name, sides[0][0], sides[1][0] + other)


def _versions(content: bytes | None) -> Mapping[str, tuple[str, str]] | None:
    """Return each package's version and other properties by name, or None if the lock cannot be read."""
    if content is None:
        return {}
    try:
        lock = json.loads(content)
        sections = [lock.get(name, {}) for name in ("default", "develop", "packages")]
        return {name: _version(package) for section in sections for name, package in section.items() if name}
    except (ValueError, TypeError, AttributeError, RecursionError):
        return None


def _version(package: Mapping[str, Any]) -> tuple[str, str]:
    rest = {key: value for key, value in package.items() if key not in ("version", "dev", "peer", "license")}
    return str(package.get("version", NONE)).removeprefix("=="), json.dumps(rest, sort_keys=True)
