"""Provider schemas, read from the bindings: what each resource and data source takes and gives.

Every class of the bindings comes with a source map that carries the TypeScript it was compiled from, and in that
stands, for every attribute, whether it is required, optional or computed. Nothing of jsii is started for it.

What the bindings do not say, no schema made here has: ForceNew, defaults, allowed values, conflicts and sensitivity
are in `tables/`.
"""

import base64
import importlib.util
import json
import pathlib
import re
import tarfile
from collections.abc import Iterable
from typing import Any

from hvn.rehearsal.schema import Attribute, Block, NestedBlock, Type

# These two are written with Terraform's newer framework: an object is an attribute with attributes of its own.
NESTED_ATTRIBUTES = {"hcp", "helm"}


class UnknownType(Exception):
    """The bindings have no such resource or data source."""


def extract(provider: str, types: Iterable[str]) -> dict[str, Block]:
    """Schemas of some types of a provider; data sources as `data.<type>`. Raises `UnknownType`."""
    wanted = {_folder(name): name for name in types}
    found = {}
    with tarfile.open(package(provider)) as archive:
        for member in archive:
            parts = pathlib.PurePosixPath(member.name).parts
            if len(parts) == 4 and parts[3] == "index.js" and parts[2] in wanted:
                opened = archive.extractfile(member)
                source = _typescript(opened.read().decode()) if opened else ""
                found[wanted[parts[2]]] = _Source(source, provider).main()
    missing = sorted(set(wanted.values()) - set(found))
    if missing:
        raise UnknownType(f"the bindings of {provider} have no {', '.join(missing)}")
    return found


def package(provider: str) -> pathlib.Path:
    """The archive with a provider's JavaScript, inside of its Python package. Raises `UnknownType`."""
    # The package itself is not imported: that would start jsii.
    spec = importlib.util.find_spec(f"cdktf_cdktf_provider_{provider}")
    if spec is None or spec.origin is None:
        raise UnknownType(f"the bindings of {provider} are not installed")
    return next((pathlib.Path(spec.origin).parent / "_jsii").glob("*.tgz"))


def _folder(name: str) -> str:
    """`data.azurerm_virtual_network` is in `data-azurerm-virtual-network`, `azurerm_subnet` in `subnet`."""
    if name == "provider":
        return name
    if name.startswith("data."):
        return "data-" + name.removeprefix("data.").replace("_", "-")
    return name.partition("_")[2].replace("_", "-")


def _typescript(javascript: str) -> str:
    encoded = javascript.rpartition("sourceMappingURL=data:application/json;base64,")[2].strip()
    return str(json.loads(base64.b64decode(encoded))["sourcesContent"][0])


_CLASS = re.compile(r"^export class (\w+) extends cdktf\.(\w+) \{\n(.*?)^\}", re.MULTILINE | re.DOTALL)
_INTERFACE = re.compile(r"^export interface (\w+)[^{]*\{\n(.*?)^\}", re.MULTILINE | re.DOTALL)
_MEMBER = re.compile(r"/\*\*(.*?)\*/\s*readonly (\w+)\??:", re.DOTALL)
_DECLARATION = re.compile(r"/\*\*(.*?)\*/\s*readonly (\w+)(\??): ([^;]+);", re.DOTALL)
_FLAGS = re.compile(
    r"// (\w+) - computed: (\w+), optional: (\w+), required: (\w+)\n(.*?)(?=\n  // \w+ - computed|\Z)", re.DOTALL
)
_NESTED = re.compile(r"= new (\w+)\(this, [\"'](\w+)[\"'](?:, (\w+))?\)")
_GETTER = re.compile(r"return (?:cdktf\.Fn\.(tolist)\()?(?:cdktf\.Token\.as\w+\()?this\.get(\w+)Attribute\(")
_HCL = re.compile(r"^    (\w+): \{\n      value: .*\n      isBlock: \w+,\n      type: \"(\w+)\",", re.MULTILINE)

_TYPES: dict[str, Type] = {
    "String": "string",
    "Number": "number",
    "Boolean": "bool",
    "List": ["list", "string"],
    "NumberList": ["list", "number"],
    "StringMap": ["map", "string"],
    "NumberMap": ["map", "number"],
    "BooleanMap": ["map", "bool"],
    "AnyMap": "dynamic",
}


class _Source:
    """The TypeScript of one type: a main class, and a class for every nested object."""

    def __init__(self, text: str, provider: str) -> None:
        self.provider = provider
        self.classes = {match[1]: (match[2], match[3]) for match in _CLASS.finditer(text)}
        self.interfaces = {match[1]: match[2] for match in _INTERFACE.finditer(text)}
        self.sets = {name for name, kind in _HCL.findall(text) if kind == "set"}

    def main(self) -> Block:
        """The schema of the resource, data source or provider itself."""
        for name, (base, body) in self.classes.items():
            if base in {"TerraformResource", "TerraformDataSource", "TerraformProvider"}:
                return self._block(body, self._block_names(f"{name}Config"), below_computed=False)
        raise UnknownType("a binding without a class of its own")

    def _block_names(self, interface: str) -> set[str]:
        """Members whose description says that they are blocks."""
        members = _MEMBER.findall(self.interfaces.get(interface, ""))
        return {name for text, name in members if re.search(r"\* \w+ block\n", text)}

    def _block(self, body: str, blocks: set[str], *, below_computed: bool) -> Block:
        made = Block()
        for name, computed, optional, required, rest in _FLAGS.findall(body):
            if name == "alias" and self.provider and "TerraformProvider" in body:
                continue
            flags: dict[str, Any] = {
                "required": required == "true" and not below_computed,
                "optional": optional == "true",
                "computed": computed == "true",
            }
            nested = _NESTED.search(rest)
            if nested is None and _camel(name) in blocks:
                made.blocks[name] = self._declared_block(rest, required=flags["required"])
            elif nested is None and (declared := self._declared_object(rest)):
                inner, nesting = declared
                made.attributes[name] = Attribute(None, **flags, nested=inner, nesting=nesting)
            elif nested is None:
                made.attributes[name] = Attribute(self._type(name, rest), **flags)
            elif _camel(name) in blocks:
                made.blocks[name] = self._nested_block(nested, required=flags["required"])
            else:
                made.attributes[name] = self._nested_attribute(nested, flags)
        return made

    def _type(self, name: str, rest: str) -> Type:
        result = re.search(r"= new cdktf\.(\w+)\(this,", rest)
        if result:
            return _TYPES[result[1]]
        getter = _GETTER.search(rest)
        if getter is None:
            # Providers give no results: only the declared type of what they take says what it is.
            declared = re.search(r"private _\w+\?: ([^;]+);", rest)
            return _declared(declared[1] if declared else "string", is_set=name in self.sets)
        found = _TYPES[getter[2]]
        if isinstance(found, list) and found[0] == "list" and (getter[1] or name in self.sets):
            return ["set", found[1]]
        return found

    def _declared_object(self, rest: str) -> tuple[Block, str] | None:
        """An attribute of a provider with attributes of its own, and whether there may be several."""
        declared = re.search(r"private _\w+\?: (\w+)(\[\])?", rest)
        if self.provider not in NESTED_ATTRIBUTES or not declared or declared[1] not in self.interfaces:
            return None
        block = Block()
        for _, name, mark, kind in _DECLARATION.findall(self.interfaces[declared[1]]):
            inner = self._declared_object(f"private _x?: {kind}")
            needed = not mark
            block.attributes[_snake(name)] = (
                Attribute(None, needed, not needed, computed=False, nested=inner[0], nesting=inner[1])
                if inner
                else Attribute(_declared(kind, is_set=False), needed, not needed, computed=False)
            )
        return block, "list" if declared[2] else "single"

    def _declared_block(self, rest: str, *, required: bool) -> NestedBlock:
        """A block of a provider: it has no class, only the interface that its member is declared with."""
        declared = re.search(r"private _\w+\?: (\w+)(\[\])?", rest)
        interface, several = (declared[1], bool(declared[2])) if declared else ("", True)
        block = Block()
        for text, name, mark, kind in _DECLARATION.findall(self.interfaces.get(interface, "")):
            if re.search(r"\* \w+ block\n", text):
                inner = f"private _x?: {kind}"
                block.blocks[_snake(name)] = self._declared_block(inner, required=not mark)
            else:
                block.attributes[_snake(name)] = Attribute(_declared(kind, is_set=False), not mark, bool(mark), False)
        return NestedBlock(block, "list", int(required), 0 if several else 1)

    def _inner(self, reference: str) -> tuple[str, bool]:
        """The class with the object's members, and whether there may be several of it."""
        base = self.classes[reference][0]
        several = base in {"ComplexList", "ComplexMap"}
        return (re.sub(r"(List|Map)$", "OutputReference", reference) if several else reference), several

    def _nested_block(self, nested: re.Match[str], *, required: bool) -> NestedBlock:
        inner, several = self._inner(nested[1])
        body = self.classes[inner][1]
        block = self._block(body, self._block_names(inner.removesuffix("OutputReference")), below_computed=False)
        if nested[2] == "timeouts":
            return NestedBlock(block, "single", 0, 0)
        is_set = nested[3] == "true"
        return NestedBlock(block, "set" if is_set else "list", int(required), 0 if several else 1)

    def _nested_attribute(self, nested: re.Match[str], flags: dict[str, Any]) -> Attribute:
        inner, several = self._inner(nested[1])
        only_computed = flags["computed"] and not flags["optional"]
        body = self.classes[inner][1]
        block = self._block(
            body, self._block_names(inner.removesuffix("OutputReference")), below_computed=only_computed
        )
        nesting = "single"
        if several:
            is_map = self.classes[nested[1]][0] == "ComplexMap"
            nesting = "map" if is_map else "set" if nested[3] == "true" else "list"
        if self.provider in NESTED_ATTRIBUTES:
            return Attribute(None, **flags, nested=block, nesting=nesting)
        kind = _object(block)
        return Attribute(kind if nesting == "single" else [nesting, kind], **flags)


def _object(block: Block) -> Type:
    members = {name: attribute.type for name, attribute in block.attributes.items()}
    for name, inner in block.blocks.items():
        members[name] = [inner.nesting, _object(inner.block)]
    return ["object", members]


def _declared(text: str, *, is_set: bool) -> Type:
    text = text.replace(" | cdktf.IResolvable", "").strip()
    plain = {"string": "string", "number": "number", "boolean": "bool"}
    if text.endswith("[]"):
        return ["set" if is_set else "list", plain.get(text.removesuffix("[]"), "string")]
    if text.startswith("{ [key: string]:"):
        return ["map", "string"]
    return plain.get(text, "string")


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(part.capitalize() for part in rest)


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])([A-Z])", r"_\1", name).lower()
