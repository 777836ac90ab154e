"""Start a module of the project isolated from the caller: `python -I -S hvn/start.py MODULE [ARGUMENT]...`.

With `-I` Python reads neither the caller's folder nor any PYTHON variable. This file runs `site`, then adds the
project's folder at the end of the module path. Python therefore never imports a `sitecustomize.py` or a `json.py` of
the project's folder, for example of a pull request. With `-S` Python does not run `site` before this file. Ctrl-C
therefore ends the process silently even while `site` is imported.
"""

# Import the C module `_signal`, because the import of `signal` takes longer.
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
