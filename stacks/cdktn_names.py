"""Let the stacks import CDK Terrain (cdktn) by the names of cdktf: `cdktf` is the module `cdktn`, and
`cdktf_cdktf_provider_x` is `cdktn_provider_x`.

Both engines have the same classes. When the project drops cdktf, rename the imports and delete this file.
"""

import re
import sys
from importlib import import_module
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType

NAMES = re.compile(r"cdktf(_cdktf(_provider_\w+))?(?=\.|$)")


class Names(MetaPathFinder, Loader):
    """Find a module of cdktf, and load the module of cdktn in its place."""

    def find_spec(self, name: str, *_: object) -> ModuleSpec | None:
        """Return the spec of an alias for a name of cdktf, or None for other names."""
        return ModuleSpec(name, self) if NAMES.match(name) else None

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        """Return the module of cdktn. Python puts the same module under both names."""
        module = import_module(NAMES.sub(r"cdktn\2", spec.name, count=1))
        spec.loader_state = module.__spec__
        return module

    def exec_module(self, module: ModuleType) -> None:
        """Restore the module's own spec, which Python replaced by the alias. Python has already executed the module."""
        module.__spec__ = module.__spec__ and module.__spec__.loader_state


def install() -> None:
    """Install the aliases. A second call changes nothing."""
    if not any(isinstance(finder, Names) for finder in sys.meta_path):
        sys.meta_path.insert(0, Names())
