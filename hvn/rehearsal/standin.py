"""The stand-in of one provider: answers Terraform over the plugin protocol, and keeps what it makes in the cloud file."""

import pathlib
import threading
from collections.abc import Callable
from typing import Any

import grpc
from tf.gen import tfplugin_pb2 as pb
from tf.gen import tfplugin_pb2_grpc as rpc

from hvn.rehearsal import planning, values
from hvn.rehearsal.behaviours import Behaviours, Refusal
from hvn.rehearsal.cloud import opened
from hvn.rehearsal.schemas import Block
from hvn.rehearsal.tables import Table
from hvn.rehearsal.wire import UNKNOWN, decode, diagnostic, encode, schema


# Made with Terraform's newer framework as a whole.
FRAMEWORK = {"helm"}


class StandIn(rpc.ProviderServicer):
    """One provider, for all its instances: which of them calls is told by the connection it calls on."""

    def __init__(
        self, name: str, blocks: dict[str, Block], tables: dict[str, Table], cloud: pathlib.Path, behaviours: Behaviours
    ) -> None:
        self.name = name
        self.blocks = blocks
        self.tables = tables
        self.cloud = cloud
        self.behaviours = behaviours
        self.legacy = name not in FRAMEWORK
        self.configured: dict[str, dict[str, Any]] = {}
        # Terraform calls from several threads; the lock of the cloud file is one a process.
        self.lock = threading.Lock()

    def GetMetadata(self, request: Any, context: grpc.ServicerContext) -> pb.GetMetadata.Response:  # noqa: N802
        """Names alone, so that Terraform need not read every schema."""
        return pb.GetMetadata.Response(
            server_capabilities=pb.ServerCapabilities(get_provider_schema_optional=True),
            resources=[pb.GetMetadata.ResourceMetadata(type_name=each) for each in self._resources()],
            data_sources=[pb.GetMetadata.DataSourceMetadata(type_name=each) for each in self._data_sources()],
        )

    def GetProviderSchema(self, request: Any, context: grpc.ServicerContext) -> pb.GetProviderSchema.Response:  # noqa: N802
        """Schemas of the types in use."""
        return pb.GetProviderSchema.Response(
            provider=schema(self.blocks["provider"]),
            resource_schemas={each: schema(self.blocks[each], self._sensitive(each)) for each in self._resources()},
            data_source_schemas={
                each: schema(self.blocks[f"data.{each}"], self._sensitive(f"data.{each}"))
                for each in self._data_sources()
            },
            server_capabilities=pb.ServerCapabilities(get_provider_schema_optional=True),
        )

    def _resources(self) -> list[str]:
        return [each for each in self.blocks if each != "provider" and not each.startswith("data.")]

    def _data_sources(self) -> list[str]:
        return [each.removeprefix("data.") for each in self.blocks if each.startswith("data.")]

    def _sensitive(self, name: str) -> frozenset[str]:
        return frozenset(path for path, known in self.tables[name].attributes.items() if known.get("sensitive"))

    def ValidateProviderConfig(self, request: Any, context: grpc.ServicerContext) -> pb.ValidateProviderConfig.Response:  # noqa: N802
        """Anything that fits the schema."""
        return pb.ValidateProviderConfig.Response()

    def ConfigureProvider(self, request: Any, context: grpc.ServicerContext) -> pb.ConfigureProvider.Response:  # noqa: N802
        """Keep the configuration of the instance that calls: an alias has its own."""
        self.configured[context.peer()] = decode(request.config) or {}
        return pb.ConfigureProvider.Response()

    def ValidateResourceConfig(self, request: Any, context: grpc.ServicerContext) -> pb.ValidateResourceConfig.Response:  # noqa: N802
        """Closed lists and conflicts, as the tables have them."""
        found = self._refused(request.type_name, decode(request.config))
        return pb.ValidateResourceConfig.Response(diagnostics=found)

    def ValidateDataResourceConfig(  # noqa: N802
        self, request: Any, context: grpc.ServicerContext
    ) -> pb.ValidateDataResourceConfig.Response:
        """The same for data sources."""
        found = self._refused(f"data.{request.type_name}", decode(request.config))
        return pb.ValidateDataResourceConfig.Response(diagnostics=found)

    def _refused(self, name: str, config: Any) -> list[pb.Diagnostic]:
        found = planning.refused(self.blocks[name], self.tables[name], config)
        return [diagnostic("Invalid value", why, path) for path, why in found]

    def UpgradeResourceState(self, request: Any, context: grpc.ServicerContext) -> pb.UpgradeResourceState.Response:  # noqa: N802
        """States are of one version only."""
        import json

        state = json.loads(request.raw_state.json)
        return pb.UpgradeResourceState.Response(upgraded_state=encode(self._shaped(request.type_name, state)))

    def _shaped(self, name: str, state: Any) -> Any:
        return _dynamic(self.blocks[name], state)

    def ReadResource(self, request: Any, context: grpc.ServicerContext) -> pb.ReadResource.Response:  # noqa: N802
        """What the cloud has now; nothing if somebody took it away."""
        state = decode(request.current_state)
        with self.lock, opened(self.cloud) as cloud:
            there = cloud.get(request.type_name, _key(state))
        return pb.ReadResource.Response(new_state=encode(state if there is not None else None))

    def PlanResourceChange(self, request: Any, context: grpc.ServicerContext) -> pb.PlanResourceChange.Response:  # noqa: N802
        """Defaults, what the cloud decides, and what has to be replaced."""
        name = request.type_name
        block, table = self.blocks[name], self.tables[name]
        prior, proposed = decode(request.prior_state), decode(request.proposed_new_state)
        if proposed is None:
            return pb.PlanResourceChange.Response(planned_state=request.proposed_new_state)
        after = planning.planned(block, table, decode(request.config), proposed, new=prior is None)
        try:
            with self.lock, opened(self.cloud) as cloud:
                after = self.behaviours.plan(name, cloud, prior, after)
        except Refusal as refusal:
            return pb.PlanResourceChange.Response(diagnostics=[diagnostic(str(refusal), refusal.detail)])
        paths = [] if prior is None else planning.replaced(block, table, prior, after)
        return pb.PlanResourceChange.Response(
            planned_state=encode(after),
            requires_replace=[_path(each) for each in paths],
            # Terraform forgives these providers that a default shows where nothing was written; so they were made.
            legacy_type_system=self.legacy,
        )

    def ApplyResourceChange(self, request: Any, context: grpc.ServicerContext) -> pb.ApplyResourceChange.Response:  # noqa: N802
        """Make, change or take away, if the cloud lets it."""
        name = request.type_name
        prior, planned = decode(request.prior_state), decode(request.planned_state)
        provider = self.configured.get(context.peer(), {})
        try:
            with self.lock, opened(self.cloud) as cloud:
                if planned is None:
                    self.behaviours.destroy(name, cloud, prior)
                    cloud.remove(name, _key(prior))
                    return pb.ApplyResourceChange.Response(new_state=request.planned_state)
                state = self._settle(name, planned, provider)
                if prior is None and cloud.get(name, _key(state)) is not None:
                    raise Refusal("Resource already exists", f"{name} {_key(state)} is there already: import it")
                state = self.behaviours.apply(name, cloud, prior, state)
                if prior is not None and _key(prior) != _key(state):
                    cloud.remove(name, _key(prior))
                cloud.put(name, _key(state), _storable(state))
        except Refusal as refusal:
            return pb.ApplyResourceChange.Response(
                new_state=request.prior_state, diagnostics=[diagnostic(str(refusal), refusal.detail)]
            )
        return pb.ApplyResourceChange.Response(new_state=encode(state), legacy_type_system=self.legacy)

    def _settle(self, name: str, planned: dict[str, Any], provider: dict[str, Any]) -> dict[str, Any]:
        key = values.naming(name, planned)
        made: Callable[..., Any] = lambda path, attribute: values.make_up(name, path, attribute, planned, provider, key)  # noqa: E731
        state: dict[str, Any] = planning.settled(self.blocks[name], planned, made)
        if "id" in state and planned.get("id") in (None, UNKNOWN):
            state["id"] = values.identity(name, self.tables[name].id, state, provider)
        return state

    def ImportResourceState(self, request: Any, context: grpc.ServicerContext) -> pb.ImportResourceState.Response:  # noqa: N802
        """What the cloud has under this id."""
        with self.lock, opened(self.cloud) as cloud:
            there = cloud.get(request.type_name, request.id)
        if there is None:
            return pb.ImportResourceState.Response(diagnostics=[diagnostic("Cannot import", f"no {request.id}")])
        found = pb.ImportResourceState.ImportedResource(type_name=request.type_name, state=encode(there))
        return pb.ImportResourceState.Response(imported_resources=[found])

    def ReadDataSource(self, request: Any, context: grpc.ServicerContext) -> pb.ReadDataSource.Response:  # noqa: N802
        """What another workspace made, or the error that the provider would give."""
        name, config = request.type_name, decode(request.config)
        warnings: list[pb.Diagnostic] = []
        try:
            with self.lock, opened(self.cloud) as cloud:
                found = self.behaviours.read(name, cloud, config, warnings)
        except Refusal as refusal:
            return pb.ReadDataSource.Response(diagnostics=[diagnostic(str(refusal), refusal.detail)])
        block = self.blocks[f"data.{name}"]
        state = {each: found.get(each, config.get(each)) for each in (*block.attributes, *block.blocks)}
        for each, nested in block.blocks.items():
            if state[each] is None and nested.nesting != "single":
                state[each] = []
        return pb.ReadDataSource.Response(state=encode(state), diagnostics=warnings)

    def GetFunctions(self, request: Any, context: grpc.ServicerContext) -> pb.GetFunctions.Response:  # noqa: N802
        """None."""
        return pb.GetFunctions.Response()

    def StopProvider(self, request: Any, context: grpc.ServicerContext) -> pb.StopProvider.Response:  # noqa: N802
        """Nothing here takes long enough to be stopped."""
        return pb.StopProvider.Response()


def _key(state: Any) -> str:
    """What the cloud knows a resource by."""
    if isinstance(state, dict):
        if isinstance(state.get("id"), str):
            return str(state["id"])
        manifest = state.get("manifest")
        if isinstance(manifest, list):
            meta = manifest[1].get("metadata", {})
            return f"{manifest[1].get('kind')}/{meta.get('namespace')}/{meta.get('name')}"
    return ""


def _dynamic(block: Block, state: Any) -> Any:
    """A state from JSON, where values of dynamic type stand as {type, value} and travel as [type, value]."""
    import json

    if not isinstance(state, dict):
        return state
    made = dict(state)
    for name, attribute in block.attributes.items():
        value = made.get(name)
        if attribute.type == "dynamic" and isinstance(value, dict) and set(value) == {"type", "value"}:
            made[name] = [json.dumps(value["type"]).encode(), value["value"]]
    return made


def _storable(state: dict[str, Any]) -> dict[str, Any]:
    """Without the types of dynamic values, which are bytes."""
    return {
        name: value[1] if isinstance(value, list) and value and isinstance(value[0], bytes) else value
        for name, value in state.items()
    }


def _path(path: tuple[str | int, ...]) -> pb.AttributePath:
    from hvn.rehearsal.wire import attribute_path

    return attribute_path(path)
