"""The versions of providers in a workspace's Terraform."""

import json
from collections.abc import Mapping

from hvn.affected.history import Base
from hvn.commits import git
from hvn.plans.base_code import at
from hvn.plans.explained import Stack

UNKNOWN = "unknown"


def changed(before: Stack, now: Stack) -> Mapping[str, tuple[str, str]]:
    """Return the providers in both stacks with another version, each with the old and the new version."""
    old, new = _pinned(before), _pinned(now)
    return {name: (old[name], version) for name, version in new.items() if old.get(name, version) != version}


def of_the_base(base: Base, stack: Stack) -> Stack:
    """Return a stack by the base's code with the base's versions of providers.

    The base's code ran with the current packages. If the bindings of a provider have another version, the version is
    in the provider's schemas: tests require that both are equal.
    """
    corrected = {one.provider: _of_schemas(base.commit, one.provider) for one in base.locked if one.provider}
    required = stack.get("terraform", {}).get("required_providers", {})
    if not corrected.keys() & required.keys():
        return stack
    providers = {
        name: {**block, "version": corrected[name]} if name in corrected else block for name, block in required.items()
    }
    return {**stack, "terraform": {**stack["terraform"], "required_providers": providers}}


def _of_schemas(commit: str, provider: str) -> str:
    home, tree = at(commit)
    content = git(home, "cat-file", "blob", f"{tree}hvn/rehearsal/schemas/{provider}.json")
    try:
        return str(json.loads(content or b"")["version"])
    except (ValueError, LookupError, TypeError):
        return UNKNOWN


def _pinned(stack: Stack) -> Mapping[str, str]:
    required = stack.get("terraform", {}).get("required_providers", {})
    return {name: str(block.get("version")) for name, block in required.items()}
