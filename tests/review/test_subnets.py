"""The review reports changes of the inline subnets of a new VNet. In azurerm, these are a set in
`azurerm_virtual_network`.
"""

from typing import Any

import pytest

from hvn.review.grants import openings
from hvn.review.nsg_switches import AFTER_APPLY
from hvn.review.plan_files import parse
from tests.affected.conftest import Repository
from tests.review.conftest import begin
from tests.review.findings import findings
from tests.review.plans import plan, resource

NSG, TABLE = "/subscriptions/s/nsg", "/subscriptions/s/table"
JOBS = {"name": "jobs", "address_prefixes": ["10.96.0.0/24"], "security_group": NSG, "route_table_id": TABLE}
FOREIGN = {**JOBS, "name": "Foreign", "address_prefixes": ["10.96.9.0/24"]}


def changed(before: Any, after: Any, **change: Any) -> bytes:
    """Return the plan of an update of the VNet of `analytics`."""
    sides = {"before": {"subnet": before}, "after": {"subnet": after}}
    return plan(resource("azurerm_virtual_network.vnet", **sides, **change))


@pytest.mark.parametrize(
    ("before", "after", "change", "names"),
    [
        ([JOBS, FOREIGN], [JOBS], {}, ["Foreign"]),
        ([JOBS], [], {}, ["jobs"]),
        ([JOBS], [{**JOBS, "address_prefixes": ["10.96.1.0/24"]}], {}, ["jobs"]),
        ([JOBS], [{**JOBS, "security_group": ""}], {}, ["jobs"]),
        ([JOBS], [{**JOBS, "service_endpoints": ["Microsoft.Storage"]}], {}, ["jobs"]),
        ([JOBS], [{**JOBS, "service_endpoint": [{"service": "Microsoft.Storage"}]}], {}, ["jobs"]),
        ([JOBS], [{**JOBS, "delegation": [{"name": "a"}]}], {}, ["jobs"]),
        ([JOBS, FOREIGN], None, {"after_unknown": {"subnet": True}}, ["Foreign", "jobs"]),
        ([JOBS, FOREIGN], [JOBS, None], {"after_unknown": {"subnet": [{}, True]}}, ["Foreign"]),
        # The review ignores the order, the letter case, empty parts, and the id of a replaced security group.
        ([JOBS, FOREIGN], [FOREIGN, JOBS], {}, []),
        ([JOBS], [{**JOBS, "name": "JOBS", "security_group": NSG.upper(), "delegation": []}], {}, []),
        (
            [JOBS],
            [{name: value for name, value in JOBS.items() if name != "security_group"}],
            {"after_unknown": {"subnet": [{"security_group": True}]}},
            [],
        ),
        ([JOBS], [JOBS, FOREIGN], {}, []),
    ],
)
def test_each_subnet_that_a_plan_removes_or_changes_is_reported(
    repository: Repository,
    monkeypatch: pytest.MonkeyPatch,
    before: Any,
    after: Any,
    change: Any,
    names: list[str],
) -> None:
    found = findings(repository, monkeypatch, network_analytics=changed(before, after, **change))
    reported = found.get("subnet-changed", [])
    assert [finding["level"] for finding in reported] == ["error"] * bool(names)
    assert all(f"subnet {name} (" in finding["message"] for finding in reported for name in names)
    # Without an edit, the review reports every update.
    assert found["unexplained-change"]


@pytest.mark.parametrize("also", [(), (FOREIGN,)])
def test_an_edit_explains_the_removal_of_its_own_subnet_only(
    repository: Repository, monkeypatch: pytest.MonkeyPatch, also: tuple[Any, ...]
) -> None:
    repository.edit(("    subnets:\n      jobs: 10.96.0.0/24\n", ""))
    found = findings(repository, monkeypatch, network_analytics=changed([JOBS, *also], []))
    assert found["network-moved"]
    assert ("subnet-changed" in found) == bool(also)


JOBS_LINE = "      jobs: 10.96.0.0/24\n"
ALLOW = "priority: 300, direction: inbound, access: allow, protocol: tcp, source: [10.96.1.0/24], ports: ['443']"
DENY = "priority: 200, direction: inbound, access: deny, protocol: any, source: [10.96.1.0/24, 10.96.2.0/24]"


def jobs(**rules: str) -> str:
    """Return the lines of a subnet with NSG rules."""
    lines = "".join(f"          {name}: {{{rule}}}\n" for name, rule in rules.items())
    return f"      jobs:\n        cidr: 10.96.0.0/24\n        rules:\n{lines}" if rules else JOBS_LINE


@pytest.mark.parametrize(
    ("before", "after", "opened", "closed"),
    [
        (jobs(), jobs(web=ALLOW), ["web", "10.96.1.0/24", "443"], []),
        (jobs(web=ALLOW), jobs(), [], ["web", "removed allow rule"]),
        (jobs(web=ALLOW), jobs(web=ALLOW.replace("10.96.1.0/24", "Internet")), ["Internet"], ["10.96.1.0/24"]),
        (jobs(web=ALLOW), jobs(web=ALLOW.replace("443", "440-450")), ["440-450"], []),
        (jobs(shut=DENY), jobs(), ["shut", "removed deny rule"], []),
        (jobs(), jobs(shut=DENY), [], ["shut", "new deny rule"]),
        (jobs(shut=DENY), jobs(shut=DENY.replace(", 10.96.2.0/24", "")), ["no longer denied", "10.96.2.0/24"], []),
        (jobs(shut=DENY, web=ALLOW), jobs(shut=DENY.replace("200", "400"), web=ALLOW), ["now before", "shut"], []),
        (jobs(shut=DENY, web=ALLOW), jobs(shut=DENY, web=ALLOW.replace("300", "100")), ["now before", "shut"], []),
        (jobs(shut=DENY, web=ALLOW), jobs(web=ALLOW, shut=DENY), [], []),
        (jobs(shut=DENY, web=ALLOW), jobs(shut=DENY.replace("200", "250"), web=ALLOW), [], []),
        (jobs(web=ALLOW), jobs(web=ALLOW.replace("source: [10.96.1.0/24]", "source: ['10.96.1.0/24']")), [], []),
    ],
)
def test_edited_rules_of_a_subnet(
    repository: Repository,
    monkeypatch: pytest.MonkeyPatch,
    before: str,
    after: str,
    opened: list[str],
    closed: list[str],
) -> None:
    begin(repository, *([(JOBS_LINE, before)] if before != JOBS_LINE else []))
    repository.edit((before, after))
    reported = findings(repository, monkeypatch)
    for name, words in (("subnet-opened", opened), ("subnet-closed", closed)):
        messages = [finding["message"] for finding in reported.get(name, [])]
        assert len(messages) == bool(words)
        assert all(word in messages[0] for word in words)
        assert all("spokes.analytics.subnets.jobs" in message for message in messages)


FROM_HVN, PUBLIC = ALLOW.replace("10.96.1.0/24", "172.25.16.0/20"), ALLOW.replace("10.96.1.0/24", "Internet")
DATA = "      data:\n        cidr: 10.64.32.0/24\n        rules:\n"


def data(**rules: int) -> str:
    """Return a subnet of the direct spoke `payments`, with rules of the HVN or of the internet."""
    lines = (f"          {name}: {{{FROM_HVN if name == 'db' else PUBLIC}}}\n" for name in rules)
    texts = (line.replace("300", str(priority)) for line, priority in zip(lines, rules.values(), strict=True))
    return f"    subnets:\n{DATA}{''.join(texts)}"


@pytest.mark.parametrize(
    ("before", "after", "name"),
    [
        # hvn-in has the priority 150, and moves if the file uses 150.
        ({"db": 160}, {"db": 140}, "subnet-opened"),
        ({"db": 140}, {"db": 160}, "subnet-closed"),
        ({"db": 160}, {"db": 150}, ""),
        ({"db": 149, "web": 151}, {"db": 149, "web": 150}, ""),
        ({"web": 160}, {"web": 140}, ""),
        ({"db": 152, "web": 151, "a": 150}, {"db": 152, "web": 151, "a": 149}, ""),
    ],
)
def test_a_rule_that_passes_the_rule_of_this_project_is_reported(
    repository: Repository, monkeypatch: pytest.MonkeyPatch, before: dict[str, int], after: dict[str, int], name: str
) -> None:
    line = "    vault_route: direct\n"
    begin(repository, (line, f"{line}{data(**before)}"))
    repository.edit((data(**before), data(**after)))
    reported = findings(repository, monkeypatch)
    found = {one: reported[one] for one in ("subnet-opened", "subnet-closed") if one in reported}
    assert set(found) == ({name} if name else set())
    assert all("hvn-in" in finding["message"] for findings_ in found.values() for finding in findings_)


def test_a_new_subnet_closes_nothing_and_its_allow_rules_are_reported(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    repository.edit(
        (JOBS_LINE, f"{JOBS_LINE}{jobs(web=ALLOW, shut=DENY).replace('jobs', 'web').replace('96.0', '96.3')}")
    )
    reported = findings(repository, monkeypatch)
    assert "subnet-closed" not in reported
    (opened,) = reported["subnet-opened"]
    assert "spokes.analytics.subnets.web" in opened["message"]


def test_a_bastion_and_its_way_to_the_runners_are_reported(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    runners = "    cidr: 10.0.0.64/27\n"
    repository.edit((runners, f"{runners}    allow_bastion: true\n  bastion: {{cidr: 10.0.0.128/26}}\n"))
    messages = {
        finding["message"].split(" ")[0]: finding for finding in findings(repository, monkeypatch)["subnet-opened"]
    }
    assert messages.keys() == {"hub.runners", "hub.bastion"}
    assert "10.0.0.128/26" in messages["hub.runners"]["message"]


def test_a_bastion_in_a_spoke_is_reported(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    repository.edit((JOBS_LINE, f"{JOBS_LINE}      AzureBastionSubnet: 10.96.3.0/26\n"))
    (opened,) = findings(repository, monkeypatch)["subnet-opened"]
    assert opened["message"].split(" ")[0] == "spokes.analytics.subnets.AzureBastionSubnet"


@pytest.mark.parametrize(
    ("before", "after", "lost"),
    [
        ("Enabled", "Disabled", {"route table", "security group"}),
        ("Enabled", "RouteTableEnabled", {"security group"}),
        ("RouteTableEnabled", "Enabled", set()),
    ],
)
def test_private_endpoints_that_lose_a_filter_are_openings(before: str, after: str, lost: set[str]) -> None:
    sides = [
        {"name": "data", "address_prefixes": ["10.0.0.0/24"], "private_endpoint_network_policies": side}
        for side in (before, after)
    ]
    separate = openings("azurerm_subnet", *sides)
    inline = openings("azurerm_virtual_network", *({"name": "vnet", "subnet": [side]} for side in sides))
    assert {one.value for one in separate} == {one.value for one in inline} == lost


def test_other_policies_of_private_endpoints_are_reported(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    repository.edit((JOBS_LINE, "      jobs: {cidr: 10.96.0.0/24, private_endpoint_network_policies: Enabled}\n"))
    (changed,) = findings(repository, monkeypatch)["subnet-changed"]
    assert "private_endpoint_network_policies of subnet jobs" in changed["message"]


VNET = "azurerm_virtual_network.vnet"
GROUP = "azurerm_network_security_group.nsg_web"
ASSOCIATION = "azurerm_subnet_network_security_group_association.nsg_of_web"
SUBNET = "azurerm_subnet.subnet_web"
WEB, OTHER = ({"name": "web", "security_group": one} for one in (NSG, "/s/a"))
IN_PLAN = resource(GROUP, actions=["no-op"], before={"id": NSG}, after={"id": NSG.upper(), "security_rule": []})
CREATED = resource(GROUP, actions=["create"], before=None, after={"name": "nsg-web"})
NEW_SUBNET = resource(SUBNET, actions=["create"], before=None, after={"name": "web"})


def made(after: Any, before: Any = None, *, actions: Any = ("create",), address: str = VNET) -> Any:
    return resource(address, actions=actions, before=before, after=after)


@pytest.mark.parametrize(
    ("resources", "switches"),
    [
        ([made({"subnet": [WEB]})], [("web", NSG)]),
        ([made({"subnet": [WEB]}), IN_PLAN], []),
        ([made({"subnet": [WEB, JOBS]}, {"subnet": [JOBS]}, actions=["update"])], [("web", NSG)]),
        ([made({"subnet": [{"name": "web", "security_group": ""}, {"name": "b", "security_group": None}]})], []),
        # Known after apply: the id of a new NSG, or of an NSG that a data source reads.
        ([made({"subnet": [{"name": "web"}]}), CREATED], []),
        ([made({"subnet": [{"name": "web"}]}), IN_PLAN], [("web", AFTER_APPLY)]),
        # A replaced VNet has new subnets. The other NSG has unknown rules.
        ([made({"subnet": [WEB]}, {"subnet": [WEB]}, actions=["delete", "create"])], []),
        ([made({"subnet": [WEB]}, {"subnet": [OTHER]}, actions=["delete", "create"])], [("web", NSG)]),
        # An existing VNet. A subnet with a known id existed without an NSG, so it was open.
        ([made({"network_security_group_id": NSG}, address=ASSOCIATION), NEW_SUBNET], [("web", NSG)]),
        ([made({"network_security_group_id": NSG}, address=ASSOCIATION)], [(ASSOCIATION, NSG)]),
        ([made({"network_security_group_id": NSG}, address=ASSOCIATION), NEW_SUBNET, IN_PLAN], []),
        ([made({"network_security_group_id": NSG, "subnet_id": "/s/web"}, address=ASSOCIATION)], []),
        ([made({}, address=ASSOCIATION), NEW_SUBNET, CREATED], []),
    ],
)
def test_a_new_subnet_with_an_nsg_outside_the_plan_is_reported(
    resources: list[Any], switches: list[tuple[str, str]]
) -> None:
    found = parse("w", plan(*resources)).nsg_switches
    assert [(one.subnet, one.new) for one in found] == switches
    assert all((one.old, one.openings) == ("", None) for one in found)


def test_a_new_subnet_shows_no_sensitive_value() -> None:
    secret = resource(VNET, actions=["create"], after={"subnet": [WEB]}, after_sensitive={"subnet": True})
    (switch,) = parse("w", plan(secret)).nsg_switches
    assert (switch.subnet, switch.new) == ("(sensitive)", "(sensitive)")
