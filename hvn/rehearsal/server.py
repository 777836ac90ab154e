"""Serve the fake providers on loopback. Environment variables contain the addresses of the fake providers for
Terraform."""

import json
import os
import pathlib
from collections.abc import Iterator, Mapping, Sequence, Set
from concurrent import futures
from contextlib import contextmanager
from typing import Any

import grpc
from tf.gen import grpc_controller_pb2_grpc as controller
from tf.gen import grpc_stdio_pb2_grpc as stdio
from tf.gen import tfplugin_pb2_grpc as rpc

from hvn.engine import ENGINE
from hvn.rehearsal import schemas, tables
from hvn.rehearsal.cloud import Cloud
from hvn.rehearsal.fake_provider import FakeProvider
from hvn.rehearsal.faults import Injections
from hvn.rehearsal.schema import Block
from hvn.rehearsal.socket_user import user_of

# The provider of `terraform_data`, which is a part of Terraform.
BUILT_IN = "terraform"
# The default registries of Terraform and OpenTofu.
REGISTRIES = ("registry.terraform.io", "registry.opentofu.org")
# The maximum size of a message in bytes. The limit is large because Terraform sends a whole state in one message.
LIMIT = [("grpc.max_receive_message_length", 64 << 20), ("grpc.max_send_message_length", 64 << 20)]

Types = Mapping[str, Sequence[str]]
"""Resource types of each provider, and data sources as `data.<type>`."""

Schemas = Mapping[str, Mapping[str, Block]]
"""Schemas of each provider by type."""


def types_in_use(synthesized: Sequence[pathlib.Path]) -> Types:
    """Return the types of resources and data sources in these `cdk.tf.json` files.

    Raises `schemas.MissingSchema` if a file pins a provider version that differs from the version of the schemas.
    """
    used: dict[str, set[str]] = {}
    for file in synthesized:
        content = json.loads(file.read_text(encoding="utf-8"))
        for provider, requirement in content.get("terraform", {}).get("required_providers", {}).items():
            schemas.require_version(provider, requirement["version"])
        for prefix, section in (("", "resource"), ("data.", "data")):
            for kind in content.get(section, {}):
                provider = kind.partition("_")[0]
                if provider != BUILT_IN:
                    used.setdefault(provider, set()).add(prefix + kind)
    return {provider: sorted(types) for provider, types in sorted(used.items())}


def schemas_of(used: Types, engine: str = ENGINE, own: Set[str] = frozenset()) -> Schemas:
    """Return the schemas of these types, in the provider versions of an engine. Types in `own` need no table.

    Raises `schemas.MissingSchema` for a type without a schema, and `tables.Unknown` for a type without a table.
    """
    for provider, types in used.items():
        for name in {*types} - own:
            tables.table(provider, name)
    return {provider: schemas.read(provider, ["provider", *types], engine) for provider, types in used.items()}


class NoOutput(stdio.GRPCStdioServicer):  # type: ignore[misc] # generated without types
    """The service that returns the standard output of a provider. Terraform requires this service. The output is
    empty."""

    def StreamStdio(self, request: Any, context: grpc.ServicerContext) -> Iterator[Any]:  # noqa: N802, ARG002
        """Return an empty stream of standard output."""
        return iter(())


class SameUser(grpc.ServerInterceptor):
    """An interceptor that refuses calls of other users of this machine, because every local user can connect to a port
    on loopback.

    A Unix socket in a private folder would also exclude other users, but gRPC gives all connections of such a socket
    the same name.
    """

    def __init__(self) -> None:
        self.port = 0
        self._refused: dict[str, bool] = {}

    def intercept_service(self, continuation: Any, details: Any) -> Any:
        """Return a handler that refuses calls of other users. Return the handler of a stream unchanged."""
        handler = continuation(details)
        if handler is None or handler.unary_unary is None:  # this stream is always empty
            return handler

        def checked(request: Any, context: grpc.ServicerContext) -> Any:
            peer = context.peer()
            if peer not in self._refused:
                client = int(peer.rpartition(":")[2])  # the peer is `ipv4:127.0.0.1:PORT`
                self._refused[peer] = user_of(client, self.port) not in (os.getuid(), None)
            if self._refused[peer]:
                context.abort(grpc.StatusCode.PERMISSION_DENIED, "only the user of the rehearsal may call it")
            return handler.unary_unary(request, context)

        return grpc.unary_unary_rpc_method_handler(checked, handler.request_deserializer, handler.response_serializer)


@contextmanager
def fake_providers(
    cloud: Cloud, schemas: Schemas, faults: Injections, engine: str = ENGINE
) -> Iterator[dict[str, str]]:
    """Serve the fake providers of an engine on loopback until the block ends. Yield the environment variables that
    Terraform needs to find the providers."""
    servers: list[grpc.Server] = []
    addresses: dict[str, object] = {}
    try:
        for provider, blocks in schemas.items():
            known = {name: tables.table_or_none(provider, name, engine) for name in blocks if name != "provider"}
            pool = futures.ThreadPoolExecutor(max_workers=16)
            same_user = SameUser()
            server = grpc.server(pool, interceptors=[same_user], options=LIMIT)
            rpc.add_ProviderServicer_to_server(FakeProvider(provider, blocks, known, cloud, faults), server)
            controller.add_GRPCControllerServicer_to_server(controller.GRPCControllerServicer(), server)
            stdio.add_GRPCStdioServicer_to_server(NoOutput(), server)
            # Use TCP: each instance (alias) of a provider has its own connection, and the client's port identifies the
            # instance.
            port = same_user.port = server.add_insecure_port("127.0.0.1:0")
            server.start()
            servers.append(server)
            address = {
                "Protocol": "grpc",
                "ProtocolVersion": 6,
                "Pid": os.getpid(),
                "Test": True,
                "Addr": {"Network": "tcp", "String": f"127.0.0.1:{port}"},
            }
            addresses |= {f"{registry}/hashicorp/{provider}": address for registry in REGISTRIES}
        yield {"TF_REATTACH_PROVIDERS": json.dumps(addresses)}
    finally:
        for server in servers:
            server.stop(grace=None)
