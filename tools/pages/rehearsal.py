"""docs/reference/rehearsal.md: each behaviour of the rehearsal's clouds and each fault, in the words of the code."""

import importlib
import pkgutil
from collections.abc import Iterator

from hvn.kinds.registry import kinds
from hvn.rehearsal import behaviours
from hvn.rehearsal.faults import FAULTS
from pages.markdown import page

PROVES = """\
What `bin/hvn rehearse` knows of the clouds, and what it can let go wrong. How to use it, and what it proves:
[rehearse a deployment](../how-to/rehearse.md).
"""


def made() -> str:
    """The page."""
    return page("The rehearsal's clouds", "hvn/rehearsal", *_parts())


def _parts() -> Iterator[str]:
    yield PROVES
    yield "## How the clouds behave"
    for module in sorted(pkgutil.iter_modules(behaviours.__path__), key=lambda each: each.name):
        loaded = importlib.import_module(f"{behaviours.__name__}.{module.name}")
        summary, *rest = str(loaded.__doc__).strip().split("\n\n")
        yield f"### `{module.name}`"
        yield from (" ".join(part.split()) for part in (summary, *rest))
    yield "## What can go wrong on request"
    for name, fault in FAULTS.items():
        yield f"### `--fault {name}`"
        yield f"What happens: {fault.happens}."
        yield f"What to do: {fault.to_do}."
        titles = ", ".join(f"`{kind.title}`" for kind in kinds() if name in kind.faults)
        yield f"It strikes the first of {titles} that is rehearsed."
