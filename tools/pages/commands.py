"""docs/reference/commands.md: the help of every command, the JSON output, exit codes, environment."""

import inspect
import re
from collections.abc import Iterator
from copy import copy

import click

from hvn import cdktf
from hvn.cli import cli
from pages.json_keys import (
    addresses,
    affected,
    finding,
    login_explain,
    reach,
    rehearse,
    review,
    rule,
    spoke_add,
    workspaces,
)
from pages.markdown import code, page

# The modules that describe the JSON of each command, in the order of the page.
JSON = (
    finding.part,
    rule.part,
    workspaces.part,
    addresses.part,
    spoke_add.part,
    reach.part,
    login_explain.part,
    rehearse.part,
    affected.part,
    review.part,
)

CDKTF_NOTES = """
Quote patterns: `bin/cdktf diff 'aks-*'`. The name of an unknown or blocked workspace stops the command. A pattern skips
blocked workspaces, with a message. `destroy` refuses to destroy a workspace before its dependent workspaces, including
blocked workspaces: name these in the same command. If the dependent workspaces are already destroyed, pass
`--ignore-missing-stack-dependencies`. All selections of workspaces use the same states. The output of a topology file
other than `config/topology.yaml` is in `cdktf.out@<its name>`.
"""

ENVIRONMENT = {
    "HVN_TOPOLOGY": "the topology file of `bin/hvn`, `bin/cdktf` and `main.py` (default: `config/topology.yaml`)",
    "HVN_STACKS": (
        "workspaces and patterns to build with direct calls of cdktf-cli, separated by spaces or commas; `bin/cdktf` "
        "overrides this variable"
    ),
    "HVN_ENGINE": (
        "`cdktf`, `cdktn` or `cdktn-azurerm-5` (default: the word in `config/engine`, or `cdktf`; "
        "[move to cdktn](../how-to/move-to-cdktn.md))"
    ),
    "HTTPS_PROXY, NO_PROXY, REQUESTS_CA_BUNDLE": (
        "the proxy and the private CA with which `hvn keys` connects to the clusters' issuers"
    ),
    "HVN_PLAIN_BINDINGS": (
        "any value: load the complete provider bindings ([why](../decisions/0002-lazy-bindings.md))"
    ),
}


def made() -> str:
    """Return the Markdown of docs/reference/commands.md."""
    intro = (
        "`bin/hvn` and `bin/cdktf` run from any folder, in the project's virtualenv. `--help` also shows examples. "
        "Every command\nthat reads the topology file has `--topology FILE`. `--base REF` is the branch, tag or commit "
        "to compare\nwith, and `--number N` the pull request (default: SYSTEM_PULLREQUEST_PULLREQUESTID). Commands "
        "with [JSON](#json) have `--format`:\n\n"
        "- `text` for people (`markdown` in `review`), `json` for scripts\n"
        "- `sarif` for code scanning, `junit` for test reports: `check`, `keys check`, `review`\n"
        "- `github` for annotations of a pull request: `check`, `keys check`\n"
        "- `matrix` for parallel jobs: `affected`"
    )
    parts = [f"## `{usage}`\n\n```text\n{text}\n```" for usage, text in _helps(cli, "hvn", {})]
    shell = f"## `cdktf`\n\n```text\n{inspect.cleandoc(cdktf.__doc__ or '')}\n```\n\n{CDKTF_NOTES.strip()}"
    return page("Commands", "the commands themselves", intro, *parts, shell, _json(), _environment())


def _helps(
    command: click.Command, name: str, listed: dict[str, str], parent: click.Context | None = None
) -> Iterator[tuple[str, str]]:
    """Yield the usage and the help of each command below `command`, and of `command` itself unless it is a subgroup.
    `listed` maps the text of the options to the first command with this text.
    """
    settings = {"terminal_width": 100, "max_content_width": 100, **command.context_settings}
    context = click.Context(command, info_name=name, parent=parent, **settings)
    if parent is None or not isinstance(command, click.Group):
        text, separator, options = _help(command, context).partition("\n\nOptions:\n")
        same = listed.setdefault(options, context.command_path)
        shown = options if same == context.command_path else f"  As '{same}'."
        usage, _, description = text.partition("\n\n")
        yield " ".join(usage.split()), f"{description}{separator}{shown if options else ''}"
    if isinstance(command, click.Group):
        for inner in command.list_commands(context):
            subcommand = command.get_command(context, inner)
            if subcommand:
                yield from _helps(subcommand, inner, listed, context)


def _help(command: click.Command, context: click.Context) -> str:
    """Return the help of a command without examples, common options and the list of subcommands."""
    shown = copy(command)
    shown.add_help_option = False
    shown.params = [parameter for parameter in command.params if not _is_in_intro(parameter)]
    text = shown.get_help(context).partition("\n\nCommands:")[0]
    text = re.sub(r"^Usage: (.*) \[OPTIONS\]", r"\1", text)
    return re.sub(r"\n\n  Examples?:\n(    .*\n?|\n(?=    ))*", "\n", text).rstrip()


def _is_in_intro(parameter: click.Parameter) -> bool:
    text = getattr(parameter, "help", None) or ""
    is_base = "--base" in parameter.opts and text.startswith("The branch, tag or commit to compare with")
    return is_base or bool({"--format", "--topology", "--number"} & {*parameter.opts})


def _json() -> str:
    intro = "The keys of the JSON are stable: scripts can depend on them."
    return "\n\n".join(["## JSON", intro, *(paragraph for part in JSON for paragraph in part())])


def _environment() -> str:
    lines = "\n".join(f"- {', '.join(map(code, name.split(', ')))}: {meaning}" for name, meaning in ENVIRONMENT.items())
    return f"## Environment\n\n{lines}"
