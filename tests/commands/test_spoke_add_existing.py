"""`hvn spoke add` and `hvn init` write a spoke in an existing VNet, with an existing cluster, without the Azure CLI."""

import json
import pathlib
import shlex

import pytest
import yaml

from hvn.check.load import load
from tests.commands.dialog import UUID, dialog, words_of
from tests.commands.test_init import HUB, HUB_ANSWERS, init, terminal, written
from tests.commands.test_spoke_add import add, file, spoke_of

__all__ = ["file", "terminal"]
GROUP = f"/subscriptions/{UUID}/resourceGroups/rg/providers"
VNET_ID = f"{GROUP}/Microsoft.Network/virtualNetworks/vnet-claims"
CLUSTER_ID = f"{GROUP}/Microsoft.ContainerService/managedClusters/aks-claims"
VNET = ("--spoke-vnet-id", f"{UUID}/rg/vnet-claims", "--spoke-cidr", "10.8.0.0/22", "--spoke-cidr", "10.66.0.0/24")
CLUSTER = ("--cluster-id", f"{UUID}/rg/aks-claims", "--node-cidr", "10.8.0.0/24", "--pod-cidr", "100.80.0.0/16")
FACTS = {"cluster_id": CLUSTER_ID, "node_cidrs": ["10.8.0.0/24"], "pod_cidr": "100.80.0.0/16"}
WITHOUT_PODS = {"cluster_id": CLUSTER_ID, "node_cidrs": ["10.8.0.0/24"]}


def test_the_vnet_the_cluster_and_a_missing_pool_are_added(file: pathlib.Path) -> None:
    before = yaml.safe_load(file.read_text(encoding="utf-8"))
    done = add(file, "claims", *VNET, *CLUSTER, "--app", "claims/web", "--format", "json")
    assert done.exit_code == 0, done.output
    document = json.loads(done.stdout)
    assert (document["cidr"], document["pool"]) == ("10.8.0.0/22", "existing")
    assert "aks-claims" not in document["workspaces"]
    after = yaml.safe_load(file.read_text(encoding="utf-8"))
    assert after["address_pools"].pop("existing") == "10.8.0.0/22"
    claims = after["spokes"].pop("claims")
    assert after == before, "all other data stays"
    cidrs = ["10.8.0.0/22", "10.66.0.0/24"]
    assert claims["existing"] == {"vnet_id": VNET_ID, "cidrs": cidrs, "hub_peering": True}, "the hub is new"
    assert claims["cluster"]["existing"] == FACTS
    assert [*claims["cluster"]["apps"]] == ["web"]
    assert {finding.rule.id for finding in load(file).findings} == {"HVN611"}
    assert "az aks show --ids" in str([finding.fix for finding in load(file).findings])
    again = add(file, "mail", "--size", "20")
    assert (again.exit_code, spoke_of(file, "mail")["cidr"]) == (0, "10.66.16.0/20"), "the existing pool is full"


def test_a_new_cluster_in_an_existing_vnet(file: pathlib.Path) -> None:
    unknown = add(file, "other", *VNET, *CLUSTER[:-1], "unknown", "--dry-run")
    assert "pod_cidr" not in unknown.stdout
    preview = add(file, "claims", *VNET, "--cluster", "--node-cidr", "10.8.1.0/24", "--dry-run")
    assert "+      node_cidr: 10.8.1.0/24" in preview.stdout.splitlines()
    assert add(file, "claims", *VNET, "--cluster", "--node-cidr", "10.8.1.0/24").exit_code == 0
    assert load(file).checked


@pytest.mark.parametrize(
    ("options", "says", "code"),
    [
        ("", "--size", 2),
        ("--spoke-cidr 10.8.0.0/22 --size 20", "--spoke-vnet-id", 2),
        ("--spoke-vnet-id vnet --spoke-cidr 10.8.0.0/22", "--spoke-vnet-id: vnet", 2),
        (f"--spoke-vnet-id {VNET_ID}", "--spoke-cidr", 2),
        (f"--spoke-vnet-id {VNET_ID} --spoke-cidr 10.8.0.1/22", "--spoke-cidr: 10.8.0.1/22", 2),
        (f"--spoke-vnet-id {VNET_ID} --spoke-cidr 10.8.0.0/22 --size 20", "--size", 2),
        (f"--spoke-vnet-id {VNET_ID} --spoke-cidr 10.8.0.0/22 --pool spokes", "--pool", 2),
        (f"--spoke-vnet-id {VNET_ID} --spoke-cidr 10.8.0.0/22 --vault-route via-hub", "transit_pools", 2),
        (f"--spoke-vnet-id {VNET_ID} --spoke-cidr 10.64.0.0/22", "HVN111", 1),
        (f"{shlex.join(VNET)} --cluster", "--node-cidr", 2),
        (f"{shlex.join(VNET)} --node-cidr 10.8.0.0/24", "--cluster", 2),
        (f"{shlex.join(VNET)} --cluster-id {CLUSTER_ID}", "--node-cidr", 2),
        (f"{shlex.join(VNET)} {shlex.join(CLUSTER)} --cluster", "--cluster-id", 2),
        (f"--size 20 --cluster-id {CLUSTER_ID}", "--spoke-vnet-id", 2),
        (f"{shlex.join(VNET)} --cluster-id {CLUSTER_ID} --node-cidr 10.9.0.0/24", "node_cidrs", 1),
        (f"{shlex.join(VNET)} --app a/b", "--cluster", 2),
    ],
)
def test_contradicting_options_leave_the_file_unchanged(options: str, says: str, code: int, file: pathlib.Path) -> None:
    before = file.read_bytes()
    done = add(file, "claims", *shlex.split(options))
    assert (done.exit_code, done.stdout, file.read_bytes()) == (code, "", before)
    assert says in done.stderr


@pytest.mark.parametrize("hub", [{}, HUB])
def test_init_writes_the_existing_vnet_and_cluster(hub: dict[str, str], tmp_path: pathlib.Path) -> None:
    path = tmp_path / "n.yaml"
    words = (word for option in hub.items() for word in option)
    done = init(path, *VNET, *CLUSTER, "--app", "claims/web", "--pool-cidr", "10.66.0.0/16", *words)
    assert done.exit_code == 0, done.output
    assert written(path)["address_pools"] == {"spokes": "10.66.0.0/16", "existing": "10.8.0.0/22"}
    shop = written(path)["spokes"]["shop"]
    assert shop["existing"].get("hub_peering", False) is not bool(hub)
    assert shop["cluster"]["existing"] == FACTS
    assert ("spokes.shop.existing.zone_link" in done.stdout) is bool(hub)
    assert {finding.rule.id for finding in load(path).findings} == {"HVN611"}


@pytest.mark.parametrize("options", ["--cluster", "--spoke-size 20", "--dns-server 10.0.0.4"])
def test_init_refuses_contradicting_options(options: str, tmp_path: pathlib.Path) -> None:
    done = init(tmp_path / "n.yaml", *VNET, *CLUSTER, *options.split())
    assert (done.exit_code, done.stdout, [*tmp_path.iterdir()]) == (2, "", [])
    assert options.split()[0] in done.stderr


@pytest.mark.usefixtures("terminal")
@pytest.mark.parametrize(
    ("answers", "cluster"),
    [
        ([f"{UUID}/rg/aks-claims", "10.8.0.0/24", "100.80.0.0/16"], {"existing": FACTS}),
        ([f"{UUID}/rg/aks-claims", "10.8.0.0/24", "unknown"], {"existing": WITHOUT_PODS}),
        (["new", "10.8.1.0/24"], {"node_cidr": "10.8.1.0/24"}),
        (["new", "10.8.1.0/24", "10.8.0.0/24"], {"node_cidr": "10.8.1.0/24"}),
        (["none"], {}),
    ],
)
@pytest.mark.parametrize("first", [True, False])
def test_the_questions_about_an_existing_vnet(
    first: bool, answers: list[str], cluster: dict[str, object], tmp_path: pathlib.Path
) -> None:
    path = tmp_path / "n.yaml"
    name = {"Name of the first spoke": "claims"} if first else {"Another spoke": "claims"}
    vnet = {"VNet of claims": f"{UUID}/rg/vnet-claims", "All ranges of this": "10.8.0.0/22, 10.66.0.0/24"}
    questions = (
        "AKS cluster",
        "Range of the nodes" if answers[0] == "new" else "Ranges of the cluster",
        "Ranges of its other subnets" if answers[0] == "new" else "Overlay range",
    )
    done, _ = dialog(path, HUB_ANSWERS | name | vnet | dict(zip(questions, answers, strict=False)))
    assert done.exit_code == 0, done.output
    claims = written(path)["spokes"]["claims"]
    assert claims["existing"]["cidrs"] == ["10.8.0.0/22", "10.66.0.0/24"]
    assert claims["existing"].get("subnets_in_use", []) == (answers[2:] if answers[0] == "new" else [])
    assert cluster.items() <= claims.get("cluster", {}).items()
    task = "spokes.claims.cluster.existing.pod_cidr"
    assert (task in done.stdout, "# to do: pod_cidr" in path.read_text()) == ("unknown" in answers,) * 2


def test_equal_tasks_of_several_spokes_are_one_line(tmp_path: pathlib.Path) -> None:
    more = []
    for name, octet in (("cla", 8), ("clb", 9)):
        vnet = f"--spoke-vnet-id {UUID}/rg/vnet-{name} --spoke-cidr 10.{octet}.0.0/22"
        more += ["--add-spoke", f"{name} {vnet} --cluster-id {UUID}/rg/aks-{name} --node-cidr 10.{octet}.0.0/24"]
    done = init(tmp_path / "n.yaml", *more, *words_of(HUB))
    assert done.exit_code == 0, done.output
    tasks = [line for line in done.stdout.splitlines() if line.startswith("to do: ")]
    assert len([line for line in tasks if "spokes.cla.existing" in line and line.endswith(" (also for clb)")]) == 3
    assert not [line for line in tasks if "spokes.clb." in line]


@pytest.mark.usefixtures("terminal")
@pytest.mark.parametrize(("name", "cidr", "errors"), [("shop/21", "10.64.0.0/21", 0), ("shop/99", "10.64.0.0/22", 1)])
def test_an_answer_can_set_the_size_of_the_spoke(name: str, cidr: str, errors: int, tmp_path: pathlib.Path) -> None:
    done, _ = dialog(tmp_path / "n.yaml", {"Name of the first spoke": [name, "shop"]})
    assert done.exit_code == 0, done.output
    assert written(tmp_path / "n.yaml")["spokes"]["shop"]["cidr"] == cidr
    assert done.output.count("Error: ") == errors


@pytest.mark.usefixtures("terminal")
def test_an_empty_answer_is_an_error_and_not_silence(tmp_path: pathlib.Path) -> None:
    done, _ = dialog(tmp_path / "n.yaml", {"Short name": ["", "acme"], "Name of the first spoke": ["", "shop"]})
    assert done.exit_code == 0, done.output
    assert done.output.count("Error: ") == 2


def test_the_lines_in_comments_are_valid(tmp_path: pathlib.Path) -> None:
    path = tmp_path / "n.yaml"
    assert init(path, "--cluster").exit_code == 0
    path.write_text(path.read_text(encoding="utf-8").replace("# node_pools:", "node_pools:"), encoding="utf-8")
    assert [*written(path)["spokes"]["shop"]["cluster"]["node_pools"]] == ["user"]
    assert load(path).findings == ()
