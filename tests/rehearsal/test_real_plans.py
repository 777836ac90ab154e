"""The fake providers' plans of the recorded configurations equal the plans of the real providers.

`real_plans/configurations` contains the planned `cdk.tf.json` files, `real_plans/plans` the plans of the real
providers: `first` for the first plan of each of the sample's workspaces, `edits/<edit>` for plans of an edit of the
deployed sample. Both folders are recordings, so a change of the stacks does not change them. Values that a cloud
generates (ids, addresses) differ, so the test maps the real value to the fake value. Every other value must be equal.
"""

import json
import pathlib
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from tests.rehearsal.conftest import Shared

RECORDED = pathlib.Path(__file__).parent / "real_plans"
ORDER = (
    *("hcp", "hub", "network-analytics", "network-orders", "network-payments", "peering-hub", "peering-orders"),
    *("peering-payments", "aks-orders", "aks-payments", "vault", "vso-orders", "vso-payments"),
    *("vault-auth-orders", "vault-auth-payments", "secrets-orders", "secrets-payments"),
)
EDITS = sorted(
    file.relative_to(RECORDED / "plans").with_suffix("").as_posix()
    for file in (RECORDED / "plans/edits").rglob("*.json")
)
Plan = dict[str, Any]


def read(kind: str, name: str) -> Any:
    return json.loads((RECORDED / kind / f"{name}.json").read_text(encoding="utf-8"))


def reduced(plan: Plan) -> Plan:
    """Return the parts of a plan that the recordings contain."""
    changes = {}
    for resource in plan["resource_changes"]:
        change = resource["change"]
        names = ["actions", "replace_paths", *(["after", "after_unknown"] if change.get("after") else [])]
        changes[resource["address"]] = {name: change[name] for name in names if name in change}
    return {
        "resource_changes": changes,
        "resource_drift": {
            resource["address"]: {
                ".".join(map(str, path)): [before, after]
                for path, before, after in differences(resource["change"]["before"], resource["change"]["after"])
            }
            for resource in plan.get("resource_drift", ())
        },
    }


Path = tuple[str | int, ...]


def differences(one: Any, other: Any, path: Path = ()) -> Iterator[tuple[Path, Any, Any]]:
    if one == other:
        return
    if isinstance(one, dict) and isinstance(other, dict):
        for name in sorted({*one, *other}):
            yield from differences(one.get(name), other.get(name), (*path, name))
    elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        for index, pair in enumerate(zip(one, other, strict=True)):
            yield from differences(*pair, (*path, index))
    else:
        yield path, one, other


@pytest.fixture(scope="module")
def plans(tmp_path_factory: pytest.TempPathFactory, shared: Shared) -> Mapping[str, Plan]:
    stage = shared.stage(tmp_path_factory.mktemp("recorded"), {})
    made = {}
    for workspace in ORDER:
        stage.stacks[workspace] = read("configurations", f"first/{workspace}")
        made[f"first/{workspace}"] = reduced(stage.plan_of(workspace))
        result = stage.build(workspace)
        assert not result.failed, (workspace, result)
    for edit in EDITS:
        workspace = edit.rpartition("/")[2]
        stage.stacks[workspace] = read("configurations", edit)
        made[edit] = reduced(stage.plan_of(workspace))
    return made


def unknown_paths(after_unknown: Any, path: Path = ()) -> Iterator[Path]:
    if after_unknown is True:
        yield path
    elif isinstance(after_unknown, dict):
        for name, value in after_unknown.items():
            yield from unknown_paths(value, (*path, name))
    elif isinstance(after_unknown, list):
        for index, value in enumerate(after_unknown):
            yield from unknown_paths(value, (*path, index))


def at(value: Any, path: Path) -> Any:
    """Return the value at a path, or None."""
    for step in path:
        if isinstance(value, dict):
            value = value.get(step)
        else:
            value = value[int(step)] if isinstance(value, list) and int(step) < len(value) else None
    return value


# Computed values that each cloud generates. All other computed values must be equal.
MADE_UP = {
    *("accessor", "application_id", "azure_peering_id", "client_id", "guid", "object_id", "organization_id"),
    *("principal_id", "resource_version", "role_definition_id", "uid"),
    *("host", "ip_address", "oidc_issuer_url", "private_fqdn", "vault_private_endpoint_url"),
    *("client_certificate", "client_key", "cluster_ca_certificate", "kube_config_raw", "username"),
    "name",  # this value belongs to a role assignment
}


@pytest.fixture(scope="module")
def made_up(plans: Mapping[str, Plan]) -> Mapping[str, str]:
    """Return the generated values of the real cloud, each with the corresponding value of the fake cloud."""
    pairs: dict[str, str] = {}
    for edit in EDITS:
        workspace = edit.rpartition("/")[2]
        if f"first/{workspace}" not in plans:
            continue
        first = read("plans", f"first/{workspace}")["resource_changes"]
        for address, change in read("plans", edit)["resource_changes"].items():
            ours = plans[edit]["resource_changes"].get(address, {})
            for path in unknown_paths(first.get(address, {}).get("after_unknown")):
                for inner, real, fake in differences(at(change.get("after"), path), at(ours.get("after"), path)):
                    names = [step for step in (*path, *inner) if isinstance(step, str)]
                    if names[-1] in MADE_UP and real and fake and isinstance(real, str) and isinstance(fake, str):
                        assert pairs.setdefault(real, fake) == fake, (edit, address, path)
    return pairs


def translated(value: Any, pairs: Mapping[str, str]) -> Any:
    """Return a value of the real plan, in which generated values of the fake cloud replace those of the real cloud."""
    if isinstance(value, dict):
        return {name: translated(member, pairs) for name, member in value.items()}
    if isinstance(value, list):
        return [translated(member, pairs) for member in value]
    if not isinstance(value, str) or value in pairs:
        return pairs.get(value, value) if isinstance(value, str) else value
    for real in sorted(pairs, key=len, reverse=True):
        if len(real) >= SHORTEST:
            value = value.replace(real, pairs[real])
    return value


# Do not replace shorter values, because a short value may be part of another value by chance.
SHORTEST = 12


@pytest.mark.whole
@pytest.mark.parametrize("name", [*(f"first/{workspace}" for workspace in ORDER), *EDITS])
def test_plan_equals_the_real_plan(plans: Mapping[str, Plan], made_up: Mapping[str, str], name: str) -> None:
    # If a recorded configuration contains a generated value, both plans contain the same value.
    different = [
        (path, real, fake)
        for path, real, fake in differences(read("plans", name), plans[name])
        if translated(real, made_up) != fake
    ]
    assert different == []
