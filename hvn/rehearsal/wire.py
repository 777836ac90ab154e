"""Convert between Terraform's plugin protocol and plain Python values.

The protocol sends values as MessagePack, and an unknown value as an extension type (terraform/docs/plugin-protocol,
object-wire-format). This module represents an unknown value as `UNKNOWN`. The protocol sends a value of dynamic type as
a pair of type and value.
"""

import json
from typing import Any, Final

import msgpack
from tf.gen import tfplugin_pb2 as pb

from hvn.rehearsal.schema import Attribute, Block


class _Unknown:
    def __repr__(self) -> str:
        return "(known after apply)"


UNKNOWN: Final = _Unknown()

NESTING = {"single": 1, "list": 2, "set": 3, "map": 4}


def decode(value: pb.DynamicValue) -> Any:
    """Return the Python value of a protocol value, or None for null."""
    if value.msgpack:
        return msgpack.unpackb(value.msgpack, ext_hook=lambda _code, _data: UNKNOWN, strict_map_key=False)
    return json.loads(value.json) if value.json else None


def encode(value: Any) -> pb.DynamicValue:
    """Return the protocol value of a Python value, the reverse of `decode`."""
    return pb.DynamicValue(msgpack=msgpack.packb(value, default=_pack_unknown))


def _pack_unknown(value: Any) -> Any:
    if value is UNKNOWN:
        return msgpack.ExtType(0, b"\0")
    raise TypeError(f"{type(value).__name__} cannot be sent")


def schema(block: Block) -> pb.Schema:
    """Return the protocol's message for a schema."""
    return pb.Schema(version=block.version, block=_block(block))


def _block(block: Block) -> pb.Schema.Block:
    return pb.Schema.Block(
        deprecated=block.deprecated,
        attributes=[_attribute(name, attribute) for name, attribute in block.attributes.items()],
        block_types=[
            pb.Schema.NestedBlock(
                type_name=name,
                block=_block(nested.block),
                nesting=NESTING[nested.nesting],
                min_items=nested.least,
                max_items=nested.most,
            )
            for name, nested in block.blocks.items()
        ],
    )


# The generated classes lack the field `write_only`, number 11 of Schema.Attribute. These bytes encode the field with
# the value `true` in protobuf.
WRITE_ONLY = bytes([11 << 3, 1])


def _attribute(name: str, attribute: Attribute) -> pb.Schema.Attribute:
    message = pb.Schema.Attribute(
        name=name,
        required=attribute.required,
        optional=attribute.optional,
        computed=attribute.computed,
        sensitive=attribute.sensitive,
        deprecated=attribute.deprecated,
    )
    if attribute.write_only:
        message.MergeFromString(WRITE_ONLY)
    if attribute.nested:
        members = [_attribute(member, nested) for member, nested in attribute.nested.attributes.items()]
        message.nested_type.CopyFrom(pb.Schema.Object(attributes=members, nesting=NESTING[attribute.nesting]))
    else:
        message.type = json.dumps(attribute.type).encode()
    return message


def diagnostic(
    summary: str, detail: str = "", path: tuple[str | int, ...] = (), *, warning: bool = False
) -> pb.Diagnostic:
    """Return an error or a warning. If `path` is set, the message is at this argument."""
    return pb.Diagnostic(
        severity=pb.Diagnostic.WARNING if warning else pb.Diagnostic.ERROR,
        summary=summary,
        detail=detail,
        attribute=attribute_path(path) if path else None,
    )


def attribute_path(path: tuple[str | int, ...]) -> pb.AttributePath:
    """Return the protocol's message for a path of attribute names and list indexes."""
    return pb.AttributePath(
        steps=[
            pb.AttributePath.Step(element_key_int=part)
            if isinstance(part, int)
            else pb.AttributePath.Step(attribute_name=part)
            for part in path
        ]
    )
