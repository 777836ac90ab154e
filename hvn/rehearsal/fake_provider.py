"""Answer Terraform over the plugin protocol as a fake provider, and store its resources in the cloud's file.

Terraform's plugin protocol 6 defines the methods and messages (terraform/docs/plugin-protocol/tfplugin6.proto).
"""

# ruff: noqa: N802, ARG002 - the protocol's names, and gRPC's signature.

import json
from collections.abc import Mapping
from functools import cached_property
from typing import Any

import grpc
from tf.gen import tfplugin_pb2 as pb
from tf.gen import tfplugin_pb2_grpc as rpc

from hvn.rehearsal import order, planning, state, validation, values
from hvn.rehearsal.azurerm_versions import completed
from hvn.rehearsal.behaviours import Change, Refusal, behave
from hvn.rehearsal.cloud import Cloud, Object
from hvn.rehearsal.faults import Injections
from hvn.rehearsal.schema import Block
from hvn.rehearsal.tables import Table
from hvn.rehearsal.wire import attribute_path, decode, diagnostic, encode, schema

# Terraform accepts planned defaults of unset arguments only from providers with the older SDK. Only helm uses the newer
# framework.
NEWER_FRAMEWORK = {"helm"}
# The resource type that the kubernetes provider implements without the SDK.
MANIFEST = "kubernetes_manifest"
# The provider's argument that names the cluster or the Vault namespace.
PLACES = {"kubernetes": "host", "helm": "host", "vault": "namespace"}
# The number of provider configurations to keep. Only a few configurations are in use at a time.
INSTANCES = 100
CAPABILITIES = pb.ServerCapabilities(get_provider_schema_optional=True)


class FakeProvider(rpc.ProviderServicer):  # type: ignore[misc] # generated without types
    """A fake provider with all its instances (aliases). Each instance of a provider has its own connection."""

    def __init__(
        self, name: str, blocks: Mapping[str, Block], tables: Mapping[str, Table], cloud: Cloud, faults: Injections
    ) -> None:
        """The keys of schemas and tables are types, and `data.<type>` for data sources. The key `provider` has the
        schema of the provider's configuration."""
        self.blocks = blocks
        self.tables = tables
        self.cloud = cloud
        self.faults = faults
        self.name = name
        self.legacy = name not in NEWER_FRAMEWORK
        self.configured: dict[str, Object] = {}

    # Schemas

    @cached_property
    def _metadata(self) -> Any:
        return pb.GetMetadata.Response(
            server_capabilities=CAPABILITIES,
            resources=[pb.GetMetadata.ResourceMetadata(type_name=name) for name in self._types("")],
            data_sources=[pb.GetMetadata.DataSourceMetadata(type_name=name) for name in self._types("data.")],
        )

    @cached_property
    def _schemas(self) -> Any:
        return pb.GetProviderSchema.Response(
            provider=schema(self.blocks["provider"]),
            resource_schemas={name: schema(self.blocks[name]) for name in self._types("")},
            data_source_schemas={name: schema(self.blocks[f"data.{name}"]) for name in self._types("data.")},
            server_capabilities=CAPABILITIES,
        )

    def _types(self, prefix: str) -> list[str]:
        names = [name for name in self.blocks if name != "provider" and name.startswith("data.") == bool(prefix)]
        return [name.removeprefix(prefix) for name in names]

    def GetMetadata(self, request: Any, context: grpc.ServicerContext) -> Any:
        """Return the names of the types. Terraform then reads only the schemas that it needs."""
        return self._metadata

    def GetProviderSchema(self, request: Any, context: grpc.ServicerContext) -> Any:
        """Return the schemas of the types in use."""
        return self._schemas

    def GetFunctions(self, request: Any, context: grpc.ServicerContext) -> Any:
        """Return an empty list, because no stack uses a provider's function."""
        return pb.GetFunctions.Response()

    # Validation

    def ValidateProviderConfig(self, request: Any, context: grpc.ServicerContext) -> Any:
        """Return no error: Terraform itself checks the configuration against the schema."""
        return pb.ValidateProviderConfig.Response()

    def ValidateResourceConfig(self, request: Any, context: grpc.ServicerContext) -> Any:
        """Return the errors that the tables define for a resource's arguments: allowed values, patterns, sizes,
        conflicts."""
        return pb.ValidateResourceConfig.Response(diagnostics=self._refused(request.type_name, request.config))

    def ValidateDataResourceConfig(self, request: Any, context: grpc.ServicerContext) -> Any:
        """Return the errors that the tables define for a data source's arguments."""
        diagnostics = self._refused(f"data.{request.type_name}", request.config)
        return pb.ValidateDataResourceConfig.Response(diagnostics=diagnostics)

    def _refused(self, name: str, config: Any) -> list[Any]:
        refused = validation.refused(self.blocks[name], self.tables[name], decode(config))
        return [diagnostic(f"Invalid value for {_written(path)}", why, path) for path, why in refused]

    def ConfigureProvider(self, request: Any, context: grpc.ServicerContext) -> Any:
        """Store the configuration of the calling instance of the provider. Return no error."""
        self.configured[context.peer()] = decode(request.config) or {}
        if len(self.configured) > INSTANCES:
            # Remove the oldest configuration, because the Terraform command that sent it has ended.
            del self.configured[next(iter(self.configured))]
        return pb.ConfigureProvider.Response()

    def StopProvider(self, request: Any, context: grpc.ServicerContext) -> Any:
        """Record that Terraform was interrupted. Return no error."""
        self.faults.stopped.set()
        return pb.StopProvider.Response()

    # Resources

    def UpgradeResourceState(self, request: Any, context: grpc.ServicerContext) -> Any:
        """Return the state with the members of this schema. No schema in use needs an upgrade, because the schema
        versions of a type are equal in all engines."""
        stored = self._restored(request.type_name, json.loads(request.raw_state.json))
        return pb.UpgradeResourceState.Response(upgraded_state=encode(stored))

    def ReadResource(self, request: Any, context: grpc.ServicerContext) -> Any:
        """Return the resource from the cloud, null if the cloud no longer has the resource, or the cloud's refusal."""
        name, current = request.type_name, decode(request.current_state)
        there = self.cloud.get(name, values.key(current), self._place(self._provider(context), current))
        if there is None or self.faults.cannot_read(name):
            return pb.ReadResource.Response(new_state=encode(None))
        change = self._change(context, name, current, self._restored(name, completed(name, there)))
        try:
            behave("READ", change)
        except Refusal as refusal:
            problem = diagnostic(str(refusal), refusal.detail)
            return pb.ReadResource.Response(new_state=request.current_state, diagnostics=[problem])
        fresh = self._read_back(name, change.after, refresh=True)
        return pb.ReadResource.Response(new_state=encode(fresh))

    def PlanResourceChange(self, request: Any, context: grpc.ServicerContext) -> Any:
        """Return the planned state, and the paths of the changes that force a replacement."""
        name = request.type_name
        block, table = self.blocks[name], self.tables[name]
        prior, proposed = decode(request.prior_state), decode(request.proposed_new_state)
        if proposed is None:
            return pb.PlanResourceChange.Response(planned_state=request.proposed_new_state)
        after = planning.planned(block, table, decode(request.config), prior, proposed)
        change = self._change(context, name, prior or {}, after)
        try:
            behave("PLAN", change)
        except Refusal as refusal:
            return pb.PlanResourceChange.Response(diagnostics=[diagnostic(str(refusal), refusal.detail)])
        paths = [] if prior is None else [*planning.replaced(block, table, prior, change.after), *change.replaces]
        return pb.PlanResourceChange.Response(
            planned_state=encode(change.after),
            requires_replace=[attribute_path(path) for path in paths],
            legacy_type_system=self.legacy,
        )

    def ApplyResourceChange(self, request: Any, context: grpc.ServicerContext) -> Any:
        """Create, update or delete a resource in the cloud, or return the cloud's refusal."""
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
                change.planned = change.after
                self._settle(change)
                self._make(change, new=prior is None)
        except Refusal as refusal:
            problem = diagnostic(str(refusal), refusal.detail)
            return pb.ApplyResourceChange.Response(new_state=request.prior_state, diagnostics=[problem])
        return pb.ApplyResourceChange.Response(new_state=encode(change.after), legacy_type_system=self.legacy)

    def _settle(self, change: Change) -> None:
        """Set a value for every argument that is unknown in the plan."""
        name = change.kind
        known = values.facts(name, change.after, change.provider)
        change.after = state.applied(
            self.blocks[name],
            change.after,
            lambda path, attribute: values.make_up(self.tables[name], name, path, attribute, known),
        )
        if "id" in change.after and not change.before:
            known = values.facts(name, change.after, change.provider) | {"uuid": known["uuid"]}
            pattern = self.tables[name].id
            change.after["id"] = values.fill(pattern, known)

    def _make(self, change: Change, *, new: bool) -> None:
        behave("CREATE" if new else "UPDATE", change)
        change.after = self._read_back(change.kind, change.after, refresh=False)
        if new and self.cloud.get(change.kind, values.key(change.after), change.place) is not None:
            # The text is azurerm's (internal/tf/errors.go); other providers have similar texts.
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
        """Return the resource to import from the cloud, or an error if no resource has this id."""
        there = self.cloud.get(request.type_name, request.id, self._place(self._provider(context)))
        if there is None:
            problem = diagnostic("Cannot import non-existent remote object", f"{request.type_name} {request.id}")
            return pb.ImportResourceState.Response(diagnostics=[problem])
        restored = encode(self._restored(request.type_name, completed(request.type_name, there)))
        imported = pb.ImportResourceState.ImportedResource(type_name=request.type_name, state=restored)
        return pb.ImportResourceState.Response(imported_resources=[imported])

    def _read_back(self, name: str, resource: Object, *, refresh: bool) -> Object:
        if not self.legacy or name == MANIFEST:
            return resource
        # A behaviour may return the arguments of both major versions of azurerm.
        own = values.in_schema(self.blocks[name], resource)
        fresh: Object = state.read_back(self.blocks[name], self.tables[name], own, refresh=refresh)
        return fresh

    # Data sources

    def ReadDataSource(self, request: Any, context: grpc.ServicerContext) -> Any:
        """Return the resource that the data source reads, or the error of the cloud or of a fault."""
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

    def _result(self, block: Block, config: Object, resource: Object) -> Object:
        attributes = {
            name: values.shaped(attribute.type, resource.get(name, config.get(name)))
            for name, attribute in block.attributes.items()
        }
        none: dict[str, list[Object] | None] = {
            name: None if nested.nesting == "single" else [] for name, nested in block.blocks.items()
        }
        return attributes | {
            name: _known(block.blocks[name].block, resource.get(name, config.get(name))) or empty
            for name, empty in none.items()
        }

    # Conversion between Terraform's and the cloud's data

    def _change(self, context: grpc.ServicerContext, kind: str, before: Object, after: Object) -> Change:
        provider = self._provider(context)
        return Change(kind, self.cloud, before, after, provider, self._place(provider, after or before))

    def _provider(self, context: grpc.ServicerContext) -> Object:
        return self.configured.get(context.peer(), {})

    def _place(self, provider: Object, resource: Object | None = None) -> str:
        """Return the cluster or Vault namespace of the provider instance. Ids in Kubernetes and Vault are unique only
        within one cluster or namespace. A resource of Vault may be in a namespace below the provider's namespace."""
        if self.name == "helm":
            provider = provider.get("kubernetes") or {}
        place = str(provider.get(PLACES.get(self.name, ""), "") or "")
        below = (resource or {}).get("namespace") if self.name == "vault" else None
        return f"{place}/{below}" if below else place

    def _dynamic(self, name: str) -> list[str]:
        return [argument for argument, attribute in self.blocks[name].attributes.items() if attribute.type == "dynamic"]

    def _stored(self, name: str, sent: Object) -> Object:
        """Return a resource in the form of a state file, in which a dynamic value is {type, value} instead of [type,
        value]."""
        stored = dict(sent)
        for argument in self._dynamic(name):
            if isinstance(stored.get(argument), list):
                kind, value = stored[argument]
                stored[argument] = {"type": json.loads(kind), "value": value}
        return stored

    def _restored(self, name: str, stored: Object) -> Object:
        """Return a stored resource in the form of the protocol and of this schema, the reverse of `_stored`."""
        sent: Object = values.in_schema(self.blocks[name], stored)
        for argument in self._dynamic(name):
            value = sent.get(argument)
            if isinstance(value, dict) and set(value) == {"type", "value"}:
                sent[argument] = [json.dumps(value["type"]).encode(), value["value"]]
        return sent


def _written(path: planning.Path) -> str:
    return ".".join(map(str, path))


def _known(block: Block, value: Any) -> Any:
    """Return a nested block's value with only the arguments of this schema, because a data source may have fewer
    arguments than the resource."""
    if isinstance(value, list):
        return [_known(block, item) for item in value]
    if not isinstance(value, dict):
        return value
    return {name: inner for name, inner in value.items() if name in block.attributes or name in block.blocks}
