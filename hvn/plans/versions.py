"""Compare the versions of providers in a workspace's Terraform."""

import json
import pathlib
from collections.abc import Mapping

from hvn.affected.history import Base, engine_of
from hvn.commits import git
from hvn.plans.base_code import at
from hvn.plans.explained import Stack
from hvn.rehearsal.schemas import path

UNKNOWN = "unknown"


def changed(before: Stack, now: Stack) -> Mapping[str, tuple[str, str]]:
    """Return the providers with different versions in the two stacks, each with the old and the new version."""
    old, new = _pinned(before), _pinned(now)
    return {name: (old[name], version) for name, version in new.items() if old.get(name, version) != version}


def of_the_base(base: Base, stack: Stack) -> Stack:
    """Return a stack that the base's code generated, with the base's versions of providers.

    The base's code ran with the current packages, which pin the current versions. If the base has other bindings of a
    provider, read the provider's version from the base's schemas. Tests require that schemas and bindings have equal
    versions.
    """
    home, tree = at(base.commit)
    schemas = {one.provider: path(engine_of(home, base.commit, base.code), one.provider) for one in base.locked}
    corrected = {name: _version(home, f"{tree}{file}") for name, file in schemas.items() if name}
    required = stack.get("terraform", {}).get("required_providers", {})
    if not corrected.keys() & required.keys():
        return stack
    providers = {
        name: {**block, "version": corrected[name]} if name in corrected else block for name, block in required.items()
    }
    return {**stack, "terraform": {**stack["terraform"], "required_providers": providers}}


def _version(home: pathlib.Path, schemas: str) -> str:
    content = git(home, "cat-file", "blob", schemas)
    try:
        return str(json.loads(content or b"")["version"])
    except (ValueError, LookupError, TypeError):
        return UNKNOWN


def _pinned(stack: Stack) -> Mapping[str, str]:
    required = stack.get("terraform", {}).get("required_providers", {})
    return {name: str(block.get("version")) for name, block in required.items()}
