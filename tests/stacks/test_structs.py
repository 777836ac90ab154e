"""stacks/structs.py sends the same values as jsii, but without null values."""

from typing import Any

import jsii
import pytest

import stacks  # noqa: F401 - the lazy bindings work only if this comes before cdktf

# isort: split
from cdktf import TerraformResourceLifecycle
from cdktf_cdktf_provider_azurerm.kubernetes_cluster import KubernetesClusterConfig

from stacks import structs


def without_null(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: without_null(member) for key, member in value.items() if member is not None}
    return [without_null(member) for member in value] if isinstance(value, list) else value


def test_structs_differ_only_by_null(monkeypatch: pytest.MonkeyPatch) -> None:
    pool = {"name": "system", "tags": {"a": "b"}, "upgrade_settings": {"max_surge": "1"}, "zones": ["1"]}
    config = KubernetesClusterConfig(
        location="japaneast",
        name="",
        resource_group_name="rg",
        default_node_pool=pool,
        identity={"type": "SystemAssigned"},
        private_cluster_enabled=False,
        lifecycle=TerraformResourceLifecycle(ignore_changes=["tags"]),
    )
    [sent] = structs.reference(None, config).values()
    monkeypatch.setattr(jsii._kernel, "_make_reference_for_native", structs.convert)
    mapping: Any = getattr(config, "__jsii_name_mapping__")  # noqa: B009 - mypy does not know it
    plain = {name: structs.convert(None, getattr(config, python)) for python, name in mapping.items()}
    assert sent["data"] == without_null(plain)
    assert {"name", "privateClusterEnabled", "lifecycle", "defaultNodePool"} <= sent["data"].keys()
    assert len(sent["data"]) < len(plain)
