"""Makes the pages of docs/reference that say what the code says; tools/pages has a file for each.

    tools/docs.py --write    write them
    tools/docs.py --check    exit 1 if one of them is not what would be written

Everything is read from the code itself, or from synthesis into a temporary folder.
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


def write(made: Mapping[str, str]) -> int:
    """Write the pages."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, text in made.items():
        (FOLDER / name).write_text(text, encoding="utf-8")
    return 0


def check(made: Mapping[str, str]) -> int:
    """1 if a page on the disk is another one; the first lines that differ are printed."""
    differs = 0
    for name, text in made.items():
        file = FOLDER / name
        there = file.read_text(encoding="utf-8") if file.exists() else ""
        if there != text:
            differs = 1
            lines = list(
                difflib.unified_diff(there.splitlines(), text.splitlines(), "is", "would be", n=0, lineterm="")
            )
            advice = f"{name} does not fit the code: run .venv/bin/python tools/docs.py --write"
            print("\n".join([*lines[:12], advice]), file=sys.stderr)
    return differs


def main() -> int:
    """Write or check."""
    parser = argparse.ArgumentParser(description="Makes the pages of docs/reference that say what the code says.")
    action = parser.add_mutually_exclusive_group(required=True)
    action.add_argument("--write", dest="run", action="store_const", const=write, help="write them")
    action.add_argument("--check", dest="run", action="store_const", const=check, help="exit 1 if one differs")
    run: Callable[[Mapping[str, str]], int] = parser.parse_args().run
    return run(pages.made())


if __name__ == "__main__":
    sys.exit(main())
