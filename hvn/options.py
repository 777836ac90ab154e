"""What several commands share: the topology's file, the output format, and what happens to a file that is no use."""

import os
import pathlib
import sys
from typing import NoReturn

import click

from hvn.check import load
from hvn.diagnostics.text import render
from hvn.yamlfile import source

PROJECT = pathlib.Path(__file__).resolve().parent.parent
CONFIG = PROJECT / "config"
OUT = "cdktf.out"

topology_option = click.option(
    "--topology",
    "file",
    type=click.Path(path_type=pathlib.Path),
    envvar="HVN_TOPOLOGY",
    metavar="FILE",
    help="The topology file: HVN_TOPOLOGY unless said, else config/topology.yaml of the project.",
)

format_option = click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="Text for people, JSON for scripts.",
)


def read(file: pathlib.Path | None, keys: pathlib.Path | None = None) -> load.Loaded:
    """Read and check the file, with the keys beside it or in another folder; one line and exit 2 if it is not there."""
    path = file or default_topology()
    try:
        return load.check(source.read(path), keys or path.parent / "jwks")
    except source.Unreadable as error:
        stop(str(error))


def require(file: pathlib.Path | None, keys: pathlib.Path | None = None) -> load.Checked:
    """The topology; its findings and exit 1 if it has errors."""
    return require_loaded(file, keys)[1]


def require_loaded(file: pathlib.Path | None, keys: pathlib.Path | None = None) -> tuple[load.Loaded, load.Checked]:
    """The same, with the file as it was read: for those who name its lines."""
    loaded = read(file, keys)
    if loaded.checked is None:
        tell(loaded, err=True)
        sys.exit(1)
    return loaded, loaded.checked


def tell(loaded: load.Loaded, *, err: bool = False) -> None:
    """Print the findings for people: on a terminal in colour and with the lines they speak of."""
    stream = sys.stderr if err else sys.stdout
    if stream.isatty():
        from hvn import terminal  # rich takes as long to import as everything else here

        click.echo(terminal.render(loaded.findings, loaded.source, stream), nl=False, err=err, color=True)
    else:
        click.echo(render(loaded.findings), err=err)


def stop(message: str) -> NoReturn:
    """One line on standard error, exit 2: it could not run."""
    click.echo(message, err=True)
    sys.exit(2)


def default_topology() -> pathlib.Path:
    """The project's own file, by its short name where that works from here."""
    file = CONFIG / "topology.yaml"
    try:
        here = pathlib.Path.cwd()
    except FileNotFoundError:
        stop("the folder you are in no longer exists: change to another")
    return file.relative_to(here) if file.is_relative_to(here) else file


def output_folder(file: pathlib.Path | None, name: str) -> str:
    """Where a topology file is synthesized to, in the project's folder: `cdktf.out`, or `cdktf.out@<its name>`.

    Terraform keeps there which state it works on (`.terraform`). For another topology it would ask to migrate the state
    of the first one, and so give one network the state of the other.
    """
    own = file is None or file.resolve() == (CONFIG / "topology.yaml").resolve()
    return OUT if own else f"{OUT}@{name}"


def require_writable(folder: pathlib.Path) -> None:
    """One line and exit 2 if nothing can be written into the folder, which need not be there yet."""
    near = folder if folder.exists() else folder.parent
    if not near.is_dir() or not os.access(near, os.W_OK | os.X_OK):
        reason = f"you may not write into {near}" if near.is_dir() else "a file is in the way"
        stop(f"{folder} cannot be written: {reason}")
