"""docs/reference/rehearsal.md: the behaviours of the fake providers and the faults, from the code."""

import importlib
import pkgutil
from collections.abc import Iterator

from hvn.kinds.registry import kinds
from hvn.rehearsal import behaviours, schemas
from hvn.rehearsal.faults import FAULTS
from hvn.rehearsal.schema import PROVIDERS
from pages.markdown import page

PROVES = """\
This page lists the behaviour of the fake providers of [`bin/hvn rehearse`](../how-to/rehearse.md).

{versions}
"""


def made() -> str:
    """Return the Markdown of docs/reference/rehearsal.md."""
    return page("The rehearsal's clouds", "hvn/rehearsal", *_parts())


def _versions() -> str:
    versions = ", ".join(f"{provider} {schemas.version(provider)}" for provider in PROVIDERS)
    return f"""The fake providers have the schemas of the real providers: {versions}. `hvn/rehearsal/tables/`
    adds replacement, defaults, allowed values, conflicts and ids."""


def _behaviours() -> Iterator[str]:
    """Yield a list item for each behaviour: the summary of its module."""
    for module in sorted(pkgutil.iter_modules(behaviours.__path__), key=lambda info: info.name):
        loaded = importlib.import_module(f"{behaviours.__name__}.{module.name}")
        summary = " ".join(str(loaded.__doc__).strip().split("\n\n")[0].split()).partition(". ")[0].rstrip(".")
        yield f"`{module.name}`: {summary}."


def _parts() -> Iterator[str]:
    yield PROVES.format(versions=" ".join(_versions().split()))
    yield "## How the clouds behave"
    yield "`hvn/rehearsal/behaviours/` contains details and sources."
    yield "\n\n".join(_behaviours())
    yield "## Faults on request"
    yield "Each fault affects the first rehearsed workspace of the named kinds."
    yield "\n\n".join(_faults())


def _faults() -> Iterator[str]:
    """Yield a list item for each fault: the kinds that it can affect, its effect, and the fix."""
    for name, fault in FAULTS.items():
        titles = ", ".join(f"`{kind.title}`" for kind in kinds() if name in kind.faults)
        yield f"`{name}` ({titles}): {fault.happens}. Fix: {fault.to_do}."
