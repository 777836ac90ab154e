"""Run each command several times as a separate process, and print the minimum time and the peak memory.

    tools/bench.py                measure everything, which takes minutes
    tools/bench.py check login    measure these parts only

Compare only ratios between machines, because the seconds depend on the machine. The last measurement is in
docs/reference/performance.md.
"""

import argparse
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from bench_topology import topology

ROOT = pathlib.Path(__file__).resolve().parent.parent
SAMPLE = ROOT / "examples" / "sample" / "topology.yaml"

# Run main.py and print the peak memory of the Python process, without Node.
MEASURED_MAIN = """
import resource, runpy, sys
sys.argv = ["main.py"]
try:
    runpy.run_path("main.py", run_name="__main__")
except SystemExit as end:
    assert not end.code, end.code
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""

# Rehearse and print the peak memory of the Python process, without the processes of Terraform.
MEASURED_REHEARSAL = """
import contextlib, resource, sys
from hvn.cli import cli
with open(sys.argv[2], "w") as report, contextlib.redirect_stdout(report):
    try:
        cli(["rehearse", "--topology", sys.argv[1], "--format", "json"])
    except SystemExit as end:
        assert not end.code, end.code
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""

# Run `hvn review`, ignore its exit code, and print the peak memory.
MEASURED_REVIEW = """
import contextlib, os, resource, sys
from hvn.cli import cli
with open(os.devnull, "w") as comment, contextlib.redirect_stdout(comment), contextlib.suppress(SystemExit):
    cli(["review", sys.argv[1], "--base", "HEAD", "--fail-on", "never"])
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""

CDKTN = ROOT / "engines" / "cdktn" / ".venv" / "bin" / "python"
HVN = [str(ROOT / "bin" / "hvn")]
PYTHON = str(ROOT / ".venv" / "bin" / "python")


@dataclass(frozen=True, slots=True)
class Figure:
    """A measurement: the minimum seconds of a whole process, and the peak memory of its Python process in MB, or 0 if
    not measured."""

    seconds: float
    megabytes: float = 0


def main() -> int:
    """Print the measurements as a Markdown table. Return 2 if the project is not set up, otherwise 0."""
    parser = argparse.ArgumentParser(description="Measure time and memory of the commands.")
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"[default: all of {', '.join(PARTS)}]")
    parts = parser.parse_args().parts
    if unknown := set(parts) - set(PARTS):
        parser.error(f"unknown: {', '.join(sorted(unknown))}; choose from {', '.join(PARTS)}")
    if not (ROOT / ".venv").exists():
        print("bench: the project is not set up: run make setup first", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory() as folder:
        print("| command | seconds | Python MB | ratio |\n|---|---|---|---|")
        for part in parts or PARTS:
            PARTS[part](pathlib.Path(folder))
    return 0


def _bindings(scratch: pathlib.Path) -> None:
    lazy = synthesize(SAMPLE, scratch, runs=5)
    plain = synthesize(SAMPLE, scratch, runs=3, environment={"HVN_PLAIN_BINDINGS": "1"})
    row("sample, `python main.py`", lazy)
    ratio = f"{plain.seconds / lazy.seconds:.1f}x the time, {plain.megabytes / lazy.megabytes:.1f}x the memory"
    row("sample, plain imports", plain, ratio)


def _growth(scratch: pathlib.Path) -> None:
    figures: dict[int, Figure] = {}
    sample = synthesize(SAMPLE, scratch, runs=5)
    row("sample", sample)
    for spokes, runs in ((1, 5), (10, 3), (100, 3), (300, 2)):
        figures[spokes] = synthesize(topology(scratch, spokes), scratch, runs=runs)
        ratio = f"{figures[spokes].seconds / sample.seconds:.1f}x the sample"
        row(f"{spokes} spokes, all {6 * spokes + 4} workspaces", figures[spokes], ratio)
    hundred = topology(scratch, 100)
    one = synthesize(topology(scratch, 1), scratch, runs=5, environment={"HVN_STACKS": "*-s0000"})
    selected = synthesize(hundred, scratch, runs=5, environment={"HVN_STACKS": "*-s0050"})
    row("1 spoke, its six workspaces", one)
    row("1 spoke of 100, selected", selected, f"{selected.seconds / one.seconds:.2f}x the same in a one-spoke topology")
    floor = _plain_json(scratch, hundred)
    row("100 spokes, the same JSON with json.dumps", floor, f"{figures[100].seconds / floor.seconds:.0f}x less")


def _cdktn(scratch: pathlib.Path) -> None:
    if not CDKTN.exists():
        print("| cdktn | | | skipped: run make HVN_ENGINE=cdktn setup first |", flush=True)
        return
    sample = synthesize(SAMPLE, scratch, runs=5, python=CDKTN)
    row("sample, cdktn", sample)
    for spokes, runs in ((100, 3), (300, 2)):
        figure = synthesize(topology(scratch, spokes), scratch, runs=runs, python=CDKTN)
        row(f"{spokes} spokes, cdktn", figure, f"{figure.seconds / sample.seconds:.1f}x its sample")


def _check(scratch: pathlib.Path) -> None:
    hvn = [*HVN, "check", "--topology"]
    package = process([PYTHON, "-c", "import pydantic"], runs=7)
    # `import pydantic` alone does not load every module that a model needs.
    base = process([PYTHON, "-c", "from pydantic import BaseModel"], runs=7)
    sample = process([*hvn, str(SAMPLE)], runs=7)
    row("`import pydantic`", package)
    row("`from pydantic import BaseModel`", base)
    both = f"{sample.seconds / package.seconds:.1f}x the first, {sample.seconds / base.seconds:.1f}x the second"
    row("`hvn check`, sample", sample, both)
    for spokes in (100, 1000):
        row(f"`hvn check`, {spokes} spokes", process([*hvn, str(topology(scratch, spokes, rules=False))], runs=3))
    with_rules = process([*hvn, str(topology(scratch, 1000, rules=True))], runs=3)
    row("`hvn check`, 1000 spokes with 5 firewall rules each", with_rules)


def _graph(scratch: pathlib.Path) -> None:
    for form in ("mermaid", "svg", "html"):
        command = [*HVN, "graph", "--format", form, "--topology", str(topology(scratch, 300))]
        row(f"`hvn graph --format {form}`, 300 spokes", process(command, runs=3))
    page = scratch / "network.html"
    page.write_bytes(subprocess.run(command, cwd=ROOT, check=True, capture_output=True).stdout)
    if browser := shutil.which("chromium"):
        row("first paint of the page, 300 spokes", Figure(_first_paint(browser, page)))


FIRST_PAINT = """() => new Promise((done) =>
  new PerformanceObserver((list) => {
    const [paint] = list.getEntriesByName("first-contentful-paint");
    if (paint) done(paint.startTime);
  }).observe({ type: "paint", buffered: true }))"""


def _first_paint(browser: str, page: pathlib.Path) -> float:
    """Return the seconds from the start of the navigation to the first paint."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=browser, args=["--no-sandbox", "--disable-gpu"]).new_page()
        opened.goto(page.as_uri())
        # The page's policy forbids `wait_for_function`, which evaluates a text.
        return float(opened.evaluate(FIRST_PAINT)) / 1000


def _login(scratch: pathlib.Path) -> None:
    """Measure `hvn login explain` with a token that Vault accepts, so that all checks run."""
    from joserfc import jwt
    from joserfc.jwk import RSAKey

    key, now = RSAKey.generate_key(2048), int(time.time())
    file, keys, token = scratch / "topology.yaml", scratch / "jwks" / "payments.json", scratch / "token"
    shutil.copy(SAMPLE, file)
    keys.parent.mkdir()
    keys.write_text(json.dumps({"keys": [key.as_dict(private=False)]}))
    claims = {"sub": "system:serviceaccount:app:default", "aud": "vault", "iat": now, "exp": now + 3600}
    token.write_text(jwt.encode({"alg": "RS256"}, claims, key))
    hvn = [*HVN, "login", "explain", "payments", "webapp"]
    row("`hvn login explain`, one token", process([*hvn, "--token", str(token), "--topology", str(file)], runs=7))


def _rehearsal(scratch: pathlib.Path) -> None:
    sample = rehearsal(SAMPLE, runs=3)
    workspaces = len(sample.report["workspaces"])
    row("`hvn rehearse`, sample", sample.figure, f"{sample.figure.seconds / workspaces:.2f} s for each workspace")
    for phase in ("init", "validate", "plan", "apply", "second plan", "destroy"):
        seconds = sum(workspace["seconds"][phase] for workspace in sample.report["workspaces"])
        row(f"{phase}, all workspaces", Figure(seconds), f"{seconds / workspaces:.3f} s for each workspace")
    # Destroy only two workspaces, because cdktf-cli cannot destroy protected resources.
    commands = (
        "bin/cdktf deploy '*' --auto-approve && bin/cdktf diff '*' && bin/cdktf destroy 'secrets-*' --auto-approve"
    )
    one_by_one = process(["bin/hvn", "rehearse", "--", "sh", "-c", commands], runs=1)
    ratio = one_by_one.seconds / sample.figure.seconds
    row("cdktf-cli with fake providers: deploy, diff, destroy 2", one_by_one, f"{ratio:.1f}x `hvn rehearse`")
    twenty = rehearsal(topology(scratch, 20), runs=1)
    memory = twenty.figure.megabytes / sample.figure.megabytes
    count = len(twenty.report["workspaces"])
    row(f"`hvn rehearse`, 20 spokes, {count} workspaces", twenty.figure, f"{memory:.1f}x the memory of the sample")


def _review(scratch: pathlib.Path) -> None:
    """Measure `hvn affected`, and reviews of larger node pools in 100 spokes. The measurement enlarges each plan to 30
    changes and 0.5 MB."""
    project = _committed(topology(scratch, 100), scratch / "project")
    file = project / "config" / "topology.yaml"
    file.write_text(file.read_text(encoding="utf-8").replace("max_count: 3", "max_count: 4"), encoding="utf-8")
    row("`hvn affected`, 100 spokes", process([*HVN, "affected", "--base", "HEAD"], runs=5, folder=project))
    subprocess.run(
        [*HVN, "rehearse", "aks-s0000", "--topology", str(topology(scratch, 1)), "--save", str(scratch)],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    one = json.loads((scratch / "aks-s0000.json").read_text(encoding="utf-8"))
    figures = {}
    for count in (1, 10, 100):
        plans = scratch / f"plans-{count}"
        plans.mkdir()
        for spoke in range(count):
            (plans / f"aks-s{spoke:04}.json").write_text(_enlarged(one, f"s{spoke:04}"), encoding="utf-8")
        figures[count] = process([PYTHON, "-c", MEASURED_REVIEW, str(plans)], runs=3, folder=project)
    size = sum(plan.stat().st_size for plan in (scratch / "plans-100").iterdir()) / 2**20
    row("`hvn review`, 1 plan, 100 spokes", figures[1])
    row("`hvn review`, 10 plans", figures[10])
    memory = figures[100].megabytes - figures[1].megabytes
    seconds = figures[100].seconds - figures[1].seconds
    ratio = f"{seconds:.2f} s and {memory:.0f} MB more than for one plan"
    row(f"`hvn review`, 100 plans, 3000 changes, {size:.0f} MB", figures[100], ratio)


def _committed(file: pathlib.Path, project: pathlib.Path) -> pathlib.Path:
    """Commit the topology in a clone of the project: in a new repository all code would count as changed. Return the
    file's path."""
    git = ["git", "-C", str(project), "-c", "user.name=bench", "-c", "user.email=bench@example.com"]
    subprocess.run([git[0], "clone", "-q", str(ROOT), str(project)], check=True)
    shutil.copy(file, project / "config" / "topology.yaml")
    subprocess.run([*git, "commit", "-qam", "Before"], check=True)
    subprocess.run([PYTHON, "-m", "compileall", "-q", "hvn"], cwd=project, check=True)
    return project


def _enlarged(plan: Any, spoke: str) -> str:
    changes = [
        {**change, "address": f"{change['address']}_{number}"}
        for number in range(30)
        for change in plan["resource_changes"][number % len(plan["resource_changes"]) :][:1]
    ]
    text = json.dumps({**plan, "resource_changes": changes}).replace("s0000", spoke)
    return text[:-1] + f', "prior_state": "{"x" * (2**19 - len(text))}"}}'


class Rehearsed(NamedTuple):
    """The measurement of a rehearsal, and its report as JSON."""

    figure: Figure
    report: Any


def rehearsal(file: pathlib.Path, *, runs: int) -> Rehearsed:
    """Rehearse a topology once to warm up, then `runs` times. Return the measurement and the report of the last run."""
    with tempfile.NamedTemporaryFile() as report:
        command = [PYTHON, "-c", MEASURED_REHEARSAL, str(file), report.name]
        figure = process(command, runs=runs)
        return Rehearsed(figure, json.loads(pathlib.Path(report.name).read_text(encoding="utf-8")))


def row(command: str, figure: Figure, ratio: str = "") -> None:
    """Print one row of the table."""
    memory = f"{figure.megabytes:.0f}" if figure.megabytes else ""
    print(f"| {command} | {figure.seconds:.2f} | {memory} | {ratio} |", flush=True)


def synthesize(
    file: pathlib.Path,
    scratch: pathlib.Path,
    *,
    runs: int,
    environment: Mapping[str, str] | None = None,
    python: pathlib.Path | None = None,
) -> Figure:
    """Run main.py with a topology once to warm up, then `runs` times. Return the measurement."""
    output = scratch / "out"
    command = [str(python or PYTHON), "-c", MEASURED_MAIN]
    variables = {"HVN_TOPOLOGY": str(file), "CDKTF_OUTDIR": str(output), **(environment or {})}
    try:
        return process(command, runs=runs, environment=variables)
    finally:
        shutil.rmtree(output, ignore_errors=True)


def process(
    command: Sequence[str], *, runs: int, environment: Mapping[str, str] | None = None, folder: pathlib.Path = ROOT
) -> Figure:
    """Run a command once to warm up, then `runs` times. Return the measurement. If the last line of the command's
    output is a number, it is the peak memory in KiB."""
    seconds, kibibytes = [], [0.0]
    for run in range(runs + 1):
        start = time.perf_counter()
        done = subprocess.run(
            command, cwd=folder, env=os.environ | dict(environment or {}), check=True, capture_output=True, text=True
        )
        if run:
            seconds.append(time.perf_counter() - start)
            last = done.stdout.strip().rpartition("\n")[2]
            kibibytes.append(float(last) if last.isdecimal() else 0)
    return Figure(min(seconds), max(kibibytes) / 1024)


def _plain_json(scratch: pathlib.Path, file: pathlib.Path) -> Figure:
    """Return the time of json.dumps for the synthesized documents. A synthesis cannot be faster."""
    output = scratch / "floor"
    subprocess.run(
        [PYTHON, "main.py"],
        cwd=ROOT,
        env=os.environ | {"HVN_TOPOLOGY": str(file), "CDKTF_OUTDIR": str(output)},
        check=True,
    )
    documents = {path: json.loads(path.read_text()) for path in sorted(output.rglob("*.json"))}
    seconds = []
    for _ in range(3):
        start = time.perf_counter()
        for path, document in documents.items():
            path.write_text(json.dumps(document, indent=2))
        seconds.append(time.perf_counter() - start)
    return Figure(min(seconds))


PARTS: Mapping[str, Callable[[pathlib.Path], None]] = {
    "bindings": _bindings,
    "growth": _growth,
    "cdktn": _cdktn,
    "check": _check,
    "graph": _graph,
    "login": _login,
    "rehearsal": _rehearsal,
    "review": _review,
}


if __name__ == "__main__":
    sys.exit(main())
