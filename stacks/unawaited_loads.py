"""Let Python import modules while Node starts and loads assemblies. jsii itself would wait for answers that Python
ignores.

Node answers requests in their order. This module therefore reads postponed answers before the next answer that Python
uses, and raises the errors of postponed answers there. Reasons and figures: docs/decisions/0002-lazy-bindings.md.
"""

from collections.abc import Callable, Mapping
from typing import Any

from jsii._kernel.providers import process
from jsii._kernel.types import LoadRequest
from jsii.errors import JSIIError

UNREAD = {"ok": {"assembly": "", "types": 0}}
"""The placeholder for the answer to a load. The kernel passes the answer to JSIIAssembly.load, which ignores it."""


class Unawaited(process._NodeProcess):
    """A client of jsii's Node (jsii/_kernel/providers/process.py) that postpones reading the answers to loads."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._awaits = True
        self._unread: list[Callable[[], None]] = []

    def handshake(self) -> None:
        """Postpone the check of Node's greeting."""
        self._unread.append(super().handshake)

    def send(self, request: Any, response_type: Any) -> Any:
        """Send a request, and return the answer; for a load, return the placeholder without waiting."""
        self._awaits = not isinstance(request, LoadRequest)
        try:
            return super().send(request, response_type)
        finally:
            self._awaits = True

    def _next_message(self) -> Mapping[Any, Any]:
        if not self._awaits:
            self._unread.append(self._loaded)
            return UNREAD
        unread, self._unread = self._unread, []
        for read in unread:
            read()
        answer: Mapping[Any, Any] = super()._next_message()
        return answer

    def _loaded(self) -> None:
        answer = self._next_message()
        if "ok" not in answer:
            raise JSIIError(answer.get("error"))


def install() -> None:
    """Make jsii use this client at the next start of Node."""
    process._NodeProcess = Unawaited  # type: ignore[misc]
