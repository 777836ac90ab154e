"""The generated pages of docs/reference, each in a file of its own.

What only a person can say stands in these files, by name, and a name without its sentence stops the program.
"""

from hvn.check.load import require
from pages import commands, login_errors, rehearsal, rights, rules, topology, workspaces
from pages.sample import SAMPLE, synthesized, variants


def made() -> dict[str, str]:
    """Every generated page by its file name."""
    checked = require(SAMPLE)
    sample = synthesized(checked)
    more = [each for variant in variants(checked) for each in synthesized(variant)]
    return {
        "rules.md": rules.made(),
        "topology.md": topology.made(),
        "workspaces.md": workspaces.made(sample, more),
        "commands.md": commands.made(),
        "login-errors.md": login_errors.made(),
        "rehearsal.md": rehearsal.made(),
        "rights.md": rights.made([*sample, *more]),
    }
