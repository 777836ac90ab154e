"""Between Terraform's plugin protocol and plain Python values.

Values travel as MessagePack; what is not known yet is an extension type (docs: terraform/docs/plugin-protocol,
object-wire-format). Here it is `UNKNOWN`. A value of dynamic type travels as its type and the value.
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
    """A plain value; None for null."""
    if value.msgpack:
        return msgpack.unpackb(value.msgpack, ext_hook=lambda _code, _data: UNKNOWN, strict_map_key=False)
    return json.loads(value.json) if value.json else None


def encode(value: Any) -> pb.DynamicValue:
    """The reverse of `decode`."""
    return pb.DynamicValue(msgpack=msgpack.packb(value, default=_pack_unknown))


def _pack_unknown(value: Any) -> Any:
    if value is UNKNOWN:
        return msgpack.ExtType(0, b"\0")
    raise TypeError(f"{type(value).__name__} cannot travel")


def schema(block: Block, sensitive: frozenset[str] = frozenset(), version: int = 0) -> pb.Schema:
    """A schema as Terraform asks for it; `sensitive` are paths of arguments."""
    return pb.Schema(version=version, block=_block(block, "", sensitive))


def _block(block: Block, prefix: str, sensitive: frozenset[str]) -> pb.Schema.Block:
    return pb.Schema.Block(
        attributes=[_attribute(name, attribute, prefix, sensitive) for name, attribute in block.attributes.items()],
        block_types=[
            pb.Schema.NestedBlock(
                type_name=name,
                block=_block(nested.block, f"{prefix}{name}.", sensitive),
                nesting=NESTING[nested.nesting],
                min_items=nested.least,
                max_items=nested.most,
            )
            for name, nested in block.blocks.items()
        ],
    )


def _attribute(name: str, attribute: Attribute, prefix: str, sensitive: frozenset[str]) -> pb.Schema.Attribute:
    made = pb.Schema.Attribute(
        name=name,
        required=attribute.required,
        optional=attribute.optional,
        computed=attribute.computed,
        sensitive=f"{prefix}{name}" in sensitive,
    )
    if attribute.nested:
        inner = [
            _attribute(each, nested, f"{prefix}{name}.", sensitive)
            for each, nested in attribute.nested.attributes.items()
        ]
        made.nested_type.CopyFrom(pb.Schema.Object(attributes=inner, nesting=NESTING[attribute.nesting]))
    else:
        made.type = json.dumps(attribute.type).encode()
    return made


def diagnostic(
    summary: str, detail: str = "", path: tuple[str | int, ...] = (), *, warning: bool = False
) -> pb.Diagnostic:
    """An error or a warning, at an argument if `path` names one."""
    return pb.Diagnostic(
        severity=pb.Diagnostic.WARNING if warning else pb.Diagnostic.ERROR,
        summary=summary,
        detail=detail,
        attribute=attribute_path(path) if path else None,
    )


def attribute_path(path: tuple[str | int, ...]) -> pb.AttributePath:
    """A path into a value: names of attributes, numbers of list items."""
    return pb.AttributePath(
        steps=[
            pb.AttributePath.Step(element_key_int=part)
            if isinstance(part, int)
            else pb.AttributePath.Step(attribute_name=part)
            for part in path
        ]
    )
