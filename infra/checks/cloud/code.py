"""Facts from the code: its functions, variables, queues, deadlines, collections and indexes."""

import ast
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from infra.checks.findings import ROOT
from infra.local.options import Options
from infra.local.parts import list_settings
from shared import settings, wiring
from shared.errors import SettingsError

DEADLINE = re.compile(r"[A-Z]+_DEADLINE_SECONDS")
FRAMEWORK = frozenset({"FUNCTION_TARGET", "FUNCTION_SOURCE"})
"""Variables of functions-framework; all others belong to the settings."""
NEVER_IN_THE_CLOUD = frozenset({"FIRESTORE_EMULATOR_HOST", "STORAGE_EMULATOR_HOST", "CLOUD_TASKS_EMULATOR_HOST"})


def list_folders(root: Path = ROOT) -> frozenset[str]:
    """The functions that exist: one folder each."""
    return frozenset(path.parent.name for path in root.glob("functions/*/main.py"))


# --- variables ---------------------------------------------------------------------------------------------


class Recorder(dict[str, str]):
    """An environment that records which variables are read."""

    def __init__(self, values: Mapping[str, str]) -> None:
        super().__init__(values)
        self.asked: set[str] = set()

    def get(self, name: str, default: Any = None, /) -> Any:  # what `shared.settings` calls
        self.asked.add(name)
        return super().get(name, default)

    def __getitem__(self, name: str) -> str:
        self.asked.add(name)
        return super().__getitem__(name)


@dataclass(frozen=True)
class Variables:
    """The variables that a function reads."""

    required: frozenset[str]
    optional: frozenset[str]


def read_settings(function: str, environment: Mapping[str, str]) -> Any:
    """A function's settings from an environment. Raises SettingsError for a wrong one, KeyError without a class."""
    settings.TelemetrySettings.read(environment)  # every function reads it too
    return vars(settings)[f"{function.capitalize()}Settings"].read(environment)


def list_variables(function: str) -> Variables:
    """The variables of a function's settings; without a required one the function does not start."""
    complete = list_settings(Options(), function)
    asked = _record(function, complete)
    required: set[str] = set()
    optional = set(asked)
    for name in asked:
        without = {other: value for other, value in complete.items() if other != name}
        try:
            optional |= _record(function, without)  # without one variable another one may be read
        except SettingsError:
            required.add(name)
    return Variables(frozenset(required), frozenset(optional - required))


def _record(function: str, environment: Mapping[str, str]) -> set[str]:
    recorder = Recorder(environment)
    read_settings(function, recorder)
    return recorder.asked


SECRET_ADDRESSES = {
    "ANALYTICS_DSN": "https://notarealtoken@analytics.example/import",
    "SENTRY_DSN": "https://notarealkey@sentry.example/1",
    "SLACK_WEBHOOK_URL": "https://slack.example/not-a-real-secret",
}
"""Fake values of the secrets that are addresses and that `make run` does not set."""


def sample_secrets(function: str, names: Mapping[str, str]) -> dict[str, str]:
    """Fake values in the format of the secrets."""
    known = SECRET_ADDRESSES | list_settings(Options(), function)
    return {name: known.get(name, "not-a-real-secret") for name in names}


# --- queues and collections --------------------------------------------------------------------------------


def list_deadlines(root: Path = ROOT) -> dict[str, int]:
    """Queue → how many seconds Cloud Tasks waits for a response to its tasks.

    Taken from the calls in the composition root that name a queue and its deadline. Raises ValueError for none.
    """
    tree = ast.parse((root / "shared/wiring.py").read_text(encoding="utf-8"))
    found: dict[str, int] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            names = [each.id for each in node.args if isinstance(each, ast.Name) and DEADLINE.fullmatch(each.id)]
            queues = [each.value for each in node.args if isinstance(each, ast.Constant)]
            found |= {str(queue): vars(wiring)[name] for queue in queues for name in names}
    if not found:
        raise ValueError("shared/wiring.py names no queue with its deadline")
    return found


def list_collections(root: Path = ROOT) -> frozenset[str]:
    """Every collection that a key or a query of the code names."""
    sources = (path.read_text(encoding="utf-8") for path in (root / "shared").rglob("*.py"))
    return frozenset(name for source in sources for name in _find_collections(source))


def _find_collections(source: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in {"Key", "Query"}:
            first = node.args[0] if node.args else None
            if isinstance(first, ast.Constant) and isinstance(first.value, str):
                yield first.value


def read_indexes(root: Path = ROOT) -> dict[str, Any]:
    """`indexes` and `fieldOverrides` of both databases, in the format of Firebase's tools: the product's
    `infra/firestore.indexes.json`, and the releases' `infra/releases.indexes.json`.
    """
    names = ("infra/firestore.indexes.json", "infra/releases.indexes.json")
    files = [json.loads((root / name).read_text(encoding="utf-8")) for name in names]
    return {kind: [entry for each in files for entry in each[kind]] for kind in ("indexes", "fieldOverrides")}
