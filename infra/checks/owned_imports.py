"""Checking that every file of `shared/` that delivery runs has owners: it runs with the deployers' identities.

A change of `OWNED_PATHS` (infra/deploy/branches.py) never merges by itself into `staging`. What verbs of delivery
import must be among them, through any number of modules: otherwise one person could have own code run as `deployer`.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

from infra.checks.findings import ROOT, exit_with
from infra.deploy.branches import OWNED_PATHS, is_owned

STARTS = ("infra/deploy/**/*.py", "infra/operations/ledger.py")
"""What jobs of the workflows run that have an identity at Google or the App's token."""
PACKAGES = ("infra", "shared", "functions", "tests")


def find_import_faults(root: Path) -> Iterator[str]:
    """One line per file without owners, and per owned file of `shared/` that nothing of delivery imports."""
    reached = find_reached(root)
    for path, importer in sorted(reached.items()):
        if not is_owned(path):
            yield f"{path}: {importer} imports it, so delivery runs it: add it to OWNED_PATHS and CODEOWNERS"
    for pattern in OWNED_PATHS:
        if pattern.startswith("/shared/") and not any(f"/{path}".startswith(pattern) for path in reached):
            yield f"OWNED_PATHS: delivery imports nothing of {pattern}"


def find_reached(root: Path) -> dict[str, str]:
    """Every module of the project that delivery imports, at any time → a module that imports it; as paths."""
    starts = sorted({str(path.relative_to(root)) for each in STARTS for path in root.glob(each)})
    found = dict.fromkeys(starts, "a workflow")
    waiting = list(starts)
    while waiting:
        importer = waiting.pop()
        for path in list_imported_files(root, importer):
            if path not in found:
                found[path] = importer
                waiting.append(path)
    return found


def list_imported_files(root: Path, importer: str) -> Iterator[str]:
    """The files that importing one file of the project loads, its packages' own included."""
    tree = ast.parse((root / importer).read_text(encoding="utf-8"))
    for name in sorted(set(list_names(tree))):
        parts = name.split(".")
        for length in range(1, len(parts) + 1):
            stem = "/".join(parts[:length])
            yield from (path for path in (f"{stem}/__init__.py", f"{stem}.py") if (root / path).is_file())


def list_names(node: ast.AST) -> Iterator[str]:
    """The names below our packages that a module imports, in functions too, but not for types only."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.If) and ast.unparse(child.test) in {"TYPE_CHECKING", "typing.TYPE_CHECKING"}:
            continue
        if isinstance(child, ast.Import):
            yield from (each.name for each in child.names if each.name.split(".")[0] in PACKAGES)
        elif isinstance(child, ast.ImportFrom) and child.module and child.module.split(".")[0] in PACKAGES:
            yield child.module
            yield from (f"{child.module}.{each.name}" for each in child.names)
        yield from list_names(child)


if __name__ == "__main__":
    exit_with(find_import_faults(ROOT))
