"""`bin/hvn`: the commands as a process, whose output may be full, closed, or read by somebody who has seen enough."""

import io
import os
import signal
import sys
from typing import NoReturn

import click

from hvn.cli import cli


def main() -> int:
    """Run the command; its exit code, 2 and one line if the system refused something."""
    # A stream that the caller has closed is None to Python; what is written there is for nobody.
    sys.stdout = sys.stdout or io.StringIO()
    sys.stderr = sys.stderr or io.StringIO()
    try:
        try:
            # Not click's own main: that makes 1 of a broken pipe, which here means that something was found.
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
        # What is left in the buffer would be tried, and reported, once more at the end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        return 2
    return 0


def _end_by_pipe() -> NoReturn:
    """As every program whose reader is gone."""
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    signal.raise_signal(signal.SIGPIPE)
    raise AssertionError


if __name__ == "__main__":
    sys.exit(main())
