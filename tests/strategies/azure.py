"""Generate the backend of the state, the settings for Azure Policy and the destinations of logs."""

from functools import cache

from hypothesis import strategies as st

from tests.strategies.values import Topology, uuids


@cache
def states() -> st.SearchStrategy[Topology]:
    return st.one_of(
        st.just({"backend": "local"}),
        st.fixed_dictionaries(
            {
                "backend": st.just("azurerm"),
                "resource_group": st.just("rg-state"),
                "storage_account": st.just("state0001"),
            },
            optional={"subscription_id": uuids(), "container": st.just("network")},
        ),
        st.fixed_dictionaries(
            {"backend": st.just("cloud"), "organization": st.just("example-org")},
            optional={"project": st.just("Shared Services"), "hostname": st.just("terraform.example.com")},
        ),
    )


OWNED = ("aks_defender", "aks_monitoring", "aks_policy", "tags")


@cache
@st.composite
def policy(draw: st.DrawFn) -> Topology:
    """Draw the arguments that Azure Policy owns, and a DDoS plan, the ownership of the plan by Azure Policy, or
    neither.
    """
    owned = draw(st.lists(st.sampled_from(OWNED), unique=True))
    plan = f"/subscriptions/{draw(uuids())}/resourceGroups/rg-net/providers/Microsoft.Network/ddosProtectionPlans/ddos"
    mine = draw(st.sampled_from(("none", "plan", "owned")))
    chosen: Topology = {"ddos_plan_id": plan} if mine == "plan" else {}
    return {**chosen, "policy_owned": [*owned, "ddos_protection_plan"] if mine == "owned" else owned}


@cache
@st.composite
def logs(draw: st.DrawFn) -> Topology:
    """Draw one to three destinations of logs."""
    group = f"/subscriptions/{draw(uuids())}/resourceGroups/rg-logs/providers"
    destinations = {
        "workspace_id": f"{group}/Microsoft.OperationalInsights/workspaces/log-one",
        "storage_account_id": f"{group}/Microsoft.Storage/storageAccounts/logs0001",
        "event_hub_rule_id": f"{group}/Microsoft.EventHub/namespaces/evhns-logs/authorizationRules/send",
    }
    return {name: destinations[name] for name in draw(st.sets(st.sampled_from(sorted(destinations)), min_size=1))}
