"""Define the common parts of the commands: the option `--topology`, the output formats, and the exit for an invalid
file."""

import functools
import os
import pathlib
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, NoReturn

import click
from click.core import ParameterSource

from hvn.check import load
from hvn.diagnostics.finding import Finding
from hvn.diagnostics.printable import printable
from hvn.diagnostics.suggest import closest
from hvn.diagnostics.text import render
from hvn.printed import here, is_default
from hvn.yamlfile import source

PROJECT = pathlib.Path(__file__).resolve().parent.parent
CONFIG = PROJECT / "config"
OUT = "cdktf.out"


class Choice(click.Choice[str]):
    """A click choice that suggests the most similar value if the value is invalid."""

    def get_invalid_choice_message(self, value: str, ctx: click.Context | None) -> str:
        """Return the error message for an invalid value, with the most similar valid value."""
        near = closest(str(value), self.choices)
        question = f" Did you mean {near!r}?" if near else ""
        return f"{super().get_invalid_choice_message(printable(str(value)), ctx)}{question}"


class Group(click.Group):
    """A click group that suggests similar commands for an unknown command. The group's help never truncates the
    commands' summaries."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Return the command that these arguments name. Raises `NoSuchCommand`, which lists similar commands."""
        try:
            return super().resolve_command(ctx, args)
        except click.exceptions.NoSuchCommand:  # click lists only imported commands
            raise click.exceptions.NoSuchCommand(args[0], possibilities=self.list_commands(ctx), ctx=ctx) from None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the names and the full summaries of the commands."""
        rows = []
        for name in self.list_commands(ctx):
            command = self.get_command(ctx, name)
            if command:
                rows.append((name, command.get_short_help_str(limit=1000)))
        with formatter.section("Commands"):
            formatter.write_dl(rows)


_PATH = click.Path(path_type=pathlib.Path, readable=False)
STDIN = pathlib.Path("-")
"""The file name that means standard input on the command line."""


def topology_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Return the command with the option `--topology`, which the command gets as `file`. The command refuses `-`, and a
    YAML file among its arguments."""

    @functools.wraps(command)
    def with_option(*positional: Any, **values: Any) -> Any:
        arguments = [one.name for one in click.get_current_context().command.params if isinstance(one, click.Argument)]
        for value in (values[name] for name in arguments if name):
            for one in map(str, value if isinstance(value, tuple) else (value,)):
                if one.endswith((".yaml", ".yml")):
                    raise click.UsageError(f"name the topology file with --topology {printable(one)}")
        return command(*positional, **values)

    return _topology_option(with_option, _refuse_stdin)


def _topology_option(command: Callable[..., Any], callback: Callable[..., Any] | None) -> Callable[..., Any]:
    return click.option(
        "--topology",
        "file",
        type=_PATH,
        envvar="HVN_TOPOLOGY",
        metavar="FILE",
        callback=callback,
        help="The topology file.  [env: HVN_TOPOLOGY]  [default: config/topology.yaml]",
    )(command)


def topology_argument(*, stdin: bool) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Return a decorator that adds the argument `FILE` and the option `--topology`; the command gets either as `file`.

    With `stdin`, `-` is standard input. The decorator is for commands without other arguments.
    """

    def decorate(command: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(command)
        def with_file(*, argument: pathlib.Path | None, file: pathlib.Path | None, **others: Any) -> Any:
            source = click.get_current_context().get_parameter_source("file")
            if argument and file and source is ParameterSource.COMMANDLINE:
                raise click.UsageError("name one topology file: FILE or --topology FILE")
            return command(file=argument or file, **others)

        callback = None if stdin else _refuse_stdin
        named = click.argument("argument", metavar="[FILE]", required=False, type=_PATH, callback=callback)(with_file)
        return _topology_option(named, callback)

    return decorate


def _refuse_stdin(ctx: click.Context, _parameter: click.Parameter, file: pathlib.Path | None) -> pathlib.Path | None:
    if file == STDIN:
        raise click.UsageError(f"{ctx.command_path} cannot read the topology from standard input: name a file")
    return file


def format_choice(*forms: str, help: str) -> Callable[[Any], Any]:  # noqa: A002 - the name is click's
    """Return the option `--format` with these formats; the first is the default."""
    return click.option("--format", "form", type=Choice(forms), default=forms[0], show_default=True, help=help)


format_option = format_choice("text", "json", help="Output format: text for people, json for scripts.")

findings_format_option = format_choice(
    "text",
    "json",
    "github",
    "sarif",
    "junit",
    help="Output format: text for people, json for scripts, github for annotations of a pull request, sarif for code "
    "scanning and editors, junit for test reports.",
)


DOCUMENTS = ("json", "sarif", "junit")
"""The formats that print a document even without findings."""


def as_data(findings: Sequence[Finding], form: str) -> str:
    """Return the findings as text in the format `json`, `github`, `sarif` or `junit`."""
    if form == "github":
        from hvn.diagnostics.to_github import to_github

        return to_github(findings)
    if form == "sarif":
        from hvn.diagnostics.to_sarif import to_sarif

        return to_sarif(findings, repository())
    if form == "junit":
        from hvn.diagnostics.to_junit import to_junit

        return to_junit(findings)
    from hvn.diagnostics.to_json import to_json

    return to_json(findings)


def repository() -> pathlib.Path:
    """Return the root of the git repository that contains the current folder; without a repository, the current
    folder."""
    here = current_folder()
    return next((folder for folder in (here, *here.parents) if (folder / ".git").exists()), here)


def read(file: pathlib.Path | None, keys: pathlib.Path | None = None) -> load.Loaded:
    """Return the checked topology file. `keys` is the folder of its key files [default: `jwks` beside the file; for
    standard input, beside the default file]. Exits with 2 if the file cannot be read."""
    path = place(file)
    try:
        if file == STDIN:
            loaded = load.check(source.read_stdin(), keys or path.parent / "jwks", path.parent / "extra")
        else:
            loaded = load.load(path, keys)
    except source.Unreadable as error:
        stop(str(error))
    return adapted(loaded, path)


def adapted(loaded: load.Loaded, path: pathlib.Path) -> load.Loaded:
    """Return the file with printed commands that use this path."""
    commands = here(path)
    checked = loaded.checked and replace(loaded.checked, commands=commands)
    return replace(loaded, findings=tuple(map(commands.finding, loaded.findings)), checked=checked)


def place(file: pathlib.Path | None) -> pathlib.Path:
    """Return the path of the topology file; for standard input, the path in HVN_TOPOLOGY or of the default file. The
    files beside this path belong to the topology."""
    return (
        pathlib.Path(os.environ.get("HVN_TOPOLOGY") or default_topology())
        if file == STDIN
        else file or default_topology()
    )


def require(file: pathlib.Path | None, keys: pathlib.Path | None = None) -> load.Checked:
    """Return the valid topology. If the topology has errors, prints its findings and exits with 1."""
    return require_loaded(file, keys)[1]


def require_loaded(file: pathlib.Path | None, keys: pathlib.Path | None = None) -> tuple[load.Loaded, load.Checked]:
    """Return the file with its line numbers, and the valid topology. Exits with 1 if the topology has errors."""
    loaded = read(file, keys)
    if loaded.checked is None:
        tell(loaded, err=True)
        sys.exit(1)
    return loaded, loaded.checked


def tell(loaded: load.Loaded, *, err: bool = False) -> None:
    """Print the findings as text. On a terminal, add colours and the affected lines of the file."""
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
    """Return the current folder. Exits with 2 if the current folder was deleted."""
    try:
        return pathlib.Path.cwd()
    except FileNotFoundError:
        stop("the current folder no longer exists: change to another folder")


def default_topology() -> pathlib.Path:
    """Return the path of the project's topology file. The path is relative if the file is below the current folder."""
    file, here = CONFIG / "topology.yaml", current_folder()
    return file.relative_to(here) if file.is_relative_to(here) else file


def output_folder(file: pathlib.Path | None, name: str) -> str:
    """Return the name of a topology's output folder in the project: `cdktf.out`, or `cdktf.out@NAME` for another file.

    In this folder Terraform records the backend of the state (`.terraform`). If two topologies shared a folder,
    Terraform would offer to migrate the state of one network to the other network's backend.
    """
    return OUT if file is None or is_default(file) else f"{OUT}@{name}"


def require_writable(folder: pathlib.Path) -> None:
    """Exit with 2 if the folder is not writable, or if it does not exist and cannot be created."""
    near = folder if folder.exists() else folder.parent
    if not near.is_dir() or not os.access(near, os.W_OK | os.X_OK):
        reason = f"no permission to write to {near}" if near.is_dir() else "a file has this name"
        stop(f"{folder} cannot be written: {reason}")
