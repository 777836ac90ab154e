"""Generate docs/reference and docs/pictures from the code. tools/pages has a module for each page.

    tools/docs.py --write    write the pages
    tools/docs.py --check    exit 1 if a page is not up to date

The facts of a page come from the code, or from the sample, which is synthesized into a temporary folder.
"""

import argparse
import difflib
import pathlib
import sys
from collections.abc import Callable, Mapping

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

import pages  # noqa: E402

FOLDER = ROOT / "docs" / "reference"


def write(generated: Mapping[str, str]) -> int:
    """Write the pages and return 0."""
    for name, text in generated.items():
        (FOLDER / name).parent.mkdir(parents=True, exist_ok=True)
        (FOLDER / name).write_text(text, encoding="utf-8")
    return 0


def check(generated: Mapping[str, str]) -> int:
    """If a committed page is outdated, print the first lines that differ and return 1; otherwise return 0."""
    status = 0
    for name, text in generated.items():
        file = FOLDER / name
        committed = file.read_text(encoding="utf-8") if file.exists() else ""
        if committed != text:
            status = 1
            diff = difflib.unified_diff(
                committed.splitlines(), text.splitlines(), "committed", "generated", n=0, lineterm=""
            )
            advice = f"{name} is not up to date: run .venv/bin/python tools/docs.py --write"
            print("\n".join([*list(diff)[:12], advice]), file=sys.stderr)
    return status


def main() -> int:
    """Write or check the pages and return the exit code."""
    parser = argparse.ArgumentParser(description="Generate pages of docs/reference from the code.")
    action = parser.add_mutually_exclusive_group(required=True)
    action.add_argument("--write", dest="run", action="store_const", const=write, help="write the pages")
    action.add_argument("--check", dest="run", action="store_const", const=check, help="exit 1 if a page is outdated")
    run: Callable[[Mapping[str, str]], int] = parser.parse_args().run
    return run(pages.made())


if __name__ == "__main__":
    sys.exit(main())
