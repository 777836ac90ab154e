"""Read the JSON of the Azure CLI, and report each part that `hvn init` does not understand."""

import json
import pathlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pydantic import TypeAdapter
from pydantic import ValidationError as Invalid

from hvn import strict_json
from hvn.commands.init.azure_resources import (
    KINDS,
    Account,
    Cluster,
    Firewall,
    Gateway,
    LocalGateway,
    Resource,
    RouteTable,
    Vnet,
    Zone,
    ZoneLink,
)
from hvn.diagnostics.message import plain_text
from hvn.diagnostics.printable import printable
from hvn.diagnostics.suggest import closest
from hvn.files import read_or_stdin
from hvn.options import STDIN
from hvn.topology.fields import REFUSED, Uuid

QUERY = "az graph query -q @examples/azure.kql --first 1000 -o json"
"""The command that prints all resources that `init` reads, of all subscriptions."""

_UNCHANGED = f"save the whole output of an az command with -o json: {QUERY}"
LARGEST = 64 * 1024 * 1024
"""The maximum size of a file: 1000 resources have about 5 MB."""
_MOST = 20
"""The maximum number of problems to print."""


class Unreadable(Exception):
    """Raised for a file that is not the JSON of the Azure CLI. The message has two lines for each problem."""


@dataclass
class Azure:
    """The resources of all files. `notes` has a line for each type of resource that `read` skips."""

    vnets: dict[str, Vnet] = field(default_factory=dict)
    """By the id in lower case: several files may contain a VNet."""
    firewalls: dict[str, Firewall] = field(default_factory=dict)
    tables: dict[str, RouteTable] = field(default_factory=dict)
    gateways: dict[str, Gateway] = field(default_factory=dict)
    local_gateways: dict[str, LocalGateway] = field(default_factory=dict)
    zones: dict[str, Zone] = field(default_factory=dict)
    links: dict[str, ZoneLink] = field(default_factory=dict)
    clusters: dict[str, Cluster] = field(default_factory=dict)
    accounts: dict[str, Account] = field(default_factory=dict)
    tenants: set[str] = field(default_factory=set)
    notes: list[str] = field(default_factory=list)

    def add(self, resource: Resource, identity: str) -> None:
        """Add a resource to the resources of its type."""
        places: Mapping[type[Resource], dict[str, Any]] = {
            Vnet: self.vnets,
            Firewall: self.firewalls,
            RouteTable: self.tables,
            Gateway: self.gateways,
            LocalGateway: self.local_gateways,
            Zone: self.zones,
            ZoneLink: self.links,
            Cluster: self.clusters,
            Account: self.accounts,
        }
        places[type(resource)][identity.lower()] = resource


def read(files: Sequence[pathlib.Path]) -> Azure:
    """Return the resources of the files; `-` is standard input. Raises `Unreadable` with all problems of all files, and
    `OSError` for a file that cannot be opened."""
    azure, problems, others = Azure(), list[str](), Counter[str]()
    rows, total = 0, 0
    for file in files:
        name = "<stdin>" if file == STDIN else printable(str(file), 200)
        try:
            document = _document(read_or_stdin(str(file), LARGEST + 1))
            items = list(_items(document))
        except Unreadable as error:
            problems.append(f"{name}: error: {error}")
            continue
        except ValueError:  # the name has a NUL
            problems.append(f"{name}: error: the name is invalid\n  fix: name a file")
            continue
        if isinstance(document, dict) and isinstance(document.get("total_records"), int):
            rows, total = rows + len(items), max(total, document["total_records"])
        for place, item in items:
            problems += [f"{name}: error: {place}{problem}" for problem in _add(azure, item, others)]
    if rows < total:
        problems.append(
            f"the files contain {rows} of {total} records\n  fix: repeat the az command with --skip-token and the "
            "skip_token of the last file, and pass this file also"
        )
    if not problems and not azure.vnets and not azure.accounts:
        problems.append(f"the files contain no VNet\n  fix: {_UNCHANGED}")
    if problems:
        more = [f"{len(problems) - _MOST} more problems"] if len(problems) > _MOST else []
        raise Unreadable("\n".join([*problems[:_MOST], *more]))
    for type_, count in sorted(others.items()):
        near = closest(type_, KINDS, least=0.8)
        hint = f"; did you mean {near}?" if near else ""
        azure.notes.append(f"not read: {count} of type {printable(type_)}{hint}")
    return azure


def _document(data: bytes) -> Any:
    if len(data) > LARGEST:
        raise Unreadable(f"the file is larger than {LARGEST // 1024**2} MiB\n  fix: {_UNCHANGED}")
    if not data.strip():
        raise Unreadable("the file is empty: the az command failed\n  fix: run 'az login', and repeat the command")
    try:
        # PowerShell's > writes UTF-16.
        return strict_json.loads(data.decode(json.detect_encoding(data)).lstrip("\ufeff"))
    except (ValueError, RecursionError) as error:
        known = isinstance(error, strict_json.Ambiguous | json.JSONDecodeError)
        reason = f" ({printable(str(error))})" if known else ""
        raise Unreadable(f"the file is not JSON{reason}\n  fix: {_UNCHANGED}") from None


def _items(document: Any) -> Iterator[tuple[str, Any]]:
    """Yield the resources of a document with their places. Raises `Unreadable` if the document is not a list of
    resources."""
    if isinstance(document, dict) and not isinstance(document.get("type"), str) and "tenantId" not in document:
        key = next((key for key in ("data", "value") if key in document), None)
        if key is None or not isinstance(document[key], list):
            near = next((closest(name, ("data",)) for name in document if closest(name, ("data",))), "")
            hint = f"; did you mean {near}?" if near and key is None else ""
            keys = ", ".join(printable(name, 40) for name in [*document][:8]) or "no keys"
            raise Unreadable(f"the file has no list of resources, but: {keys}{hint}\n  fix: {_UNCHANGED}")
        yield from ((f"{key}[{index}]", item) for index, item in enumerate(document[key]))
    elif isinstance(document, list):
        yield from ((f"[{index}]", item) for index, item in enumerate(document))
    elif isinstance(document, dict):
        yield "", document
    else:
        raise Unreadable(f"the file has no list of resources\n  fix: {_UNCHANGED}")


def _add(azure: Azure, item: Any, others: Counter[str]) -> Iterator[str]:
    """Add a resource. Yield the problems of the resource instead, and count resources of other types."""
    if not isinstance(item, dict):
        yield f": {printable(json.dumps(item))} is not a resource\n  fix: {_UNCHANGED}"
        return
    type_ = item.get("type")
    if type_ is None and "tenantId" in item:  # of `az account show` and `az account list`
        if item.get("isDefault") is False:
            return
        model: type[Resource] = Account
    elif not isinstance(type_, str):
        near = closest("type", [key for key in item if isinstance(key, str)], least=0.7) if item else ""
        hint = f", but {printable(near)}" if near else ""
        yield f": the resource has no type{hint}\n  fix: {_UNCHANGED}, without --query"
        return
    elif type_.lower() not in KINDS:
        others[type_] += 1
        return
    else:
        model = KINDS[type_.lower()]
    try:
        resource = model.model_validate(item)
    except Invalid as error:
        for one in error.errors(include_url=False)[:3]:
            yield _problem(item, one)
        return
    azure.add(resource, str(item.get("id")))
    tenant = item.get("tenantId")
    if isinstance(tenant, str):
        try:
            azure.tenants.add(TypeAdapter(Uuid).validate_python(tenant))
        except Invalid:
            yield f".tenantId: {printable(tenant)} is not a UUID\n  fix: {_UNCHANGED}"


def _problem(item: Mapping[str, Any], error: Any) -> str:
    """Return the problem of a resource, with its place, and a fix that names a similar key."""
    place = "".join(f"[{part}]" if isinstance(part, int) else f".{printable(part, 60)}" for part in error["loc"])
    context = error.get("ctx", {})
    if error["type"] == REFUSED:
        return f"{place}: {plain_text(context['message'])}\n  fix: {plain_text(context['fix'])}"
    if error["type"] != "missing":
        return f"{place}: {printable(repr(error['input']))}: {error['msg']}\n  fix: {_UNCHANGED}"
    keys = error["input"] if isinstance(error["input"], dict) else item
    near = closest(str(error["loc"][-1]), map(str, keys))
    fix = f"did you mean {printable(near)}? Write {error['loc'][-1]}" if near else _UNCHANGED
    return f"{place} is missing\n  fix: {fix}"
