"""The stand-in of one provider: answers Terraform over the plugin protocol, and keeps what it makes in the cloud file.

Method names and messages are those of Terraform's plugin protocol 6 (terraform/docs/plugin-protocol/tfplugin6.proto).
"""

# ruff: noqa: N802, ARG002 - the protocol's names, and gRPC's signature.

import json
from collections.abc import Mapping
from functools import cached_property
from typing import Any

import grpc
from tf.gen import tfplugin_pb2 as pb
from tf.gen import tfplugin_pb2_grpc as rpc

from hvn.rehearsal import order, planning, values
from hvn.rehearsal.behaviours import Change, Refusal, behave
from hvn.rehearsal.cloud import Cloud, Object
from hvn.rehearsal.faults import Injections
from hvn.rehearsal.schema import Block
from hvn.rehearsal.tables import Table
from hvn.rehearsal.wire import attribute_path, decode, diagnostic, encode, schema

# Terraform forgives the older framework that a default shows where nothing was written; all but helm are made with it.
OF_THE_NEWER_FRAMEWORK = {"helm"}
# The argument of a provider that says where it leads.
PLACES = {"kubernetes": "host", "helm": "host", "vault": "namespace"}
# As many configurations are kept; a few are in use at a time.
INSTANCES = 100
CAPABILITIES = pb.ServerCapabilities(get_provider_schema_optional=True)


class StandIn(rpc.ProviderServicer):  # type: ignore[misc] # generated without types
    """One provider, for all its instances: which of them calls is told by the connection it calls on."""

    def __init__(
        self, name: str, blocks: Mapping[str, Block], tables: Mapping[str, Table], cloud: Cloud, faults: Injections
    ) -> None:
        """Schemas and tables by type, data sources as `data.<type>`; the provider's own schema as `provider`."""
        self.blocks = blocks
        self.tables = tables
        self.cloud = cloud
        self.faults = faults
        self.name = name
        self.legacy = name not in OF_THE_NEWER_FRAMEWORK
        self.configured: dict[str, Object] = {}

    # What it is

    @cached_property
    def _metadata(self) -> Any:
        return pb.GetMetadata.Response(
            server_capabilities=CAPABILITIES,
            resources=[pb.GetMetadata.ResourceMetadata(type_name=each) for each in self._types("")],
            data_sources=[pb.GetMetadata.DataSourceMetadata(type_name=each) for each in self._types("data.")],
        )

    @cached_property
    def _schemas(self) -> Any:
        return pb.GetProviderSchema.Response(
            provider=schema(self.blocks["provider"]),
            resource_schemas={each: self._schema(each) for each in self._types("")},
            data_source_schemas={each: self._schema(f"data.{each}") for each in self._types("data.")},
            server_capabilities=CAPABILITIES,
        )

    def _types(self, prefix: str) -> list[str]:
        names = [each for each in self.blocks if each != "provider" and each.startswith("data.") == bool(prefix)]
        return [each.removeprefix(prefix) for each in names]

    def _schema(self, name: str) -> Any:
        known = self.tables[name].attributes
        return schema(self.blocks[name], frozenset(path for path, each in known.items() if each.get("sensitive")))

    def GetMetadata(self, request: Any, context: grpc.ServicerContext) -> Any:
        """Names alone, so that Terraform need not read every schema."""
        return self._metadata

    def GetProviderSchema(self, request: Any, context: grpc.ServicerContext) -> Any:
        """Schemas of the types in use."""
        return self._schemas

    def GetFunctions(self, request: Any, context: grpc.ServicerContext) -> Any:
        """None."""
        return pb.GetFunctions.Response()

    # Validation

    def ValidateProviderConfig(self, request: Any, context: grpc.ServicerContext) -> Any:
        """Anything that fits the schema."""
        return pb.ValidateProviderConfig.Response()

    def ValidateResourceConfig(self, request: Any, context: grpc.ServicerContext) -> Any:
        """Closed lists, patterns, sizes and what excludes each other, as the tables have them."""
        return pb.ValidateResourceConfig.Response(diagnostics=self._refused(request.type_name, request.config))

    def ValidateDataResourceConfig(self, request: Any, context: grpc.ServicerContext) -> Any:
        """The same for data sources."""
        found = self._refused(f"data.{request.type_name}", request.config)
        return pb.ValidateDataResourceConfig.Response(diagnostics=found)

    def _refused(self, name: str, config: Any) -> list[Any]:
        found = planning.refused(self.blocks[name], self.tables[name], decode(config))
        return [diagnostic(f"Invalid value for {_written(path)}", why, path) for path, why in found]

    def ConfigureProvider(self, request: Any, context: grpc.ServicerContext) -> Any:
        """Keep the configuration of the instance that calls: an alias has its own."""
        self.configured[context.peer()] = decode(request.config) or {}
        if len(self.configured) > INSTANCES:
            # The oldest is of a command that ended long ago.
            del self.configured[next(iter(self.configured))]
        return pb.ConfigureProvider.Response()

    def StopProvider(self, request: Any, context: grpc.ServicerContext) -> Any:
        """Terraform was interrupted."""
        self.faults.stopped.set()
        return pb.StopProvider.Response()

    # Resources

    def UpgradeResourceState(self, request: Any, context: grpc.ServicerContext) -> Any:
        """States are of one version only."""
        state = self._restored(request.type_name, json.loads(request.raw_state.json))
        return pb.UpgradeResourceState.Response(upgraded_state=encode(state))

    def ReadResource(self, request: Any, context: grpc.ServicerContext) -> Any:
        """What the cloud has now; nothing if somebody took it away."""
        there = self.cloud.get(
            request.type_name, values.key(decode(request.current_state)), self._place(self._provider(context))
        )
        state = self._restored(request.type_name, there) if there else None
        return pb.ReadResource.Response(new_state=encode(state))

    def PlanResourceChange(self, request: Any, context: grpc.ServicerContext) -> Any:
        """Defaults, what the cloud decides, and what has to be replaced."""
        name = request.type_name
        block, table = self.blocks[name], self.tables[name]
        prior, proposed = decode(request.prior_state), decode(request.proposed_new_state)
        if proposed is None:
            return pb.PlanResourceChange.Response(planned_state=request.proposed_new_state)
        after = planning.planned(block, table, decode(request.config), proposed, new=prior is None)
        change = self._change(context, name, prior or {}, after)
        try:
            behave("PLAN", change)
        except Refusal as refusal:
            return pb.PlanResourceChange.Response(diagnostics=[diagnostic(str(refusal), refusal.detail)])
        paths = [] if prior is None else planning.replaced(block, table, prior, change.after)
        return pb.PlanResourceChange.Response(
            planned_state=encode(change.after),
            requires_replace=[attribute_path(each) for each in paths],
            legacy_type_system=self.legacy,
        )

    def ApplyResourceChange(self, request: Any, context: grpc.ServicerContext) -> Any:
        """Make, change or take away, if the cloud lets it."""
        prior, planned = decode(request.prior_state), decode(request.planned_state)
        change = self._change(context, request.type_name, prior or {}, planned or {})
        try:
            if planned is not None and prior is None:
                self.faults.creating(change)
            with self.cloud.change():
                if planned is None:
                    behave("DELETE", change)
                    self.cloud.remove(change.kind, values.key(prior), change.place)
                    return pb.ApplyResourceChange.Response(new_state=request.planned_state)
                self._settle(change)
                self._make(change, new=prior is None)
        except Refusal as refusal:
            problem = diagnostic(str(refusal), refusal.detail)
            return pb.ApplyResourceChange.Response(new_state=request.prior_state, diagnostics=[problem])
        return pb.ApplyResourceChange.Response(new_state=encode(change.after), legacy_type_system=self.legacy)

    def _settle(self, change: Change) -> None:
        """Make known what the plan left open."""
        name = change.kind
        known = values.facts(name, change.after, change.provider)
        change.after = planning.settled(
            self.blocks[name], change.after, lambda path, each: values.make_up(name, path, each, known)
        )
        if "id" in change.after and not change.before:
            known = values.facts(name, change.after, change.provider) | {"uuid": known["uuid"]}
            pattern = self.tables[name].id
            change.after["id"] = values.fill(pattern, known)

    def _make(self, change: Change, *, new: bool) -> None:
        behave("CREATE" if new else "UPDATE", change)
        if new and self.cloud.get(change.kind, values.key(change.after), change.place) is not None:
            # azurerm's words for it (internal/tf/errors.go); the others say the same in theirs.
            raise Refusal(
                f'A resource with the ID "{values.key(change.after)}" already exists',
                f"to be managed via Terraform this resource needs to be imported into the State: {change.kind}",
            )
        if not new and values.key(change.before) != values.key(change.after):
            self.cloud.remove(change.kind, values.key(change.before), change.place)
        self.cloud.put(change.kind, values.key(change.after), self._stored(change.kind, change.after), change.place)
        if new:
            order.made(change, values.key(change.after), self.faults.workspace)

    def ImportResourceState(self, request: Any, context: grpc.ServicerContext) -> Any:
        """What the cloud has under this id."""
        there = self.cloud.get(request.type_name, request.id, self._place(self._provider(context)))
        if there is None:
            problem = diagnostic("Cannot import non-existent remote object", f"{request.type_name} {request.id}")
            return pb.ImportResourceState.Response(diagnostics=[problem])
        state = encode(self._restored(request.type_name, there))
        found = pb.ImportResourceState.ImportedResource(type_name=request.type_name, state=state)
        return pb.ImportResourceState.Response(imported_resources=[found])

    # Data sources

    def ReadDataSource(self, request: Any, context: grpc.ServicerContext) -> Any:
        """What another workspace made, or the error that the provider would give."""
        name, config = f"data.{request.type_name}", decode(request.config)
        change = self._change(context, request.type_name, config, {})
        id_ = values.fill(self.tables[name].id, values.facts(change.kind, config, change.provider))
        try:
            with self.cloud.change():
                change.after = self._there(change, id_)
                order.looked_up(change, id_, self.faults.workspace)
                self.faults.looking_up(change)
                behave("LOOK_UP", change)
        except Refusal as refusal:
            return pb.ReadDataSource.Response(diagnostics=[diagnostic(str(refusal), refusal.detail)])
        warnings = [diagnostic(summary, detail, warning=True) for summary, detail in change.warnings]
        return pb.ReadDataSource.Response(
            state=encode(self._result(self.blocks[name], config, change.after)), diagnostics=warnings
        )

    def _there(self, change: Change, id_: str) -> Object:
        there = self.cloud.get(change.kind, id_, change.place)
        if there is None:
            raise Refusal(f"{change.kind} was not found", f"The cloud has no {id_}")
        return there

    def _result(self, block: Block, config: Object, found: Object) -> Object:
        made = {
            name: values.shaped(attribute.type, found.get(name, config.get(name)))
            for name, attribute in block.attributes.items()
        }
        blocks: dict[str, list[Object] | None] = {
            name: None if each.nesting == "single" else [] for name, each in block.blocks.items()
        }
        return made | {name: found.get(name, config.get(name)) or nothing for name, nothing in blocks.items()}

    # Between Terraform and the cloud

    def _change(self, context: grpc.ServicerContext, kind: str, before: Object, after: Object) -> Change:
        provider = self._provider(context)
        return Change(kind, self.cloud, before, after, provider, self._place(provider))

    def _provider(self, context: grpc.ServicerContext) -> Object:
        return self.configured.get(context.peer(), {})

    def _place(self, provider: Object) -> str:
        """Ids of Kubernetes and Vault are unique in a cluster and a namespace only; the others' say where they are."""
        if self.name == "helm":
            provider = provider.get("kubernetes") or {}
        return str(provider.get(PLACES.get(self.name, ""), "") or "")

    def _dynamic(self, name: str) -> list[str]:
        return [each for each, attribute in self.blocks[name].attributes.items() if attribute.type == "dynamic"]

    def _stored(self, name: str, state: Object) -> Object:
        """As Terraform's state has it: a value of dynamic type travels as [type, value]; here it is {type, value}."""
        made = dict(state)
        for each in self._dynamic(name):
            if isinstance(made.get(each), list):
                kind, value = made[each]
                made[each] = {"type": json.loads(kind), "value": value}
        return made

    def _restored(self, name: str, state: Object) -> Object:
        """The reverse of `_stored`."""
        made = dict(state)
        for each in self._dynamic(name):
            value = made.get(each)
            if isinstance(value, dict) and set(value) == {"type", "value"}:
                made[each] = [json.dumps(value["type"]).encode(), value["value"]]
        return made


def _written(path: planning.Path) -> str:
    return ".".join(map(str, path))
