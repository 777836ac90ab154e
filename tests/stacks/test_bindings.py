"""The lazy bindings: the same Terraform, a fraction of the modules. Run as a script, this file is the app it tests."""

import json
import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from stacks import bindings

ROOT = Path(__file__).parents[2]

# A preload of the caller's own: at the end it notes which files of the providers that Node has loaded.
NOTE_LOADED = """
process.on("exit", () => {
  const loaded = Object.keys(require("node:module")._cache).filter((file) => /provider-\\w+.lib/.test(file));
  if (loaded.length) require("node:fs").writeFileSync(process.env.LOADED, JSON.stringify(loaded));
});
"""


Result = tuple[dict[str, bytes], str, list[str]]
"""Files that an app wrote, what it printed, and the provider files that its Node has loaded."""


def run_app(folder: Path, *app: str, **environment: str) -> Result:
    """Run a Python app (file and arguments) that writes into `folder`/out."""
    note = folder / "note.cjs"
    note.write_text(NOTE_LOADED)
    env = {key: value for key, value in os.environ.items() if key not in ("NODE_OPTIONS", bindings.PLAIN)}
    env |= {"PYTHONPATH": str(ROOT), "NODE_OPTIONS": f'--require="{note}"', "LOADED": str(folder / "loaded.json")}
    out = folder / "out"
    done = subprocess.run(
        [sys.executable, *app],
        env=env | {"CDKTF_OUTDIR": str(out)} | environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    written = {str(file.relative_to(out)): file.read_bytes() for file in out.rglob("*") if file.is_file()}
    return written, done.stdout, json.loads((folder / "loaded.json").read_text())


@pytest.fixture(scope="module")
def lazy(tmp_path_factory: pytest.TempPathFactory) -> Result:
    return run_app(tmp_path_factory.mktemp("lazy"), __file__)


def test_loads_a_fraction_in_python_and_in_node(lazy: Result) -> None:
    written, printed, loaded = lazy
    assert {"stacks/first/cdk.tf.json", "stacks/second/cdk.tf.json"} <= set(written)
    assert 15 < json.loads(printed)["provider_modules"] < 100, "plain: 3,400"
    assert 15 < len(loaded) < 150, "plain: 6,300"


# One process for both: with plain bindings it is the imports that take the time.
BOTH = """
import runpy, sys
for app in sys.argv[1:]:
    try:
        runpy.run_path(app, run_name="__main__")
    except SystemExit as end:
        assert not end.code, end.code
"""


@pytest.mark.whole
def test_terraform_is_the_same_to_the_byte(lazy: Result, tmp_path: Path) -> None:
    """Of an app with something of everything, and of every workspace of the sample."""
    both = tmp_path / "both.py"
    both.write_text(BOTH)
    apps = str(both), __file__, str(ROOT / "main.py")
    for folder in ("lazy", "plain"):
        (tmp_path / folder).mkdir()
    lazily = run_app(tmp_path / "lazy", *apps)
    plainly = run_app(tmp_path / "plain", *apps, **{bindings.PLAIN: "1"})
    plain = json.loads(plainly[1])
    assert plain["provider_modules"] > 1500, "the switch for plain bindings does nothing"
    assert len(plainly[2]) > 1500
    assert {"stacks/first/cdk.tf.json", "stacks/hcp/cdk.tf.json", "stacks/aks-payments/cdk.tf.json"} <= set(plainly[0])
    assert lazily[0] == plainly[0]
    assert json.loads(lazy[1])["testing"] == plain["testing"]


def test_main_is_lazy_in_node_too(tmp_path: Path) -> None:
    """It is not if main.py imports cdktf before the bindings: then Node has started without the preload."""
    written, _, loaded = run_app(tmp_path, str(ROOT / "main.py"), HVN_STACKS="hcp")
    assert "stacks/hcp/cdk.tf.json" in written
    assert len(loaded) < 150


# A preload of the caller's own: notes that Node has started, and says good-bye on both streams.
NOTE_STARTED = """
require("node:fs").appendFileSync(process.env.STARTED, process.pid + "\\n");
process.on("exit", () => {
  console.log("said ünïcødé");
  console.error("complained");
});
"""
USE_JSII = "import stacks, constructs; print(len(constructs.RootConstruct('a').node.children))"


@pytest.mark.parametrize(("variables", "nodes"), [({}, 1), ({bindings.PLAIN: "1"}, 2)])
def test_one_node_does_it_all_and_what_it_prints_arrives(tmp_path: Path, variables: dict[str, str], nodes: int) -> None:
    note, started = tmp_path / "note.cjs", tmp_path / "started"
    note.write_text(NOTE_STARTED, encoding="utf-8")
    env = {key: value for key, value in os.environ.items() if key not in ("NODE_OPTIONS", bindings.PLAIN)}
    env |= {"PYTHONPATH": str(ROOT), "NODE_OPTIONS": f'--require="{note}"', "STARTED": str(started)}
    done = subprocess.run(
        [sys.executable, "-c", USE_JSII], env=env | variables, capture_output=True, text=True, check=True
    )
    assert len(started.read_text().split()) == nodes
    assert done.stdout.splitlines()[0] == "0"
    assert "said ünïcødé" in done.stdout
    assert "complained" in done.stderr.splitlines()


def test_an_error_in_node_is_an_error_in_python() -> None:
    from constructs import Construct, RootConstruct

    root = RootConstruct("a")
    Construct(root, "twice")
    with pytest.raises(RuntimeError, match="twice"):
        Construct(root, "twice")


def run_python(code: str, **environment: str) -> subprocess.CompletedProcess[str]:
    env = {key: value for key, value in os.environ.items() if key not in ("NODE_OPTIONS", bindings.PLAIN)}
    env |= {"PYTHONPATH": str(ROOT)} | environment
    return subprocess.run(
        [sys.executable, "-c", code], env=env, capture_output=True, text=True, check=False, timeout=60
    )


def test_python_imports_while_node_starts(tmp_path: Path) -> None:
    """This Node waits for a file that is written when cdktf is imported: whoever waits for Node waits for ever."""
    slow = tmp_path / "node"
    wait = f"while [ ! -e {tmp_path}/imported ] && kill -0 $PPID; do sleep 0.05; done"
    slow.write_text(f'#!/bin/sh\n{wait}\nexec {os.environ["JSII_NODE"]} "$@"\n')
    slow.chmod(0o755)
    code = f"""
import stacks, cdktf, pathlib
pathlib.Path({str(tmp_path)!r}, "imported").touch()
print(len(cdktf.App(outdir={str(tmp_path)!r}).node.children))
"""
    done = run_python(code, JSII_NODE=str(slow))
    assert (done.returncode, done.stdout) == (0, "0\n"), done.stderr


def test_an_assembly_that_node_cannot_load_is_an_error_in_python() -> None:
    code = """
import stacks, jsii, constructs
try:
    jsii.JSIIAssembly.load("constructs", "9.9.9", "constructs", "no-such.jsii.tgz")
    print("went on")
    constructs.RootConstruct("a")
except jsii.errors.JSIIError as error:
    print(error)
"""
    done = run_python(code)
    assert done.stdout.startswith("went on\n"), done.stderr
    assert "9.9.9" in done.stdout


def test_another_runtime_than_jsii_knows_is_refused(tmp_path: Path) -> None:
    runtime = tmp_path / "runtime.js"
    runtime.write_text("""console.log('{"hello": "@jsii/runtime@9.9.9"}'); process.stdin.resume();""")
    done = run_python(USE_JSII, JSII_RUNTIME=str(runtime))
    assert done.returncode == 1
    assert "Invalid JSII Runtime Version: '@jsii/runtime@9.9.9'" in done.stderr


@pytest.mark.usefixtures("preload")
def test_a_runtime_of_another_shape_runs_as_it_is(tmp_path: Path) -> None:
    runtime = tmp_path / "bin" / "jsii-runtime.js"
    runtime.parent.mkdir()
    runtime.write_text('console.log("mine", process.execArgv.length)')
    assert subprocess.check_output([os.environ["JSII_NODE"], str(runtime)], text=True) == "mine 0\n"


def test_every_provider_of_the_project_is_made_lazy() -> None:
    pinned = tomllib.loads((ROOT / "Pipfile").read_text())["packages"]
    prefix = "cdktf-cdktf-provider-"
    assert {name.removeprefix(prefix) for name in pinned if name.startswith(prefix)} <= set(bindings.PROVIDERS)


def test_importing_a_stack_is_enough() -> None:
    code = """
import sys, stacks.hcp
print(sum(name.startswith("cdktf_cdktf_provider_") for name in sys.modules))
"""
    env = {key: value for key, value in os.environ.items() if key not in ("NODE_OPTIONS", bindings.PLAIN)}
    count = subprocess.run(
        [sys.executable, "-c", code], env=env | {"PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=True
    )
    assert int(count.stdout) < 100


def test_a_package_that_is_imported_already_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    eager = ModuleType("cdktf_cdktf_provider_hcp")
    monkeypatch.setitem(sys.modules, eager.__name__, eager)
    bindings.empty_provider_packages()
    assert sys.modules[eager.__name__] is eager


def test_a_package_that_is_not_installed_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bindings, "PROVIDERS", ("nowhere",))
    bindings.empty_provider_packages()
    assert "cdktf_cdktf_provider_nowhere" not in sys.modules


def test_node_options_keep_what_they_say_and_get_the_preload_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NODE_OPTIONS", "--max-old-space-size=2048")
    bindings.preload()
    once = os.environ["NODE_OPTIONS"]
    bindings.preload()
    files = " ".join(f'--require="{each}"' for each in bindings.PRELOADS)
    assert os.environ["NODE_OPTIONS"] == once == f"--max-old-space-size=2048 --preserve-symlinks {files}"


def test_jsii_gets_the_node_of_the_virtualenv_unless_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("JSII_NODE", raising=False)
    bindings.use_own_node()
    node = Path(os.environ["JSII_NODE"])
    assert node.read_bytes()[:4] == b"\x7fELF" or sys.platform != "linux", "a script that starts Node costs time"
    monkeypatch.setenv("JSII_NODE", "mine")
    bindings.use_own_node()
    assert os.environ["JSII_NODE"] == "mine"


# Node's side on barrels small enough to see: two files that tell when they are loaded.
USE_BARREL = """
globalThis.loaded = [];
const barrel = require(process.argv[1]);
const before = [...loaded];
const values = [barrel.one.name, barrel.one.name, barrel.two.name];
console.log(JSON.stringify({ before, values, keys: Object.keys(barrel), after: loaded }));
"""
AS_GENERATED = """"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.two = exports.one = void 0;
// generated by cdktf get
exports.one = require("./one");
exports.two = require("./two");
"""
OTHER_SHAPES = {
    "on one line": 'exports.one = require("./one"), exports.two = require("./two");',
    "another quote": "exports.one = require('./one');\nexports.two = require('./two');",
    "a star": 'for (const n of ["one", "two"]) exports[n] = require(`./${n}`);',
    "an object": 'module.exports = { one: require("./one"), two: require("./two") };',
}


def use_barrel(folder: Path, barrel: str) -> dict[str, list[str]]:
    """Load a barrel from `folder` with the NODE_OPTIONS of now, use both its files, and say what was loaded when."""
    folder.mkdir(parents=True)
    (folder / "index.js").write_text(barrel)
    for name in ("one", "two"):
        (folder / f"{name}.js").write_text(f'loaded.push("{name}"); exports.name = "{name}";')
    node = [os.environ["JSII_NODE"], "-e", USE_BARREL, str(folder / "index.js")]
    said: dict[str, list[str]] = json.loads(subprocess.run(node, capture_output=True, text=True, check=True).stdout)
    return said


@pytest.fixture
def preload(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NODE_OPTIONS", "--no-warnings")
    bindings.preload()


@pytest.mark.usefixtures("preload")
def test_a_barrel_loads_each_file_once_on_first_use(tmp_path: Path) -> None:
    said = use_barrel(tmp_path / "provider-x" / "lib", AS_GENERATED)
    assert said["before"] == []
    assert said["after"] == ["one", "two"]
    assert said["values"] == ["one", "one", "two"]
    assert sorted(said["keys"]) == ["one", "two"]


@pytest.mark.usefixtures("preload")
@pytest.mark.parametrize("barrel", OTHER_SHAPES.values(), ids=OTHER_SHAPES)
def test_a_barrel_of_another_shape_is_loaded_eagerly_and_right(tmp_path: Path, barrel: str) -> None:
    said = use_barrel(tmp_path / "provider-x" / "lib", barrel)
    assert said["before"] == said["after"] == ["one", "two"]
    assert said["values"] == ["one", "one", "two"]


@pytest.mark.usefixtures("preload")
def test_only_barrels_of_providers_are_touched(tmp_path: Path) -> None:
    assert use_barrel(tmp_path / "other" / "lib", AS_GENERATED)["before"] == ["one", "two"]
    assert use_barrel(tmp_path / "provider-x" / "lib" / "deeper", AS_GENERATED)["before"] == ["one", "two"]


@pytest.mark.parametrize("name", ["with space", 'with "quotes"', "with 'apostrophe", "back\\slash", "ünïcødé 日本"])
def test_the_project_may_lie_in_any_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str) -> None:
    (tmp_path / name).mkdir()
    moved = [Path(shutil.copy(each, tmp_path / name)) for each in bindings.PRELOADS]
    monkeypatch.setattr(bindings, "PRELOADS", moved)
    monkeypatch.setenv("NODE_OPTIONS", "--no-warnings")
    bindings.preload()
    assert use_barrel(tmp_path / "provider-x" / "lib", AS_GENERATED)["before"] == []


def app() -> dict[str, Any]:
    """Something of everything the stacks use, in two stacks; what it says of itself."""
    from cdktf import (
        App,
        Fn,
        LocalBackend,
        Postcondition,
        Precondition,
        TerraformOutput,
        TerraformResourceLifecycle,
        TerraformStack,
        Testing,
        Token,
    )
    from cdktf_cdktf_provider_azuread.provider import AzureadProvider
    from cdktf_cdktf_provider_azuread.service_principal import ServicePrincipal
    from cdktf_cdktf_provider_azurerm.data_azurerm_subscription import DataAzurermSubscription
    from cdktf_cdktf_provider_azurerm.kubernetes_cluster import (
        KubernetesCluster,
        KubernetesClusterDefaultNodePool,
        KubernetesClusterDefaultNodePoolUpgradeSettings,
        KubernetesClusterIdentity,
    )
    from cdktf_cdktf_provider_azurerm.provider import (
        AzurermProvider,
        AzurermProviderFeatures,
        AzurermProviderFeaturesResourceGroup,
    )
    from cdktf_cdktf_provider_azurerm.resource_group import ResourceGroup
    from cdktf_cdktf_provider_azurerm.role_assignment import RoleAssignment
    from cdktf_cdktf_provider_azurerm.role_definition import RoleDefinition, RoleDefinitionPermissions
    from cdktf_cdktf_provider_azurerm.route_table import RouteTable, RouteTableRoute
    from cdktf_cdktf_provider_azurerm.subnet import Subnet, SubnetDelegation, SubnetDelegationServiceDelegation
    from cdktf_cdktf_provider_azurerm.virtual_network import VirtualNetwork
    from cdktf_cdktf_provider_azurerm.virtual_network_peering import VirtualNetworkPeering
    from cdktf_cdktf_provider_hcp.azure_peering_connection import AzurePeeringConnection
    from cdktf_cdktf_provider_hcp.data_hcp_azure_peering_connection import DataHcpAzurePeeringConnection
    from cdktf_cdktf_provider_hcp.hvn import Hvn
    from cdktf_cdktf_provider_hcp.hvn_route import HvnRoute, HvnRouteAzureConfig
    from cdktf_cdktf_provider_hcp.provider import HcpProvider

    cdktf_app = App()

    first = TerraformStack(cdktf_app, "first")
    LocalBackend(first, path="../../../state/first.tfstate")
    features = AzurermProviderFeatures(
        resource_group=[AzurermProviderFeaturesResourceGroup(prevent_deletion_if_contains_resources=True)]
    )
    AzurermProvider(first, "azurerm", features=[features], resource_provider_registrations="none")
    hub = AzurermProvider(
        first, "azurerm_hub", alias="hub", features=[AzurermProviderFeatures()], subscription_id="hub"
    )
    subscription = DataAzurermSubscription(first, "subscription")
    group = ResourceGroup(first, "group", name="rg", location="japaneast", tags={"owner": "platform", "ü": "ö"})
    vnet = VirtualNetwork(
        first,
        "vnet",
        name="vnet",
        location=group.location,
        resource_group_name=group.name,
        address_space=["10.64.0.0/16", "10.65.0.0/16"],
        lifecycle=TerraformResourceLifecycle(
            prevent_destroy=True,
            ignore_changes=["tags"],
            precondition=[
                Precondition(condition="${data.azurerm_subscription.subscription.id != null}", error_message="none")
            ],
            postcondition=[Postcondition(condition="${length(self.address_space) == 2}", error_message="two ranges")],
        ),
    )
    action = "Microsoft.Network/virtualNetworks/subnets/join/action"
    subnet = Subnet(
        first,
        "subnet",
        name="nodes",
        resource_group_name=group.name,
        virtual_network_name=vnet.name,
        address_prefixes=["10.64.0.0/20"],
        delegation=[
            SubnetDelegation(
                name="aks", service_delegation=SubnetDelegationServiceDelegation(name="Any", actions=[action])
            )
        ],
    )
    RouteTable(
        first,
        "routes",
        name="rt",
        location=group.location,
        resource_group_name=group.name,
        route=[
            RouteTableRoute(name=name, address_prefix=to, next_hop_type="VirtualAppliance", next_hop_in_ip_address=ip)
            for name, to, ip in [("default", "0.0.0.0/0", "10.0.0.4"), ("hvn", "172.25.16.0/20", "10.0.0.4")]
        ],
    )
    VirtualNetworkPeering(
        first,
        "from_hub",
        name="to-spoke",
        resource_group_name="rg-hub",
        virtual_network_name="hub",
        remote_virtual_network_id=vnet.id,
        allow_forwarded_traffic=True,
        provider=hub,
        depends_on=[subnet],
    )
    cluster = KubernetesCluster(
        first,
        "cluster",
        name="aks",
        location=group.location,
        resource_group_name=group.name,
        dns_prefix="aks",
        identity=KubernetesClusterIdentity(type="UserAssigned", identity_ids=[f"{group.id}/identity"]),
        default_node_pool=KubernetesClusterDefaultNodePool(
            name="system",
            vm_size="Standard_D4s_v5",
            vnet_subnet_id=subnet.id,
            min_count=2,
            max_count=3,
            auto_scaling_enabled=True,
            upgrade_settings=KubernetesClusterDefaultNodePoolUpgradeSettings(max_surge="33%"),
        ),
    )
    cluster.add_override("network_profile", {"network_plugin": "azure"})
    TerraformOutput(first, "host", value=cluster.kube_config.get(0).host, sensitive=True)
    TerraformOutput(first, "size", value=cluster.default_node_pool.vm_size)
    TerraformOutput(first, "range", value=Fn.element(Token.as_list(vnet.address_space), 0))
    TerraformOutput(first, "joined", value=Fn.join("/", [subscription.subscription_id, group.name]))

    second = TerraformStack(cdktf_app, "second")
    LocalBackend(second, path="../../../state/second.tfstate")
    HcpProvider(second, "hcp")
    AzureadProvider(second, "azuread")
    AzurermProvider(second, "azurerm", features=[AzurermProviderFeatures()])
    hvn = Hvn(second, "hvn", hvn_id="hvn", cloud_provider="azure", region="japaneast", cidr_block="172.25.16.0/20")
    peering = AzurePeeringConnection(
        second,
        "peering",
        hvn_link=hvn.self_link,
        peering_id="spoke",
        peer_subscription_id="s",
        peer_tenant_id="t",
        peer_resource_group_name="rg",
        peer_vnet_name="vnet",
        peer_vnet_region="japaneast",
    )
    principal = ServicePrincipal(second, "principal", client_id=peering.application_id, use_existing=True)
    scope = "/subscriptions/s/resourceGroups/rg"
    role = RoleDefinition(
        second,
        "role",
        name=f"hcp-hvn-peering-access-{peering.application_id}",
        scope=scope,
        assignable_scopes=[scope],
        permissions=[RoleDefinitionPermissions(actions=[action])],
    )
    assignment = RoleAssignment(
        second,
        "assignment",
        scope=scope,
        role_definition_id=role.role_definition_resource_id,
        principal_id=principal.object_id,
    )
    active = DataHcpAzurePeeringConnection(
        second,
        "active",
        hvn_link=hvn.self_link,
        peering_id=peering.peering_id,
        wait_for_active_state=True,
        depends_on=[assignment],
    )
    HvnRoute(
        second,
        "route",
        hvn_link=hvn.self_link,
        hvn_route_id="spoke",
        destination_cidr="10.64.0.0/16",
        target_link=peering.self_link,
        azure_config=HvnRouteAzureConfig(next_hop_type="VIRTUAL_APPLIANCE", next_hop_ip_address="10.0.0.4"),
        depends_on=[active],
    )
    second.add_dependency(first)

    cdktf_app.synth()
    return {
        "testing": Testing.synth(first),
        "provider_modules": sum(name.startswith("cdktf_cdktf_provider_") for name in sys.modules),
    }


if __name__ == "__main__":
    print(json.dumps(app()))
