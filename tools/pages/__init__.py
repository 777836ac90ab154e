"""Generate the pages of docs/reference, each page in its own module.

Sentences that cannot be derived from the code are in the modules of tools/pages, keyed by the name of the object that
they describe. An object without a sentence is an error.
"""

from hvn.check.load import require
from pages import commands, login_errors, pictures, rehearsal, rights, rules, topology, workspaces
from pages.sample import SAMPLE, synthesized, variants


def made() -> dict[str, str]:
    """Return the text of each generated page and picture, by its path relative to docs/reference."""
    checked = require(SAMPLE)
    sample = synthesized(checked)
    more = [built for variant in variants(checked) for built in synthesized(variant)]
    return {
        "rules.md": rules.made(),
        "topology.md": topology.made(),
        "workspaces.md": workspaces.made([*sample, *more]),
        "commands.md": commands.made(),
        "login-errors.md": login_errors.made(),
        "rehearsal.md": rehearsal.made(),
        "rights.md": rights.made([*sample, *more]),
        **pictures.made(),
    }
