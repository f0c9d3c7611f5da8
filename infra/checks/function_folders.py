"""Each folder in `functions/` holds one short `main.py` and nothing else.

functions-framework adds every function's folder to the import path, so a second file would shadow a file of the
same name in another function, or a module of `shared`.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

from infra.checks.findings import ROOT, exit_with

LINES_MAX = 60  # about 40 of logic, with the imports and a docstring
CACHE = "__pycache__"


def find_untidy_functions(root: Path) -> Iterator[str]:
    """One line per extra file, missing handler, or entry point that is too long."""
    for folder in sorted((root / "functions").glob("*")):
        if folder.name == CACHE:
            continue
        if not folder.is_dir():
            yield f"functions/{folder.name}: only folders belong here, one per function"
            continue
        yield from (f"functions/{folder.name}/{name}: {why}" for name, why in find_faults(folder))


def find_faults(folder: Path) -> Iterator[tuple[str, str]]:
    """File name and fault, for one function."""
    for path in sorted(folder.glob("*")):
        if path.name not in {"main.py", CACHE}:
            yield path.name, "a function folder holds main.py and nothing else"
    entry = folder / "main.py"
    if not entry.is_file():
        yield entry.name, "is missing"
        return
    source = entry.read_text(encoding="utf-8")
    if (lines := len(source.splitlines())) > LINES_MAX:
        yield entry.name, f"has {lines} lines of at most {LINES_MAX}: the work belongs in shared/"
    if folder.name not in list_names(source):
        yield entry.name, f"defines no handler called {folder.name}"


def list_names(source: str) -> set[str]:
    """Functions defined and names bound at the top of a module."""
    names: set[str] = set()
    for node in ast.parse(source).body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            names.add(node.name)
        elif isinstance(node, ast.Assign):
            names.update(target.id for target in node.targets if isinstance(target, ast.Name))
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            names.add(node.target.id)
    return names


if __name__ == "__main__":
    exit_with(find_untidy_functions(ROOT))
