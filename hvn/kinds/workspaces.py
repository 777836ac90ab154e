"""Which workspaces a topology has, what each is built from, and in which order they come.

The ids are a contract (`docs/reference/workspaces.md`). `after` names workspaces whose resources must be there
first. `writes` names the VNets that a workspace changes: those that change one must not run beside each other, for
Azure refuses concurrent writes, and azurerm's own lock ends at its process.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from hvn.kinds.derive import azure, hcp, kubernetes, vault
from hvn.kinds.inputs import Inputs
from hvn.topology.jwks import Jwks
from hvn.topology.model import Cluster, NewHub, Spoke, Topology

# Beside each synthesized `cdk.tf.json`: the fingerprint of the inputs that it was made from.
FINGERPRINT = "inputs.sha256"


@dataclass(frozen=True, slots=True, kw_only=True)
class Workspace:
    """One Terraform workspace; `held_back` says why it is not built, and then `inputs` is None."""

    id: str
    spoke: str | None = None
    inputs: Inputs | None = None
    after: tuple[str, ...] = ()
    writes: tuple[str, ...] = ()
    held_back: str = ""


def workspaces(topology: Topology, keys: Mapping[str, Jwks]) -> tuple[Workspace, ...]:
    """All workspaces of a valid topology, each after those it needs; spokes in the order of their names.

    `keys` are the committed public keys by spoke. What needs keys that are not there is held back, with all that
    comes after it.
    """
    found = [*_shared(topology)]
    for name in sorted(topology.spokes):
        found += _of_spoke(topology, name, topology.spokes[name], keys.get(name))
    there = {each.id for each in found}
    held: set[str] = set()
    for index, each in enumerate(found):
        waits_for = sorted(set(each.after) & held)
        if waits_for and not each.held_back:
            each = replace(each, inputs=None, held_back=f"comes after {', '.join(waits_for)}")
        if each.held_back:
            held.add(each.id)
        # What exists already has no workspace to come after.
        found[index] = replace(each, after=tuple(id_ for id_ in each.after if id_ in there))
    return tuple(found)


def _shared(topology: Topology) -> Iterator[Workspace]:
    hub = topology.hub
    if not (topology.hvn.existing and topology.vault.existing):
        yield Workspace(id="hcp", inputs=hcp.hcp(topology))
    if isinstance(hub, NewHub):
        yield Workspace(id="hub", inputs=azure.hub(topology, hub), writes=("hub",))
    if hub.vault_peering:
        peering = hcp.peering_hub(topology, hub.vault_peering)
        yield Workspace(id="peering-hub", inputs=peering, after=("hcp", "hub"), writes=("hub",))
    yield Workspace(id="vault", inputs=vault.vault(topology), after=("hcp", "peering-hub"))


def _of_spoke(topology: Topology, name: str, spoke: Spoke, keys: Jwks | None) -> Iterator[Workspace]:
    network, own = f"network-{name}", f"spoke {name}"
    network_inputs = azure.network(topology, name, spoke)
    writes = ("hub", own) if network_inputs.hub_peering else (own,)
    yield Workspace(id=network, spoke=name, inputs=network_inputs, after=("hub",), writes=writes)
    if spoke.vault_route == "direct":
        peering = hcp.peering(topology, name, spoke)
        yield Workspace(id=f"peering-{name}", spoke=name, inputs=peering, after=("hcp", network), writes=(own,))
    if spoke.cluster:
        aks = azure.aks(topology, name, spoke, spoke.cluster)
        yield Workspace(id=f"aks-{name}", spoke=name, inputs=aks, after=("hub", network), writes=(own,))
        if spoke.cluster.apps:
            yield from _of_apps(topology, name, spoke, spoke.cluster, keys)


def _of_apps(topology: Topology, name: str, spoke: Spoke, cluster: Cluster, keys: Jwks | None) -> Iterator[Workspace]:
    aks, auth, vso, secrets = (f"{kind}-{name}" for kind in ("aks", "vault-auth", "vso", "secrets"))
    path = {"direct": f"peering-{name}", "via-hub": "peering-hub"}.get(spoke.vault_route, "")
    missing = cluster.vault_login.keys == "pubkeys" and keys is None
    yield Workspace(
        id=auth,
        spoke=name,
        inputs=None if missing else vault.vault_auth(topology, name, spoke, cluster, keys),
        after=("vault", aks),
        held_back=_no_keys(name) if missing else "",
    )
    yield Workspace(id=vso, spoke=name, inputs=kubernetes.vso(topology, name, spoke, cluster), after=("hcp", path, aks))
    yield Workspace(
        id=secrets, spoke=name, inputs=kubernetes.secrets(topology, name, spoke, cluster), after=(auth, vso)
    )


def _no_keys(name: str) -> str:
    return (
        f"the cluster's public keys are not there yet: `bin/hvn keys pull {name} --issuer URL`, or --kubeconfig FILE, "
        f"writes jwks/{name}.json beside the topology file"
    )


def edges(built: Sequence[Workspace]) -> Iterator[tuple[str, str]]:
    """The order among the workspaces of one run, as (earlier, later).

    Only between workspaces that are built: cdktf refuses to deploy a stack whose dependency is not named with it.
    Those that write to one VNet follow one another.
    """
    ids = {workspace.id for workspace in built}
    last_writer: dict[str, str] = {}
    for workspace in built:
        earlier = set(workspace.after) & ids | {last_writer[vnet] for vnet in workspace.writes if vnet in last_writer}
        last_writer |= dict.fromkeys(workspace.writes, workspace.id)
        yield from ((each, workspace.id) for each in sorted(earlier))
