"""Write topologies as YAML files with shuffled keys, and derive their workspaces."""

import json
import pathlib
from collections.abc import Mapping
from copy import deepcopy
from random import Random
from typing import Any

import yaml

from hvn.check import load
from hvn.kinds.workspace import Workspace, by_id
from hvn.yamlfile import source
from tests.strategies.keys import KeySets
from tests.strategies.values import Topology


class _Quoted(yaml.CSafeDumper):
    """A dumper that quotes every string, so that YAML reads no string as another type."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


class _QuotedSlowly(yaml.SafeDumper):
    """The same dumper without libyaml, which cannot write lone surrogates."""

    ignore_aliases = _Quoted.ignore_aliases


for _dumper in (_Quoted, _QuotedSlowly):
    _dumper.add_representer(str, lambda dumper, text: dumper.represent_scalar("tag:yaml.org,2002:str", text, style='"'))


def dump(topology: Mapping[str, Any], order: Random | None = None) -> str:
    """Return the topology as YAML; `order` shuffles the keys of every mapping."""
    data = shuffled(topology, order) if order else topology
    try:
        return yaml.dump(data, Dumper=_Quoted, sort_keys=False, width=10_000, allow_unicode=True)
    except UnicodeEncodeError:
        return yaml.dump(data, Dumper=_QuotedSlowly, sort_keys=False, width=10_000, allow_unicode=True)


def write(folder: pathlib.Path, topology: Topology, keys: KeySets) -> pathlib.Path:
    """Write the topology file and its key files into a folder, and return the topology file."""
    (folder / "jwks").mkdir(parents=True, exist_ok=True)
    for name, content in keys.items():
        (folder / "jwks" / f"{name}.json").write_text(json.dumps(content), encoding="utf-8")
    file = folder / "topology.yaml"
    file.write_text(dump(topology), encoding="utf-8")
    return file


def shuffled(value: Any, order: Random) -> Any:
    if isinstance(value, Mapping):
        keys = list(value)
        order.shuffle(keys)
        return {key: shuffled(value[key], order) for key in keys}
    if isinstance(value, list):
        return [shuffled(item, order) for item in value]
    return value


def check(text: str) -> load.Loaded:
    """Return the checked file of a topology without committed keys."""
    return load.check(source.parse(text, "topology.yaml"), pathlib.Path("no-such-folder"))


def workspaces(topology: Mapping[str, Any], order: Random | None = None) -> dict[str, Workspace]:
    """Return the workspaces of a valid topology by id, in deployment order."""
    checked = check(dump(topology, order)).checked
    assert checked
    return by_id(checked.workspaces())


def peered_networks(topology: Topology, name: str) -> set[str]:
    """Return the workspaces of other spokes that a change of this spoke changes: the networks with a half of a peering,
    the network with this spoke's cluster, and all workspaces of the clusters in this spoke's VNet."""
    networks = {
        f"network-{other}"
        for other, spoke in topology["spokes"].items()
        if any(peering.get("spoke") == name for peering in spoke.get("peerings", {}).values())
    }
    kinds = ("aks", "vault-auth", "vso", "secrets")
    guests = [other for other, spoke in topology["spokes"].items() if spoke.get("vnet_of") == name]
    return {
        *networks,
        f"network-{topology['spokes'][name].get('vnet_of')}",
        *(f"{kind}-{guest}" for kind in kinds for guest in guests),
    }


def with_spoke(topology: Topology, name: str, spoke: Topology | None) -> Topology:
    """Return a copy in which a different spoke, or no spoke, has this name. The other spokes have no peerings with a
    removed spoke, and no clusters in the spoke's VNet."""
    other = deepcopy(topology)
    for guest in [one for one, value in other["spokes"].items() if value.get("vnet_of") == name]:
        del other["spokes"][guest]
    for peered in other["spokes"].values() if spoke is None else ():
        peerings = peered.get("peerings", {})
        for key in [key for key, one in peerings.items() if one.get("spoke") == name]:
            del peerings[key]
            for halves in ("peerings_from_spoke", "peerings_to_spoke"):
                peered.get("names", {}).get(halves, {}).pop(key, None)
    del other["spokes"][name]
    if spoke is not None:
        other["spokes"][name] = spoke
    return other
