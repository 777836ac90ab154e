"""The servers of the fake providers."""

import json
import os
import pathlib

import grpc
import pytest
from tf.gen import tfplugin_pb2 as messages
from tf.gen import tfplugin_pb2_grpc as rpc

from hvn.rehearsal import server, tables
from hvn.rehearsal.cloud import Cloud
from hvn.rehearsal.faults import Injections


@pytest.mark.skipif(not server.CONNECTIONS[0].exists(), reason="only Linux shows the user of a connection")
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
