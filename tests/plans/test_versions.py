"""Compare the providers' versions in the Terraform of the base's code and of the current code."""

from typing import Any

from hvn.affected.history import Base
from hvn.affected.locked import Package
from hvn.plans.versions import changed, of_the_base
from hvn.rehearsal.schemas import version


def stack(**versions: str) -> dict[str, Any]:
    return {"terraform": {"required_providers": {name: {"version": one} for name, one in versions.items()}}}


def test_only_other_versions_of_the_same_provider_are_changed() -> None:
    assert changed(stack(hcp="1", vault="2", helm="3"), stack(hcp="1", vault="3", azurerm="4")) == {"vault": ("2", "3")}


def test_changed_bindings_have_the_version_of_the_schemas_in_the_base() -> None:
    package = Package("Pipfile.lock", "cdktf-cdktf-provider-vault", "1", "2")
    base = Base("HEAD", None, None, (), locked=(package, Package("Pipfile.lock", "click", "1", "2")))
    now = stack(hcp="1", vault="99.0.0")
    assert of_the_base(base, now) == stack(hcp="1", vault=version("vault"))
    assert of_the_base(Base("HEAD", None, None, ()), now) is now
    assert of_the_base(Base("none", None, None, (), locked=(package,)), now) == stack(hcp="1", vault="unknown")
