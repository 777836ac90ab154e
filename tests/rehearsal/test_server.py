"""Test the servers of the fake providers."""

import json
import os
import pathlib
import socket

import grpc
import pytest
from tf.gen import tfplugin_pb2 as messages
from tf.gen import tfplugin_pb2_grpc as rpc

from hvn.rehearsal import server, socket_user, tables
from hvn.rehearsal.cloud import Cloud
from hvn.rehearsal.faults import Injections

linux = pytest.mark.skipif(not socket_user.TABLES[0].exists(), reason="only Linux shows the user of a connection")


@linux
@pytest.mark.parametrize("own", [True, False])
def test_other_users_are_refused(own: bool, tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if not own:
        user = os.getuid() + 1
        monkeypatch.setattr(os, "getuid", lambda: user)
    cloud = Cloud(tmp_path / "cloud.db")
    schemas = server.schemas_of({"hcp": sorted(tables.types("hcp"))})
    with server.fake_providers(cloud, schemas, Injections()) as variables:
        (address, *_) = json.loads(variables["TF_REATTACH_PROVIDERS"]).values()
        with grpc.insecure_channel(address["Addr"]["String"]) as channel:
            call = rpc.ProviderStub(channel).GetProviderSchema
            request = messages.GetProviderSchema.Request()
            if own:
                assert "hcp_hvn" in call(request).resource_schemas
            else:
                with pytest.raises(grpc.RpcError) as refused:
                    call(request)
                assert refused.value.code() is grpc.StatusCode.PERMISSION_DENIED
    cloud.close()


@linux
@pytest.mark.parametrize("address", ["127.0.0.1", "::ffff:127.0.0.1"])
def test_the_kernel_and_the_table_of_sockets_name_the_same_user(address: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        client = socket.create_connection((address, port))
        connection, (_, from_) = listener.accept()
        assert socket_user.by_netlink(from_, port) == socket_user.by_proc(from_) == os.getuid()
        # The server's end of the connection has the two ports in reverse order.
        assert socket_user.by_netlink(port, from_) == os.getuid()
        connection.close()
        client.close()
    assert socket_user.by_netlink(1, 1) is None


@linux
def test_a_sandbox_without_netlink_reads_the_table_of_sockets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(socket, "AF_NETLINK")
    with socket.create_server(("127.0.0.1", 0)) as listener, socket.create_connection(listener.getsockname()) as client:
        ports = (client.getsockname()[1], listener.getsockname()[1])
        assert socket_user.user_of(*ports) == os.getuid()
