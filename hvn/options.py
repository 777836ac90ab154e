"""Shared parts of the commands: the topology option, the output formats, and the handling of an invalid file."""

import os
import pathlib
import sys
from collections.abc import Callable, Sequence
from typing import Any, NoReturn

import click

from hvn.check import load
from hvn.diagnostics.finding import Finding
from hvn.diagnostics.text import render
from hvn.yamlfile import source

PROJECT = pathlib.Path(__file__).resolve().parent.parent
CONFIG = PROJECT / "config"
OUT = "cdktf.out"


class Group(click.Group):
    """A group of commands. Its help shows each command's summary in full, however narrow the terminal is."""

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the commands and their summaries."""
        rows = []
        for name in self.list_commands(ctx):
            command = self.get_command(ctx, name)
            if command:
                rows.append((name, command.get_short_help_str(limit=1000)))
        with formatter.section("Commands"):
            formatter.write_dl(rows)


topology_option = click.option(
    "--topology",
    "file",
    type=click.Path(path_type=pathlib.Path, readable=False),
    envvar="HVN_TOPOLOGY",
    metavar="FILE",
    help="The topology file.  [env: HVN_TOPOLOGY]  [default: config/topology.yaml]",
)


def format_choice(*forms: str, help: str) -> Callable[[Any], Any]:  # noqa: A002 - click's own name
    """Return the option `--format` with these formats; the first is the default."""
    return click.option("--format", "form", type=click.Choice(forms), default=forms[0], show_default=True, help=help)


format_option = format_choice("text", "json", help="Output format: text for people, json for scripts.")

findings_format_option = format_choice(
    "text",
    "json",
    "github",
    "sarif",
    help="Output format: text for people, json for scripts, github for annotations of a pull request, sarif for code "
    "scanning and editors.",
)


def as_data(findings: Sequence[Finding], form: str) -> str:
    """Return findings in a format for programs: `json`, `github` or `sarif`."""
    if form == "github":
        from hvn.diagnostics.to_github import to_github

        return to_github(findings)
    if form == "sarif":
        from hvn.diagnostics.to_sarif import to_sarif

        return to_sarif(findings, repository())
    from hvn.diagnostics.to_json import to_json

    return to_json(findings)


def repository() -> pathlib.Path:
    """Return the root of the git repository around the current folder; the current folder itself if there is none."""
    here = current_folder()
    return next((folder for folder in (here, *here.parents) if (folder / ".git").exists()), here)


def read(file: pathlib.Path | None, keys: pathlib.Path | None = None) -> load.Loaded:
    """Read and check the file, with the keys beside it or in another folder. Exits with 2 if it cannot be read."""
    path = file or default_topology()
    try:
        return load.load(path, keys)
    except source.Unreadable as error:
        stop(str(error))


def require(file: pathlib.Path | None, keys: pathlib.Path | None = None) -> load.Checked:
    """Return the topology. Prints its findings and exits with 1 if it has errors."""
    return require_loaded(file, keys)[1]


def require_loaded(file: pathlib.Path | None, keys: pathlib.Path | None = None) -> tuple[load.Loaded, load.Checked]:
    """Return the topology and the file as it was read, which has the line numbers. Exits as `require` does."""
    loaded = read(file, keys)
    if loaded.checked is None:
        tell(loaded, err=True)
        sys.exit(1)
    return loaded, loaded.checked


def tell(loaded: load.Loaded, *, err: bool = False) -> None:
    """Print the findings as text: on a terminal in colour, with the affected lines of the file."""
    stream = sys.stderr if err else sys.stdout
    if stream.isatty():
        from hvn import terminal  # rich takes as long to import as all other modules together

        click.echo(terminal.render(loaded.findings, loaded.source, stream), nl=False, err=err, color=True)
    else:
        click.echo(render(loaded.findings), err=err)


def stop(message: str) -> NoReturn:
    """Print one line on standard error and exit with 2: the command could not run."""
    click.echo(message, err=True)
    sys.exit(2)


def current_folder() -> pathlib.Path:
    """Return the current folder. Exits with 2 if it was deleted."""
    try:
        return pathlib.Path.cwd()
    except FileNotFoundError:
        stop("the current folder no longer exists: change to another folder")


def default_topology() -> pathlib.Path:
    """Return the project's own file, relative to the current folder if the file is below that folder."""
    file, here = CONFIG / "topology.yaml", current_folder()
    return file.relative_to(here) if file.is_relative_to(here) else file


def output_folder(file: pathlib.Path | None, name: str) -> str:
    """Return the name of a topology's output folder in the project: `cdktf.out`, or `cdktf.out@NAME` for another file.

    Terraform records in this folder (`.terraform`) which state it uses. In a shared folder it would offer to migrate
    the state of the first topology to the second, and so give one network the state of the other.
    """
    own = file is None or file.resolve() == (CONFIG / "topology.yaml").resolve()
    return OUT if own else f"{OUT}@{name}"


def require_writable(folder: pathlib.Path) -> None:
    """Exit with 2 unless the folder can be written to, or created if it does not exist."""
    near = folder if folder.exists() else folder.parent
    if not near.is_dir() or not os.access(near, os.W_OK | os.X_OK):
        reason = f"no permission to write to {near}" if near.is_dir() else "a file has the name of the folder"
        stop(f"{folder} cannot be written: {reason}")
