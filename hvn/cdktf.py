"""`bin/cdktf`: run cdktf-cli for selected workspaces.

    bin/cdktf deploy|diff|destroy|output NAME-OR-PATTERN… [options of cdktf-cli]
    bin/cdktf synth|list [NAME-OR-PATTERN…] [options of cdktf-cli]

cdktf-cli 0.21 always builds all stacks, because it does not pass the names of the selected stacks to the app. This
wrapper resolves the names and passes them to main.py in `HVN_STACKS`. Each selection has its own output folder.
cdktf-cli deletes every stack folder that is not in the last synth, including `.terraform`. cdktf-cli runs in the
project's folder with the project's Node, and handles all other commands and options. File names are relative to the
caller's folder.

Exit codes: the code of cdktf-cli; 1 if the topology has errors; 2 if the command could not run. `diff` of several
workspaces continues after a failure and exits with the highest code.
"""

import errno
import hashlib
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import NoReturn

from hvn.cdktf_environment import NODE, child_environment, without_terraform
from hvn.diagnostics.printable import printable
from hvn.engine import CLI, ENGINE
from hvn.kinds.inputs import LocalBackend
from hvn.kinds.selection import VARIABLE, UnknownWorkspace, requested, select
from hvn.kinds.workspace import Workspace
from hvn.options import PROJECT, current_folder, output_folder, require, require_writable, stop
from hvn.streams import guard, require_output

# Commands that take stack names (cdktf-cli 0.21.0, src/bin/cmds/*.ts), with their aliases.
ALIASES = {"apply": "deploy", "plan": "diff", "outputs": "output", "synthesize": "synth"}
NEED_NAMES = ("deploy", "destroy", "diff", "output", "watch")
TAKE_NO_NAMES = ("synth", "list")

# Options of cdktf-cli's commands that take a value (src/bin/cmds/*.ts; a test compares them with --help).
WITH_VALUE = {
    "app", "output", "outputs-file", "parallelism", "terraform-parallelism", "var", "var-file",
    "log-level", "log-file-directory", "experimental-provider-schema-cache-path",
}  # fmt: skip
SHORT = {"a": "app", "o": "output", "h": "help"}
FILES = ("outputs-file", "var-file")

# Caches in the home folder: Terraform's plugins (cdktf-cli 0.21.0, src/bin/cdktf.ts) and jsii's packages (jsii 1.142,
# @jsii/kernel). For each cache: the variable that disables the cache, the variable that sets its folder, and its
# default folder.
CACHES = (
    ("CDKTF_DISABLE_PLUGIN_CACHE_ENV", "TF_PLUGIN_CACHE_DIR", ".terraform.d/plugin-cache"),
    ("JSII_RUNTIME_PACKAGE_CACHE", "JSII_RUNTIME_PACKAGE_CACHE_ROOT", ".cache/aws/jsii/package-cache"),
)

IGNORE_MISSING = "ignore-missing-stack-dependencies"
"""The wrapper never passes this option on. With the option, cdktf-cli's deploy ignores the order of the selected
stacks, and its destroy of several stacks starts the first stack again and again.
"""


@dataclass(frozen=True, slots=True)
class Option:
    """An option on the command line: `words` is `("--var", "a=b")`, `("--var=a=b",)` or `("--auto-approve",)`."""

    name: str
    words: tuple[str, ...]

    @property
    def value(self) -> str:
        """Return the option's value, or an empty string."""
        return self.words[1] if len(self.words) > 1 else self.words[0].partition("=")[2]


def main(arguments: Sequence[str], environment: Mapping[str, str]) -> int:
    """Replace this process with cdktf-cli, or run cdktf-cli several times and return the highest exit code."""
    if not CLI.exists():
        stop(f"cdktf: {ENGINE.partition('-')[0]}-cli is not installed: run make setup in {PROJECT} first")
    if os.pathsep in str(PROJECT):
        stop(
            f"cdktf: {printable(str(PROJECT), 200)} contains {os.pathsep}, which separates the folders of PATH: move "
            "the project"
        )
    require_output()
    os.umask(0o077)  # private files, because states and outputs contain secrets
    runs, env = prepare(arguments, environment, current_folder())
    require_caches(env)
    if len(runs) == 1:
        become(runs[0], env)
    worst = 0
    for call in runs:
        code = run(call, env)
        worst = max(worst, code)
        if code and call[0] == "synth":
            break
    return worst


def prepare(
    arguments: Sequence[str], environment: Mapping[str, str], caller: Path
) -> tuple[list[list[str]], dict[str, str]]:
    """Return the arguments of each call of cdktf-cli, and the environment. Exits with 1 or 2 if cdktf-cli cannot be
    called."""
    env = child_environment(environment, caller)
    words, options = parse(arguments)
    command = ALIASES.get(words[0], words[0]) if words else ""
    names_of_options = {option.name for option in options}
    if command not in (*NEED_NAMES, *TAKE_NO_NAMES) or names_of_options & {"help", "version"}:
        return [list(arguments)], env

    out, workspaces = known(environment)
    names = resolve(command, workspaces, words[1:] or requested(environment))
    if command == "destroy" and IGNORE_MISSING not in names_of_options:
        refuse_to_orphan(workspaces, names)
    everything = tuple(workspace.id for workspace in workspaces if not workspace.blocked)
    env[VARIABLE] = "" if names == everything else " ".join(names)
    folder = own_folder(options, environment, caller) or folder_for(out, names, everything)
    require_writable(PROJECT / folder)
    if command in NEED_NAMES:
        require_terraform(env)
        if any(workspace.inputs and isinstance(workspace.inputs.backend, LocalBackend) for workspace in workspaces):
            protect_states()
    passed = [option for option in options if option.name not in ("output", IGNORE_MISSING)]
    rest = [word for option in passed for word in from_callers_folder(option, caller)]
    rest += ["--output", folder]

    if command in TAKE_NO_NAMES:
        return [[command, *rest]], env | without_terraform(env)
    if command == "diff" and len(names) > 1:
        # Call cdktf-cli once for each workspace, because `cdktf diff` uses only the first name.
        synth = [] if "skip-synth" in names_of_options else [["synth", *rest]]
        return [*synth, *(["diff", name, "--skip-synth", *rest] for name in names)], env
    return [[command, *names, *rest]], env


def parse(arguments: Sequence[str]) -> tuple[list[str], list[Option]]:
    """Return the words (command, names) and the options of a command line. All arguments after `--` are words.

    An option takes at most one value, although cdktf-cli would treat NAME in `--var a=b NAME` as a second variable. An
    unknown option takes a value only in the form `--option=value`.
    """
    words: list[str] = []
    options: list[Option] = []
    at = 0
    while at < len(arguments):
        word = arguments[at]
        after = arguments[at + 1] if at + 1 < len(arguments) else None
        if word == "--":
            words += arguments[at + 1 :]
            break
        at += 1
        if not word.startswith("-") or word == "-":
            words.append(word)
            continue
        name = word.lstrip("-").partition("=")[0]
        # yargs accepts `--varFile` as `--var-file`.
        name = SHORT.get(name, re.sub("[A-Z]", lambda upper: f"-{upper[0].lower()}", name))
        takes = name in WITH_VALUE and after is not None and not re.match(r"-\D|-$", after)
        if after is not None and "=" not in word and (takes or after in ("true", "false")):
            options.append(Option(name, (word, after)))
            at += 1
        else:
            options.append(Option(name, (word,)))
    return words, options


def known(environment: Mapping[str, str]) -> tuple[str, tuple[Workspace, ...]]:
    """Return the output folder of the selected topology, and the topology's workspaces.

    If the topology has errors, prints the findings and exits with 1. Exits with 2 if the topology cannot be read.
    """
    name = environment.get("HVN_TOPOLOGY")
    file = Path(name) if name else None
    checked = require(file)
    return output_folder(file, checked.topology.name), checked.workspaces()


def resolve(command: str, workspaces: Sequence[Workspace], patterns: Sequence[str]) -> tuple[str, ...]:
    """Return the ids that match the names and patterns. Omit blocked workspaces and print the reasons.

    Exits with 2 if a name is unknown or blocked, if no workspace remains, or if the command needs a name and gets none.
    """
    blocked = {workspace.id: workspace.blocked for workspace in workspaces if workspace.blocked}
    buildable = tuple(workspace.id for workspace in workspaces if not workspace.blocked)
    if not patterns:
        if command in NEED_NAMES and len(buildable) > 1:
            stop(f"cdktf: {command} needs a workspace or a pattern, '*' for all: {', '.join(buildable)}")
        patterns = ("*",)
    try:
        selected = select([workspace.id for workspace in workspaces], patterns)
    except UnknownWorkspace as error:
        stop(f"cdktf: {error}")
    for name, reason in blocked.items():
        if name in patterns:
            stop(f"cdktf: {name} is blocked: {reason}")
        if name in selected:
            print(f"cdktf: {name} is blocked: {reason}", file=sys.stderr)
    names = tuple(name for name in selected if name not in blocked)
    if not names:
        stop(f"cdktf: no workspace to {command}; workspaces that can be built: {', '.join(buildable) or 'none yet'}")
    return names


def refuse_to_orphan(workspaces: Sequence[Workspace], names: Sequence[str]) -> None:
    """Exit with 2 if a workspace outside `names` depends on a workspace in `names`. `names` are the workspaces to
    destroy.

    cdktf-cli has the same check, but only for the selected stacks. A blocked workspace also counts as dependent,
    because it may be deployed. For example, if vso were destroyed before secrets, the finalizers of the resources in
    secrets would never be removed.
    """
    for name in names:
        dependents = [other for other in workspaces if name in other.after and other.id not in names]
        for dependent in dependents:
            if dependent.blocked:
                cause = next(other for other in workspaces if other.blocked and other.spoke == dependent.spoke)
                stop(
                    f"cdktf: {dependent.id} depends on {name}, is blocked and cannot be destroyed: {cause.blocked}; "
                    f"if it is destroyed or was never deployed, use --{IGNORE_MISSING}"
                )
        if dependents:
            stop(
                f"cdktf: destroy {', '.join(other.id for other in dependents)} first or in the same command, because "
                f"of the dependency on {name}; if these workspaces are already destroyed, use --{IGNORE_MISSING}"
            )


def folder_for(out: str, names: Sequence[str], everything: Sequence[str]) -> str:
    """Return the output folder of a selection of workspaces: stable, unique, and beside the output folder of all
    workspaces.

    The folder must not be deeper, because the local backend's path, ../../../state/<name>/<stack>.tfstate, is relative
    to <folder>/stacks/<stack>. In a folder at another depth, Terraform would silently create a second state.
    """
    if tuple(names) == tuple(everything):
        return out
    if len(names) == 1:
        return f"{out}.{names[0]}"
    digest = hashlib.sha256(" ".join(sorted(names)).encode()).hexdigest()[:8]
    return f"{out}.{names[0]}-and-{len(names) - 1}-more-{digest}"


def own_folder(options: Sequence[Option], environment: Mapping[str, str], caller: Path) -> str:
    """Return the name of the folder in `--output` or in cdktf-cli's variable `CDKTF_OUTPUT`, or an empty text if
    neither is set.

    Exits with 2 if the folder is not directly in the project's folder, because Terraform would create a second state
    there.
    """
    values = [option.value for option in options if option.name == "output"]
    output = [environment.get("CDKTF_OUTPUT", ""), *values][-1]
    if not output:
        return ""
    folder = (caller / output).resolve()
    if folder.parent != PROJECT:
        stop(f"cdktf: --output {output}: Terraform would start a second state there; use a folder in {PROJECT}")
    return folder.name


def require_terraform(env: Mapping[str, str]) -> None:
    """Exit with 2 and a clear message if Terraform is missing. cdktf-cli would report only `execvp(3) failed`."""
    binary = env.get("TERRAFORM_BINARY_NAME") or "terraform"
    if not shutil.which(binary, path=env["PATH"]):
        stop(
            f"cdktf: {binary} is not in the PATH: install Terraform 1.6 or newer, or set TERRAFORM_BINARY_NAME; "
            "bin/hvn rehearse tests a deploy without it"
        )


def require_caches(env: Mapping[str, str], caches: Sequence[tuple[str, str, str]] = CACHES) -> None:
    """Create the cache folders of cdktf-cli and jsii. Exits with 2 if a folder cannot be created.

    cdktf-cli and jsii would print a stack trace, for example for a user without a home folder.
    """
    home = os.path.expanduser("~")  # noqa: PTH111 - Path.home() raises without a home folder
    for off, variable, below in caches:
        if env.get(off):
            continue
        folder = Path(env.get(variable) or Path(home, below))
        try:
            (PROJECT / folder).mkdir(parents=True, exist_ok=True)
            if not os.access(PROJECT / folder, os.W_OK | os.X_OK):
                raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        except OSError as error:
            stop(
                f"cdktf: the cache {printable(str(folder), 200)} cannot be created ({error.strerror}): "
                f"set HOME or {variable} to a writable folder"
            )


def protect_states() -> None:
    """Set mode 0700 on the folder of local states. Exits with 2 if the mode cannot be set."""
    states = PROJECT / "state"
    try:
        states.mkdir(exist_ok=True)
        if states.stat().st_mode & 0o077:
            states.chmod(0o700)
    except OSError as error:
        stop(f"cdktf: {printable(str(states), 200)} cannot be made private: {error.strerror}")


def from_callers_folder(option: Option, caller: Path) -> tuple[str, ...]:
    """Return the words of an option. If the option's value is a relative file name, replace it by the absolute name."""
    if option.name not in FILES or not option.value:
        return option.words
    return (f"--{option.name}={caller / option.value}",)


def become(arguments: Sequence[str], env: Mapping[str, str]) -> NoReturn:
    """Replace this process with cdktf-cli, so that cdktf-cli has the terminal and gets the signals."""
    sys.stdout.flush()
    os.chdir(PROJECT)
    os.execve(NODE, [str(NODE), str(CLI), *arguments], dict(env))  # noqa: S606 - a list, no shell


def run(arguments: Sequence[str], env: Mapping[str, str]) -> int:
    """Run cdktf-cli and return its exit code. After SIGINT or SIGTERM, pass the signal to cdktf-cli, and exit with 128
    plus the signal's number."""
    child: list[subprocess.Popen[bytes]] = []
    received: list[int] = []

    def pass_on(number: int, _frame: FrameType | None) -> None:
        received.append(number)
        for process in child:
            process.send_signal(number)

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, pass_on)
    child.append(subprocess.Popen([NODE, CLI, *arguments], cwd=PROJECT, env=env))
    code = child[0].wait()
    if received:
        sys.exit(128 + received[0])
    return code if code >= 0 else 128 - code


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # Ctrl-C ends this process without a traceback.
    sys.exit(guard("cdktf", lambda: main(sys.argv[1:], os.environ)))
