"""Allow-lists of imports for each folder of `shared/`, `functions/` and `infra/`; import-linter can only deny.

`.importlinter` defines the layers and forbids chains of imports. This check refuses every other library and
module until it is listed here.
"""

import ast
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from infra.checks.findings import ROOT, exit_with

CLOUD_LIBRARIES = ("fal_client", "google", "telegram", "grpc", "httpx", "httpx2")


@dataclass(frozen=True)
class Rule:
    """Modules below `folder` may import the standard library and what starts with a name in `allowed`.

    `allowed` None: anything but a name in `denied`.
    """

    folder: str
    allowed: tuple[str, ...] | None = None
    denied: tuple[str, ...] = ()


ROOMS = (
    *("bot", "broadcasts", "conversations", "credits", "gallery", "growth", "jobs", "miniapp", "payments", "people"),
    *(
        "pictures",
        "privacy",
        "providers",
        "release_bot",
        "releases",
        "rest",
        "statement",
        "support",
        "telegram",
        "videos",
        "voices",
        "wallets",
        "webhooks",
        "wording",
    ),
)
"""The packages of `shared/`, each with one purpose."""
SHARED_BY_ROOMS = (
    "codec",
    "delivery",
    "errors",
    "hash_ids",
    "late",
    "logs",
    "ports",
    "task",
    "telemetry",
    "texts",
    "webhook_trouble",
)

# The first rule whose folder holds the file counts.
RULES = (
    # The parser of Markdown does no I/O.
    Rule("shared/telegram/rich_text.py", allowed=("shared.ports", "shared.providers.talk", "telegramify_markdown")),
    # The engine of templates does no I/O but reading them.
    Rule("shared/miniapp/templates.py", allowed=("jinja2", "shared.miniapp", "shared.people", "shared.texts")),
    # Recording is the whole product's, so it knows nothing of it but errors, the log and, for one module, settings.
    Rule("shared/telemetry", allowed=("shared.errors", "shared.logs", "shared.settings", "shared.telemetry")),
    *(Rule(f"shared/{room}", allowed=tuple(f"shared.{name}" for name in (*ROOMS, *SHARED_BY_ROOMS))) for room in ROOMS),
    Rule("shared/adapters"),
    Rule("shared", denied=(*CLOUD_LIBRARIES, "infra", "tests", "functions")),
    Rule("functions", allowed=("shared", "functions_framework", "starlette")),
    # The standard library alone: these start before anything is installed.
    Rule("infra/setup.py", allowed=()),
    Rule("infra/checks/bare.py", allowed=()),
    Rule("infra", denied=("tests", "functions")),
)


def find_impure_rules(root: Path) -> Iterator[str]:
    """One line per pure module with I/O: a module of a room without coroutines must not import one with coroutines."""
    paths = [path for room in ROOMS for path in (root / "shared" / room).glob("*.py")]
    sources = {f"shared.{path.parent.name}.{path.stem}": path.read_text(encoding="utf-8") for path in sorted(paths)}
    impure = {module for module, source in sources.items() if has_coroutine(source)}
    for module in sorted(sources.keys() - impure):
        for line, name in list_imports(sources[module]):
            if starts_with_any(name, tuple(impure)):
                yield f"{module.replace('.', '/')}.py:{line}: a rule without I/O must not import {name}"


def has_coroutine(source: str) -> bool:
    """Whether this module contains a coroutine."""
    return any(isinstance(node, ast.AsyncFunctionDef) for node in ast.walk(ast.parse(source)))


def find_forbidden_imports(root: Path, rules: tuple[Rule, ...] = RULES) -> Iterator[str]:
    """One line per import that its folder's rule does not allow."""
    for top in sorted({rule.folder.split("/")[0] for rule in rules}):
        for path in sorted((root / top).rglob("*.py")):
            name = path.relative_to(root)
            rule = next(rule for rule in rules if name.is_relative_to(rule.folder))
            for line, module in list_imports(path.read_text(encoding="utf-8")):
                if not is_allowed(module, rule):
                    yield f"{name}:{line}: {rule.folder} must not import {module}"


def list_imports(source: str) -> Iterator[tuple[int, str]]:
    """Line and dotted name of everything imported, at any depth; `from a import b` counts as `a.b`."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            package = "." * node.level + (node.module or "")
            yield from ((node.lineno, f"{package}.{alias.name}") for alias in node.names)


def is_allowed(module: str, rule: Rule) -> bool:
    """Whether the rule allows this dotted name."""
    if module.split(".", maxsplit=1)[0] in sys.stdlib_module_names:
        return True
    if rule.allowed is None:
        return not starts_with_any(module, rule.denied)
    return starts_with_any(module, rule.allowed)


def starts_with_any(module: str, packages: tuple[str, ...]) -> bool:
    """Whether the dotted name is one of the packages or inside one."""
    return any(f"{module}.".startswith(f"{package}.") for package in packages)


if __name__ == "__main__":
    exit_with([*find_forbidden_imports(ROOT), *find_impure_rules(ROOT)])
