"""Adapt printed commands to the topology file and the current folder: a reader can paste each command.

`bin/hvn` gets the option `--topology`. `bin/cdktf` has no such option, and gets the variable HVN_TOPOLOGY.
"""

import os
import pathlib
import re
import shlex
from dataclasses import dataclass, replace

from hvn.diagnostics.finding import Finding
from hvn.diagnostics.message import COMMAND_LENGTH, Message
from hvn.diagnostics.printable import printable
from hvn.engine import PROJECT

DEFAULT = PROJECT / "config" / "topology.yaml"
WITHOUT_FILE = ("comment", "completion", "init", "rule", "schema")
"""The commands without the option `--topology`."""

_CALL = re.compile(r"(?<![\w./-])bin/(hvn|cdktf)((?: (?!(?:&&|\|) )[^ ]+)*)")
_QUOTED = re.compile(r"(?<=`)bin/[^`]+(?=`)|(?<=')bin/[^']+(?=')")
_OUTPUT = re.compile(r"(?<=\bcd )('?)cdktf\.out\.")
"""The output folder of one workspace of the default file."""


def is_default(file: pathlib.Path) -> bool:
    """Return whether commands use this topology file without the option `--topology`."""
    return file.resolve() == DEFAULT.resolve()


def with_topology(file: pathlib.Path) -> str:
    """Return the option `--topology` for a printed command, with a space before it; empty for the default file."""
    return f" --topology {_shown(file)}" if _needs_file(file) else ""


@dataclass(frozen=True, slots=True)
class Printed:
    """The topology file that the printed commands use, and the folder of `hvn` and `cdktf` for the reader."""

    file: pathlib.Path
    folder: str = "bin"
    name: str = ""
    """The topology's name, for commands with an output folder."""

    def command(self, command: str) -> str:
        """Return a shell command that uses the file."""
        if self.name and not is_default(self.file):
            command = _OUTPUT.sub(rf"\g<1>cdktf.out@{self.name}.", command)
        if "HVN_TOPOLOGY=" in command:
            return command
        return _CALL.sub(lambda call: self._call(call[1], call[2]), command)

    def text(self, text: str) -> str:
        """Return a text of this project with adapted commands. The commands are in backticks or single quotes."""
        return _QUOTED.sub(lambda quoted: self.command(quoted[0]), text)

    def finding(self, finding: Finding) -> Finding:
        """Return a finding with adapted commands."""
        if not self._changes():
            return finding
        return replace(
            finding,
            message=self._message(finding.message),
            fix=self._message(finding.fix) or self._rule_fix(finding.rule.fix),
            why=self._message(finding.why),
            impact=tuple(map(self._message, finding.impact)),
            manual_steps=tuple(map(self._message, finding.manual_steps)),
        )

    def _rule_fix(self, fix: str) -> str:
        """Return the adapted fix of a rule; empty if it is the same, because the finding then uses the rule's fix."""
        adapted = self.text(fix)
        return adapted if adapted != fix else ""

    def _message(self, message: Message | str) -> Message | str:
        return message.with_commands(self.command) if isinstance(message, Message) else self.text(message)

    def _call(self, program: str, words: str) -> str:
        call = f"{self.folder}/{program}{words}"
        if program == "cdktf":
            return f"HVN_TOPOLOGY={_shown(self.file)} {call}" if _needs_file(self.file) else call
        without = words.split()[:1] and words.split()[0] in WITHOUT_FILE
        return call if without or " --topology" in words else call + with_topology(self.file)

    def _changes(self) -> bool:
        return self.folder != "bin" or _needs_file(self.file)


def here(file: pathlib.Path | None) -> Printed:
    """Return the commands for a reader in the current folder. None: the default file."""
    file, folder = file or DEFAULT, str(PROJECT / "bin")
    try:
        return Printed(file, shlex.quote(min(os.path.relpath(folder), folder, key=len)))
    except OSError:  # the current folder no longer exists
        return Printed(file, shlex.quote(folder))


def _needs_file(file: pathlib.Path) -> bool:
    """Return whether commands without the file could use another file. A reader may paste the command into a shell
    without the variable."""
    selected = os.environ.get("HVN_TOPOLOGY")
    return not is_default(file) or bool(selected and not is_default(pathlib.Path(selected)))


def _shown(file: pathlib.Path) -> str:
    return printable(shlex.quote(str(file)), COMMAND_LENGTH)
