"""`hvn init --azure` proposes the values that the JSON of the Azure CLI contains, and reports every part that it does
not use.

The files in `azure/` have the shapes that the CLI prints: the bank's file has the shape of `az graph query`, the others
of `az network ... list` and `az account show`.
"""

import json
import pathlib
import random
import re
from ipaddress import IPv4Network
from typing import Any

import pytest
import yaml
from click.testing import CliRunner, Result

from hvn.check.load import load
from hvn.cli import cli
from tests.rehearsal.conftest import NO_TERRAFORM

AZURE = pathlib.Path(__file__).with_name("azure")
UUID = "6b1f2d3c-0a9e-4c57-8f7d-3a2b1c0d9e8f"
BANK = ["bank.json"]
RETAILER = ["retailer-vnets.json", "retailer-account.json"]
INSURER = ["insurer-hub.json", "insurer-spokes.json", "insurer-firewall.json", "insurer-account.json"]
PROD = "--subscription-id 22222222-2222-4222-8222-222222222222"
APP = "--cluster --app shop/web"


def init(file: pathlib.Path, files: list[pathlib.Path], options: str = "", **stdin: bytes) -> Result:
    words = [word for one in files for word in ("--azure", str(one))]
    base = f"--name acme --project-id {UUID} --spoke shop".split()
    return CliRunner().invoke(cli, ["init", str(file), *base, *words, *options.split()], **stdin)  # type: ignore[arg-type]


def paths(names: list[str]) -> list[pathlib.Path]:
    return [AZURE / name for name in names]


def written(file: pathlib.Path) -> Any:
    return yaml.safe_load(file.read_text(encoding="utf-8"))


# The files, the options, the warnings, and values of the new topology.
COMPANIES: dict[str, tuple[list[str], str, set[str], dict[str, Any]]] = {
    "bank": (
        BANK,
        f"{PROD} --hvn-region francecentral {APP}",
        {"HVN611"},
        {
            "azure.tenant_id": "aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa",
            "azure.region": "germanywestcentral",
            "hvn.region": "francecentral",
            "hub.existing.vnet_id": "/subscriptions/11111111-1111-4111-8111-111111111111/resourceGroups/RG-GWC-NET-P01"
            "/providers/Microsoft.Network/virtualNetworks/VNET-GWC-HUB-P01",
            "hub.existing.cidrs": ["10.100.0.0/22", "10.100.4.0/24"],
            "hub.existing.firewall_private_ip": "10.100.0.132",
            "hub.existing.runners_cidr": "10.100.4.0/26",
            "hub.existing.gateway": True,
            "spokes.shop.use_remote_gateways": True,
        },
    ),
    "bank, the existing spoke": (
        BANK,
        f"{PROD} --hvn-region francecentral --spoke-vnet-id vnet-gwc-pay-p01 {APP}",
        {"HVN611"},
        {
            "address_pools.existing": "10.101.0.0/16",
            "spokes.shop.existing.cidrs": ["10.101.0.0/16"],
            "spokes.shop.existing.zone_link": False,
            "spokes.shop.cluster.node_cidr": "10.101.16.0/20",
        },
    ),
    "bank, the existing cluster": (
        BANK,
        f"{PROD} --hvn-region francecentral --spoke-vnet-id vnet-gwc-pay-p01 --cluster-id aks-gwc-pay-p01",
        set(),
        {"spokes.shop.cluster.existing.node_cidrs": ["10.101.0.0/24"]},
    ),
    "retailer": (
        RETAILER,
        f"--hub none {APP}",
        {"HVN401", "HVN432", "HVN611"},
        {
            "azure.tenant_id": "bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb",
            "azure.subscription_id": "44444444-4444-4444-8444-444444444444",
            "hub": "none",
        },
    ),
    "retailer with a new hub and an existing spoke": (
        RETAILER,
        f"--spoke-vnet-id vnet-shop-prod {APP}",
        {"HVN611"},
        {"spokes.shop.existing.hub_peering": True, "hub.firewall.cidr": "10.0.0.0/26"},
    ),
    "insurer": (
        INSURER,
        f"--vault-tier plus_small {APP}",
        {"HVN611"},
        {
            "azure.subscription_id": "66666666-6666-4666-8666-666666666666",
            "vault.tier": "plus_small",
            "hub.existing.firewall_private_ip": "10.20.0.4",
            "hub.existing.runners_cidr": "10.20.0.96/27",
            "hub.existing.private_dns_zone_id": "/subscriptions/55555555-5555-4555-8555-555555555555/resourceGroups"
            "/rg-connectivity-weu/providers/Microsoft.Network/privateDnsZones/privatelink.westeurope.azmk8s.io",
        },
    ),
}


@pytest.mark.parametrize("company", COMPANIES)
def test_a_company_gets_a_valid_file_without_an_edit(company: str, tmp_path: pathlib.Path) -> None:
    names, options, warnings, values = COMPANIES[company]
    file = tmp_path / "network.yaml"
    done = init(file, paths(names), options)
    assert done.exit_code == 0, done.output
    loaded = load(file)
    assert loaded.checked
    assert {finding.rule.id for finding in loaded.findings} == warnings
    topology = written(file)
    for path, value in values.items():
        found: Any = topology
        for key in path.split("."):
            found = found[key]
        assert found == value, path
        if isinstance(value, str) and "existing" in path:
            assert value in done.stdout or path.startswith(("spokes", "address_pools")), "the proposal is printed"


@pytest.mark.parametrize("company", ["bank", "retailer", "insurer"])
def test_no_proposed_range_overlaps_a_range_of_the_files(company: str, tmp_path: pathlib.Path) -> None:
    names, options, _, _ = COMPANIES[company]
    file = tmp_path / "network.yaml"
    done = init(file, paths(names), options)
    assert done.exit_code == 0
    topology = written(file)
    texts = [path.read_text() for path in paths(names)]
    used = {prefix for text in texts for prefix in re.findall(r"\d+\.\d+\.\d+\.\d+/\d+", text) if prefix != "0.0.0.0/0"}
    assert "10.64.0.0/16" in used or company != "bank", "a VNet that only a peering names"
    free = (f"hvn.cidr {topology['hvn']['cidr']}", f"address_pools.spokes {topology['address_pools']['spokes']}")
    assert f"proposed free ranges: {', '.join(free)}" in done.stdout, "the choice is printed"
    for cidr in (topology["hvn"]["cidr"], topology["address_pools"]["spokes"], topology["spokes"]["shop"]["cidr"]):
        assert not [other for other in used if IPv4Network(cidr).overlaps(IPv4Network(other))], cidr


@pytest.mark.parametrize("company", ["bank", "insurer"])
def test_the_order_of_files_and_resources_does_not_matter(company: str, tmp_path: pathlib.Path) -> None:
    names, options, _, _ = COMPANIES[company]
    texts = set()
    for seed in range(4):
        shuffle = random.Random(seed).shuffle
        files = []
        for name in names:
            document = json.loads((AZURE / name).read_text())
            rows = document.get("data") if isinstance(document, dict) else document
            if isinstance(rows, list):
                shuffle(rows)
            files.append(tmp_path / f"{seed}-{name}")
            files[-1].write_text(json.dumps(document))
        shuffle(files)
        assert init(tmp_path / f"{seed}.yaml", files, options).exit_code == 0
        texts.add((tmp_path / f"{seed}.yaml").read_text())
    assert len(texts) == 1


def flattened(value: Any) -> Any:
    """Return resources in the form of `az network ... list`."""
    if isinstance(value, list):
        return [flattened(item) for item in value]
    if not isinstance(value, dict):
        return value
    return {
        key: flattened(inner)
        for key, inner in ({**value, **value.get("properties", {})}).items()
        if key != "properties"
    }


def test_both_forms_of_the_cli_and_standard_input_give_the_same_file(tmp_path: pathlib.Path) -> None:
    rows = json.loads((AZURE / "bank.json").read_text())["data"]
    options = COMPANIES["bank"][1]
    forms = {
        "graph": (AZURE / "bank.json").read_bytes(),
        "list": json.dumps(flattened(rows)).encode(),
        "lower": json.dumps(rows).replace("/resourceGroups/", "/resourcegroups/").encode(),
        "rest": json.dumps({"value": rows}).encode(),
        "powershell": json.dumps(rows).encode("utf-16"),
    }
    for name, document in forms.items():
        done = init(tmp_path / f"{name}.yaml", [pathlib.Path("-")], options, input=document)
        assert done.exit_code == 0, (name, done.output)
    assert len({(tmp_path / f"{name}.yaml").read_text() for name in forms}) == 1


VNET = {"id": "", "type": "Microsoft.Network/virtualNetworks", "location": "westeurope", "name": "x"}
VNET["id"] = f"/subscriptions/{UUID}/resourceGroups/rg/providers/Microsoft.Network/virtualNetworks/vnet-x"
SPACE = {"addressSpace": {"addressPrefixes": ["10.0.0.0/16"]}}


def bank(**changes: Any) -> list[dict[str, Any]]:
    """Return the bank's rows; a change replaces the properties of the resource with this name."""
    rows: list[dict[str, Any]] = json.loads((AZURE / "bank.json").read_text())["data"]
    for row in rows:
        row["properties"] |= changes.get(row["name"].replace("-", "_").lower(), {})
    return rows


@pytest.mark.parametrize(
    ("rows", "options", "expected"),
    [
        (bank(), "", "--subscription-id: the files contain several subscriptions: 2222"),
        (
            bank(vnet_gwc_pay_p01={"subnets": [{"name": "AzureFirewallSubnet"}]}),
            PROD,
            "--hub-vnet-id: each of these VNets may be the hub: VNET-GWC-HUB-P01, vnet-gwc-pay-p01",
        ),
        (
            bank(
                rt_gwc_dwh_d01={
                    "routes": [{"addressPrefix": "0.0.0.0/0", "nextHopIpAddress": "10.100.0.140", "nextHopType": "x"}]
                }
            ),
            PROD,
            "several next hops in the hub: 10.100.0.132 (1), 10.100.0.140 (1)",
        ),
        ([VNET | SPACE], "", "--tenant-id: the output of az account show"),
    ],
)
def test_an_ambiguous_value_needs_an_option(
    rows: list[Any], options: str, expected: str, tmp_path: pathlib.Path
) -> None:
    (tmp_path / "azure.json").write_text(json.dumps(rows))
    done = init(tmp_path / "network.yaml", [tmp_path / "azure.json"], options)
    assert (done.exit_code, done.stdout, (tmp_path / "network.yaml").exists()) == (2, "", False)
    assert expected in done.stderr


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (f"{PROD} --hub-vnet-id vnet-gwc-hub", "did you mean VNET-GWC-HUB-P01?"),
        (f"{PROD} --spoke-vnet-id vnet-gwc-payp01", "did you mean vnet-gwc-pay-p01?"),
    ],
)
def test_a_similar_vnet_is_suggested(options: str, expected: str, tmp_path: pathlib.Path) -> None:
    done = init(tmp_path / "network.yaml", paths(BANK), options)
    assert (done.exit_code, done.stdout) == (2, "")
    assert expected in done.stderr


def test_an_existing_spoke_needs_the_files(tmp_path: pathlib.Path) -> None:
    done = init(
        tmp_path / "n.yaml", [], f"--spoke-vnet-id x --tenant-id {UUID} --subscription-id {UUID} --region japaneast"
    )
    assert (done.exit_code, done.stdout) == (2, "")
    assert "--azure" in done.stderr


def test_an_option_overrides_a_proposal(tmp_path: pathlib.Path) -> None:
    more = "--hub-vnet-id VNET-GWC-HUB-P01 --hub-runners-cidr 10.100.3.0/27 --hub-firewall-ip 10.100.0.140"
    assert init(tmp_path / "a.yaml", paths(BANK), f"{PROD} {more} --hvn-region northeurope").exit_code == 0
    hub = written(tmp_path / "a.yaml")["hub"]["existing"]
    assert (hub["runners_cidr"], hub["firewall_private_ip"]) == ("10.100.3.0/27", "10.100.0.140")
    done = init(tmp_path / "b.yaml", paths(BANK), f"{PROD} --hub new --region northeurope")
    assert done.exit_code == 0, done.output
    assert "existing" not in written(tmp_path / "b.yaml")["hub"]
    assert "to do" not in done.stdout


def test_a_second_file_shares_hvn_and_vault_without_a_finding_between_the_files(tmp_path: pathlib.Path) -> None:
    first, second = tmp_path / "prod.yaml", tmp_path / "dev.yaml"
    assert init(first, paths(INSURER), APP).exit_code == 0
    done = init(second, paths(INSURER), f"--name acmedev --spoke shop-dev --vault-of {first}")
    assert done.exit_code == 0, done.output
    assert f"hvn check --with {first} --topology {second}" in done.stdout
    shared, own = written(first), written(second)
    assert own["hvn"] == {key: shared["hvn"][key] for key in ("id", "cidr", "project_id")} | {"existing": True}
    assert own["vault"] == {"cluster_id": "vault-acme", "namespace": "admin/acmedev", "existing": True}
    assert "vault_peering" not in own["hub"], "the first file has the peering, and HCP refuses a second one"
    checked = CliRunner().invoke(cli, ["check", str(second), "--with", str(first)])
    assert (checked.exit_code, checked.stdout) == (0, f"{second}: nothing found\n")


def test_the_namespace_of_a_second_file_is_beside_the_namespace_of_the_first(tmp_path: pathlib.Path) -> None:
    first, second = tmp_path / "prod.yaml", tmp_path / "dev.yaml"
    assert init(first, paths(RETAILER)).exit_code == 0
    text = first.read_text(encoding="utf-8")
    own = text.replace("cluster_id: vault-acme", "cluster_id: vault-acme\n  namespace: admin/acme")
    assert own != text
    first.write_text(own, encoding="utf-8")
    assert init(second, paths(RETAILER), f"--name acmedev --spoke shop-dev --vault-of {first}").exit_code == 0
    assert written(second)["vault"]["namespace"] == "admin/acmedev"


def test_a_second_file_with_its_own_hub_gets_its_own_peering(tmp_path: pathlib.Path) -> None:
    first, second = tmp_path / "prod.yaml", tmp_path / "dev.yaml"
    assert init(first, paths(RETAILER)).exit_code == 0
    assert init(second, paths(RETAILER), f"--name acmedev --spoke shop-dev --vault-of {first}").exit_code == 0
    assert written(second)["hub"]["vault_peering"] == {}
    assert CliRunner().invoke(cli, ["check", str(second), "--with", str(first)]).exit_code == 0


def test_a_second_file_of_the_project_gets_a_note(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = tmp_path / "topology.yaml"
    monkeypatch.setattr("hvn.commands.init.report.default_topology", lambda: first)
    assert "--vault-of" not in init(first, paths(RETAILER)).stdout
    assert f"--vault-of {first} would share both" in init(tmp_path / "dev.yaml", paths(RETAILER)).stdout


@pytest.mark.parametrize("options", ["--hvn-cidr 172.30.0.0/20", "--hvn-region japaneast", "--vault-tier dev"])
def test_a_shared_vault_has_the_values_of_its_file(options: str, tmp_path: pathlib.Path) -> None:
    first = tmp_path / "prod.yaml"
    assert init(first, paths(RETAILER)).exit_code == 0
    done = init(tmp_path / "dev.yaml", paths(RETAILER), f"--name acmedev --vault-of {first} {options}")
    assert (done.exit_code, done.stdout) == (2, "")
    assert options.split()[0] in done.stderr


@pytest.mark.whole
@pytest.mark.skipif(bool(NO_TERRAFORM), reason=NO_TERRAFORM)
@pytest.mark.parametrize("company", COMPANIES)
def test_the_file_of_each_company_can_be_rehearsed(company: str, tmp_path: pathlib.Path) -> None:
    names, options, _, _ = COMPANIES[company]
    file = tmp_path / "network.yaml"
    assert init(file, paths(names), options).exit_code == 0
    rehearsed = CliRunner().invoke(cli, ["rehearse", "--topology", str(file)])
    assert rehearsed.exit_code == 0, rehearsed.output
