"""Lets Python find this project's two packages where nothing else of the checkout can be imported.

Verbs of delivery run with PYTHONSAFEPATH=1, because they have staging's and production's identities: a module at the
repository's root named like a library, such as `httpx.py`, must not be imported in its place. Then Python looks in no
folder of the checkout, and this finder adds `infra` and `shared`, after everything that is installed.

`make setup` copies this file into .venv, where Python runs it at each start (a `.pth` file names it).
"""

import sys
from collections.abc import Sequence
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType

PACKAGES = frozenset({"infra", "shared"})


class ProjectFinder:
    """Finds them in the folder of .venv."""

    @staticmethod
    def find_spec(name: str, path: Sequence[str] | None = None, target: ModuleType | None = None) -> ModuleSpec | None:
        if path is not None or name not in PACKAGES:
            return None
        root = sys.prefix.rpartition("/")[0]  # without pathlib, which would take longer than all the rest
        return PathFinder.find_spec(name, [root], target)


sys.meta_path.append(ProjectFinder)
