"""`bin/hvn`: the commands as a process. Its output may be full, closed, or a pipe without a reader."""

import io
import os
import signal
import sys
from typing import NoReturn

import click

from hvn.cli import cli


def main() -> int:
    """Run the command and return its exit code; for an error of the operating system, print one line and return 2."""
    # Python sets a closed stream to None; its output is discarded.
    sys.stdout = sys.stdout or io.StringIO()
    sys.stderr = sys.stderr or io.StringIO()
    try:
        try:
            # Not click's own main: it exits with 1 for a broken pipe, which here means a finding.
            with cli.make_context("hvn", sys.argv[1:]) as context:
                cli.invoke(context)
        finally:
            sys.stdout.flush()
    except click.exceptions.Exit as end:
        return end.exit_code
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        return 128 + signal.SIGINT
    except BrokenPipeError:
        _end_by_pipe()
    except OSError as error:
        place = f"{error.filename}: " if error.filename else ""
        click.echo(f"hvn: {place}{error.strerror or error}", err=True)
        # Python would try to write the rest of the buffer, and report the error again, at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        return 2
    return 0


def _end_by_pipe() -> NoReturn:
    """End this process by SIGPIPE, as other programs end when the reader closes the pipe."""
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    signal.raise_signal(signal.SIGPIPE)
    raise AssertionError


if __name__ == "__main__":
    sys.exit(main())
