"""The stand-ins as running servers, and the environment in which Terraform finds them."""

import json
import os
import pathlib
from collections.abc import Iterator, Mapping, Sequence
from concurrent import futures
from contextlib import contextmanager
from typing import Any

import grpc
from tf.gen import grpc_controller_pb2_grpc as controller
from tf.gen import grpc_stdio_pb2_grpc as stdio
from tf.gen import tfplugin_pb2_grpc as rpc

from hvn.rehearsal import schemas, tables
from hvn.rehearsal.cloud import Cloud
from hvn.rehearsal.faults import Injections
from hvn.rehearsal.schema import Block
from hvn.rehearsal.standin import StandIn

# `terraform_data` comes with Terraform itself.
BUILT_IN = "terraform"
# Where Terraform and OpenTofu take a provider to be from.
REGISTRIES = ("registry.terraform.io", "registry.opentofu.org")
# Terraform sends and takes whole states in one message.
LIMIT = [("grpc.max_receive_message_length", 64 << 20), ("grpc.max_send_message_length", 64 << 20)]

Types = Mapping[str, Sequence[str]]
"""Resource types of each provider, and data sources as `data.<type>`."""

Schemas = Mapping[str, Mapping[str, Block]]
"""Schemas of each provider by type."""


def types_in_use(synthesized: Sequence[pathlib.Path]) -> Types:
    """Resource and data source types of some `cdk.tf.json`."""
    found: dict[str, set[str]] = {}
    for file in synthesized:
        content = json.loads(file.read_text(encoding="utf-8"))
        for prefix, section in (("", "resource"), ("data.", "data")):
            for kind in content.get(section, {}):
                provider = kind.partition("_")[0]
                if provider != BUILT_IN:
                    found.setdefault(provider, set()).add(prefix + kind)
    return {provider: sorted(types) for provider, types in sorted(found.items())}


def schemas_of(used: Types) -> Schemas:
    """Their schemas. Raises `UnknownType` if the bindings lack one, `tables.Unknown` if the tables do."""
    for provider, types in used.items():
        for each in types:
            tables.table(provider, each)
    # All that are described, so that what is kept is good for every topology.
    every = {provider: schemas.read(provider, ["provider", *tables.types(provider)]) for provider in used}
    return {
        provider: {name: block for name, block in every[provider].items() if name in ("provider", *types)}
        for provider, types in used.items()
    }


class NothingToSay(stdio.GRPCStdioServicer):  # type: ignore[misc] # generated without types
    """What a provider writes to its own output; Terraform asks for it."""

    def StreamStdio(self, request: Any, context: grpc.ServicerContext) -> Iterator[Any]:  # noqa: N802, ARG002
        """Nothing."""
        return iter(())


@contextmanager
def stand_ins(cloud: Cloud, schemas: Schemas, faults: Injections) -> Iterator[dict[str, str]]:
    """Serve the providers on loopback until the block ends; gives the variables that lead Terraform to them."""
    servers: list[grpc.Server] = []
    found: dict[str, object] = {}
    try:
        for provider, blocks in schemas.items():
            known = {each: tables.table(provider, each) for each in blocks if each != "provider"}
            server = grpc.server(futures.ThreadPoolExecutor(max_workers=16), options=LIMIT)
            rpc.add_ProviderServicer_to_server(StandIn(provider, blocks, known, cloud, faults), server)
            controller.add_GRPCControllerServicer_to_server(controller.GRPCControllerServicer(), server)
            stdio.add_GRPCStdioServicer_to_server(NothingToSay(), server)
            # TCP, for a connection of its own for each instance of a provider tells an alias from the others.
            port = server.add_insecure_port("127.0.0.1:0")
            server.start()
            servers.append(server)
            way = {
                "Protocol": "grpc",
                "ProtocolVersion": 6,
                "Pid": os.getpid(),
                "Test": True,
                "Addr": {"Network": "tcp", "String": f"127.0.0.1:{port}"},
            }
            found |= {f"{registry}/hashicorp/{provider}": way for registry in REGISTRIES}
        yield {"TF_REATTACH_PROVIDERS": json.dumps(found)}
    finally:
        for server in servers:
            server.stop(grace=None)
