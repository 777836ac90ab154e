"""Run `bin/hvn` as a process."""

import gc

# Garbage collection takes a tenth of the time, also of the imports below, and the commands create few reference cycles.
gc.disable()

import os
import signal
import sys
from functools import partial

import click
from click.shell_completion import shell_complete

from hvn.cli import cli
from hvn.streams import guard
from hvn.supervisor import Manner, supervise

COMPLETION = "_HVN_COMPLETE"
"""The variable that the scripts of `hvn completion` set to request the words that complete a command line."""

# Commands that need a supervisor, because they start processes or have secrets in temporary folders.
SUPERVISED = {
    "affected": Manner("affected: interrupted"),
    "graph": Manner("graph: interrupted"),
    # The grace period is short, because GitHub Actions kills a cancelled job 10 seconds after the first signal.
    "plans": Manner("plans: interrupted; no plan is left", grace=5),
    "rehearse": Manner("rehearse: interrupted; everything was discarded"),
    "review": Manner("review: interrupted"),
}
INSIDE = Manner("", passes_on=True)
"""The supervisor's reaction to a signal during `hvn rehearse -- COMMAND`."""


def main() -> int:
    """Run the command and return its exit code."""
    if instruction := os.environ.get(COMPLETION):
        try:
            return shell_complete(cli, {}, "hvn", COMPLETION, instruction)
        except (KeyError, ValueError):
            click.echo(f"hvn: {COMPLETION} is for the scripts of `hvn completion`: unset it", err=True)
            return 2
    name = next(iter(sys.argv[1:]), "")
    if name not in SUPERVISED:
        return _run()
    inside = name == "rehearse" and "--" in sys.argv
    try:
        return supervise(partial(guard, "hvn", _run), INSIDE if inside else SUPERVISED[name])
    except OSError as error:
        click.echo(f"hvn: no folder for temporary files can be used: {error.strerror or error}", err=True)
        return 2


def _run() -> int:
    # From now on, Ctrl-C raises KeyboardInterrupt. Until now, Ctrl-C ended the process, because hvn/start.py set this
    # behaviour.
    if signal.getsignal(signal.SIGINT) is signal.SIG_DFL:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        # Do not use click's own main: it exits with 1 for a broken pipe, but 1 means a finding.
        with cli.make_context("hvn", sys.argv[1:]) as context:
            cli.invoke(context)
    except click.exceptions.Exit as end:
        return end.exit_code
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        return 128 + signal.SIGINT
    return 0


if __name__ == "__main__":
    try:
        sys.exit(guard("hvn", main))
    finally:
        gc.freeze()  # otherwise Python searches all objects for garbage once more at exit
