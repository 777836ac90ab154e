"""Send requests to Node without waiting for answers that Python does not use. jsii itself waits for each answer.

Python does not use the answers to loads, to methods without a result, and to creations: Node numbers its objects, so
the reference of a new object is predictable. Node answers requests in their order. This module therefore reads and
checks postponed answers before the next answer that Python uses, and raises their errors there. An error of a creation
therefore appears at a later line. Only main.py postpones creations; after an error, it builds the workspaces again
without batches (stacks/node.py). Reasons and figures: docs/decisions/0002-lazy-bindings.md.
"""

import contextlib
import functools
import json
from collections import deque
from collections.abc import Callable, Mapping
from typing import Any

from jsii._kernel.providers import process
from jsii._kernel.types import (
    CreateRequest,
    CreateResponse,
    InvokeRequest,
    InvokeResponse,
    LoadRequest,
    LoadResponse,
    ObjRef,
)
from jsii.errors import JSIIError

IN_FLIGHT = 8_192
"""The maximum number of bytes in requests with an unread answer. It is below the capacity of a pipe, 65,536 bytes
(pipe(7)). Python therefore never waits for Node to read requests while Node waits for Python to read answers."""

FIRST = 10_000
"""The number that Node gives to its first object (ObjectTable in jsii-kernel)."""

WITHOUT_RESULT = frozenset({"addDependency", "addOverride"})
"""Methods of cdktf that return nothing."""

encode = json.JSONEncoder(default=process.jdefault).encode


class Batches(process._NodeProcess):
    """A client of jsii's Node (jsii/_kernel/providers/process.py) that postpones reading answers."""

    creations = False
    """Whether the client also postpones the answers to creations and to methods without a result."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._unread: deque[tuple[int, Callable[[], None]]] = deque()
        self._in_flight = 0
        self._reads = False
        self._next = FIRST

    def stop(self) -> None:
        """End Node, unless it has already ended."""
        with contextlib.suppress(BrokenPipeError):
            super().stop()

    def handshake(self) -> None:
        """Postpone the check of Node's greeting."""
        self._postpone(1, super().handshake)

    def send(self, request: Any, response_type: Any) -> Any:
        """Send a request. Return Node's answer, or the predicted answer without waiting."""
        match request:
            case LoadRequest():
                self._write("load", request, None)
                return LoadResponse("", 0)  # the kernel ignores this value
            case CreateRequest(overrides=[]) if self.creations:
                reference = f"{request.fqn}@{self._next}"
                self._next += 1
                self._write("create", request, reference)
                return CreateResponse(reference)
            case InvokeRequest() if self.creations and request.method in WITHOUT_RESULT:
                self._write("invoke", request, None)
                return InvokeResponse()
            case InvokeRequest(method="synth"):
                # Raise postponed errors before Node writes files.
                requests: Any = self._process.stdin
                requests.flush()
                self._read(0)
        return super().send(request, response_type)

    def _write(self, api: str, request: Any, reference: str | None) -> None:
        fields = {name: getattr(request, name) for name in request.__slots__ if name != "__weakref__"}
        if "objref" in fields:
            fields["objref"] = process._unstructure_ref(request.objref)  # type: ignore[no-untyped-call]
        line = encode({**fields, "api": api}).encode() + b"\n"
        requests: Any = self._process.stdin
        if self._in_flight + len(line) > IN_FLIGHT:
            requests.flush()
            self._read(max(0, IN_FLIGHT // 2 - len(line)))
        requests.write(line)
        self._postpone(len(line), functools.partial(self._read_answer, reference))

    def _postpone(self, size: int, read: Callable[[], None]) -> None:
        self._unread.append((size, read))
        self._in_flight += size

    def _read(self, remaining: int) -> None:
        self._reads = True
        while self._in_flight > remaining:
            size, read = self._unread.popleft()
            self._in_flight -= size
            read()
        self._reads = False

    def _read_answer(self, reference: str | None) -> None:
        answer = self._next_message()
        if "ok" not in answer:
            raise JSIIError(answer.get("error"))
        if reference and answer["ok"].ref != reference:
            raise JSIIError(f"Node created {answer['ok'].ref} instead of {reference}")

    def _next_message(self) -> Mapping[Any, Any]:
        if not self._reads:
            self._read(0)
        answers: Any = self._process.stdout
        answer: Mapping[Any, Any] = json.loads(answers.readline(), object_hook=self._decode)
        return answer

    def _decode(self, fields: dict[str, Any]) -> Any:
        value = process.ohook(fields)  # type: ignore[no-untyped-call]
        if isinstance(value, ObjRef):
            self._next = max(self._next, int(value.ref.rpartition("@")[2]) + 1)
        return value


def postpone_creations() -> None:
    """Do not wait for Node when Python creates an object or calls a method without a result."""
    Batches.creations = True


def install() -> None:
    """Make jsii use this client at the next start of Node."""
    process._NodeProcess = Batches  # type: ignore[misc]
