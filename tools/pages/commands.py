"""docs/reference/commands.md: the help of every command, what they print as JSON, exit codes, environment."""

import inspect
from collections.abc import Iterator

import click

from hvn import cdktf
from hvn.cli import cli
from pages.json_keys import (
    addresses,
    affected,
    check,
    doctor,
    login_explain,
    reach,
    rehearse,
    review,
    spoke_add,
    workspaces,
)
from pages.markdown import code, page, table

# What each command prints as JSON, in the order of the page.
JSON = (
    check.part,
    workspaces.part,
    addresses.part,
    spoke_add.part,
    reach.part,
    login_explain.part,
    rehearse.part,
    doctor.part,
    affected.part,
    review.part,
)

EXIT_CODES = """
## Exit codes

| code | meaning |
|---|---|
| 0 | fine, warnings included |
| 1 | an error was found, or a difference that the command was asked to look for |
| 2 | it could not run: bad usage, a file that cannot be read, a name that nothing has |

`bin/cdktf` exits with cdktf-cli's own code once that has started.
"""

CDKTF_NOTES = """
Names may be patterns in quotes: `bin/cdktf diff 'aks-*'`. A name that nothing has stops the command; a workspace that
is held back is told with the reason. `destroy` refuses to take away what something else is built on, unless that is
named with it or `--ignore-missing-stack-dependencies` says that it is gone already; what is held back may have been
deployed once, so it counts as well. A selection is written to a folder of its own beside `cdktf.out`, and its state is
the same as in a full run. Another topology than config/topology.yaml is written to `cdktf.out@<its name>`.
"""

ENVIRONMENT = {
    "HVN_TOPOLOGY": "the topology file, for `bin/hvn`, `bin/cdktf` and `main.py`; `config/topology.yaml` unless set",
    "HVN_STACKS": (
        "workspaces and patterns to build, split at spaces and commas, for those who start cdktf-cli themselves; names "
        "on the command line of `bin/cdktf` go before it"
    ),
    "HTTPS_PROXY, NO_PROXY, REQUESTS_CA_BUNDLE": (
        "the way to the clusters' issuers and the CA to trust there, for `hvn keys`, as Python's requests reads them"
    ),
    "HVN_PLAIN_BINDINGS": (
        "set to anything: load the provider bindings whole, for measuring ([why](../decisions/0002-lazy-bindings.md))"
    ),
}


def made() -> str:
    """The page."""
    intro = (
        "`bin/hvn` reads the topology file and says what it means; none of its commands needs a credential or loads "
        "cdktf.\n`bin/cdktf` is cdktf-cli, which builds only the workspaces that are named. Both run from any folder, "
        "in the project's\nown virtualenv."
    )
    parts = [f"## `{name}`\n\n```text\n{text}\n```" for name, text in _helps(cli, "hvn")]
    shell = f"## `cdktf`\n\n```text\n{inspect.cleandoc(cdktf.__doc__ or '')}\n```\n\n{CDKTF_NOTES.strip()}"
    return page("Commands", "the commands themselves", intro, EXIT_CODES, *parts, shell, _json(), _environment())


def _helps(command: click.Command, name: str, parent: click.Context | None = None) -> Iterator[tuple[str, str]]:
    """The help of a command and of everything below it."""
    settings = {"terminal_width": 100, "max_content_width": 100, **command.context_settings}
    context = click.Context(command, info_name=name, parent=parent, **settings)
    yield context.command_path, command.get_help(context)
    if isinstance(command, click.Group):
        for inner in command.list_commands(context):
            found = command.get_command(context, inner)
            if found:
                yield from _helps(found, inner, context)


def _json() -> str:
    return "\n\n".join(["## JSON", *(paragraph for part in JSON for paragraph in part())])


def _environment() -> str:
    rows = [(", ".join(map(code, name.split(", "))), meaning) for name, meaning in ENVIRONMENT.items()]
    credentials = "Credentials are the providers' own variables: see [first day](../how-to/first-day.md)."
    return f"## Environment\n\n{table(('variable', 'meaning'), rows)}\n\n{credentials}"
