"""Start a module of the project in isolation: `python -I -S hvn/start.py MODULE [ARGUMENT]...`.

With `-I` Python reads neither the caller's folder nor any PYTHON variable. The project's folder comes last in the
module path, and only after `site` has run: a `sitecustomize.py` or a `json.py` there, for example of a pull request,
is never imported. `-S` leaves `site` to this file, so that Ctrl-C ends the process silently even during its imports.
"""

# The C module, because `signal` takes time to import.
import _signal  # type: ignore[import-not-found]

if _signal.getsignal(_signal.SIGINT) is _signal.default_int_handler:
    _signal.signal(_signal.SIGINT, _signal.SIG_DFL)

import os
import runpy
import site
import sys

site.main()
sys.path.append(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))  # noqa: PTH100, PTH120 - pathlib is slow
runpy.run_module(sys.argv.pop(1), run_name="__main__", alter_sys=True)
