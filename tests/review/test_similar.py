"""Sixty similar lines do not hide a dangerous line: the comment shows the dangerous line separately, before the similar
lines.
"""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.affected.conftest import Repository
from tests.review.conftest import begin
from tests.review.edits import ORDERS
from tests.review.plans import plan, resource
from tests.review.test_review import Review, review

__all__ = ["review"]

MANY = 60


def spokes() -> Iterator[tuple[str, str]]:
    """Yield 60 spokes with a cluster and an app, by name."""
    for number in range(MANY):
        name = f"s{number:02}"
        text = ORDERS.replace("orders", name).replace("10.65.0.0/16", f"10.70.{number}.0/24")
        # Two of these names have the same computed priority.
        text = text.replace("    cluster:\n", f"    firewall_priority: {20000 + number}\n    cluster:\n")
        yield name, text.replace("10.65.0.0/20", f"10.70.{number}.0/24")


def grown(repository: Repository) -> None:
    """Commit the spokes on `main`."""
    begin(repository, ("spokes:\n", "spokes:\n" + "".join(text for _, text in spokes())))


def lines(output: str, rule: str) -> list[str]:
    return [line for line in output.splitlines() if line.startswith(f"- **{rule}**")]


def test_widened_logins(review: Review, repository: Repository) -> None:
    grown(repository)
    text = repository.file.read_text().replace(
        "          service_account: checkout\n", "          service_account: checkout\n          ttl: 8h\n"
    )
    repository.file.write_text(text.replace("s31/checkout, destination", "orders/checkout, destination"))
    dangerous, *similar = lines(review("--fail-on", "never").stdout, "login-widened")
    assert "`kvv2/data/orders/checkout` (read)" in dangerous
    assert "`vault-auth-s31`" in dangerous
    assert len(similar) == 1
    assert "`vault-auth-s30`" in similar[0]


def test_firewall_rules(review: Review) -> None:
    def group(sources: list[str]) -> list[Any]:
        rules = [{"name": f"r{at:02}", "source_addresses": [source]} for at, source in enumerate(sources)]
        return [{"action": "Allow", "rule": rules}]

    before = [f"10.70.{number}.0/25" for number in range(MANY + 1)]
    after = [source.replace("/25", "/24") for source in before]
    after[31] = "*"
    rules = resource(
        "azurerm_firewall_policy_rule_collection_group.firewall_rules",
        before={"network_rule_collection": group(before)},
        after={"network_rule_collection": group(after)},
    )
    dangerous, *_ = lines(review("--fail-on", "never", hub=plan(rules)).stdout, "unreviewed-opening")
    opened = dangerous[dangerous.index(": ") :]
    assert opened.index("`rule r31`: source `*`") < opened.index("`rule r00`")
    assert all(f"`rule r{number:02}`" in opened for number in range(MANY + 1))


def test_deleted_resources(review: Review, repository: Repository) -> None:
    grown(repository)
    similar = {f"network_s{number:02}": plan(delete("azurerm_route_table.route_table")) for number in range(MANY)}
    dangerous = {"network_s31": plan(delete("azurerm_route_table.route_table"), delete("azurerm_route_table.other"))}
    output = review("--fail-on", "never", **(similar | dangerous)).stdout
    first, *rest = lines(output, "egress-cut")
    assert ("`azurerm_route_table.other`" in first, "`network-s31`" in first) == (True, True)
    assert len(rest) == 1
    assert "`network-s30`" in rest[0]


def delete(address: str) -> Any:
    return resource(address, actions=("delete",), before={"a": 1})


def test_drift(review: Review, repository: Repository) -> None:
    grown(repository)

    def changed(address: str, argument: str) -> Any:
        return resource(address, before={argument: 1}, after={argument: 2})

    similar = {
        f"network_s{number:02}": plan(resource_drift=[changed("azurerm_subnet.subnet_nodes", "timeout")])
        for number in range(MANY)
    }
    similar["network_s31"] = plan(resource_drift=[changed("azurerm_subnet.subnet_nodes", "address_prefixes")])
    output = review("--fail-on", "never", **similar).stdout
    drift = output[output.index("### Drift") :]
    shown = [line for line in drift.splitlines() if line.startswith("- ")]
    assert len(shown) == 2
    assert ("`network-s31`" in shown[0], "`address_prefixes`" in shown[0]) == (True, True)


@pytest.mark.parametrize("limit", ["4096", "65536"])
def test_a_cut_verdict_approves_nothing(review: Review, limit: str) -> None:
    """Sixty long openings do not fit into the comment, so the comment does not approve the plan."""
    rules = [{"name": f"r{at:02}{'x' * 60}", "source_addresses": ["*"]} for at in range(MANY)]
    opened = resource(
        "azurerm_firewall_policy_rule_collection_group.firewall_rules",
        before={"network_rule_collection": []},
        after={"network_rule_collection": [{"action": "Allow", "rule": rules}]},
    )
    done = review("--max-bytes", limit, "--fail-on", "error", hub=plan(opened))
    assert (" hub=" in done.stdout) == (limit == "65536")
    assert done.exit_code == (0 if limit == "65536" else 1)
