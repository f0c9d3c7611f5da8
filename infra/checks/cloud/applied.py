"""The state of every environment, created once per change of Terraform's files and then cached."""

import fcntl
import hashlib
import json
import shutil
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from infra.checks.cloud import workspace
from infra.checks.cloud.mocked import show_mocked
from infra.checks.cloud.tool import OFFLINE_CURE, OFFLINE_TOOL, RUN, Tool
from infra.checks.findings import ROOT
from infra.local.tools import MissingToolError

States = dict[str, dict[str, Any]]
KEPT = RUN / "states"
PARALLEL = 2
cache = threading.Lock()
"""Terraform's provider cache allows one `init` at a time."""


def take_fingerprint(root: Path = ROOT) -> str:
    """A hash of every file that Terraform reads."""
    files = [path for path in root.glob("terraform/**/*") if path.is_file() and ".terraform" not in path.parts]
    digest = hashlib.sha256()
    for path in sorted([*files, *root.glob("infra/*.json")]):
        digest.update(f"{path.relative_to(root)}\0".encode() + hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:16]


def load_states(tool: Tool) -> States:
    """Environment → its `terraform show -json`, from the cache if the files have not changed.

    Raises TerraformError if an environment cannot be applied, MissingToolError without providers.
    """
    fingerprint = take_fingerprint()
    with _lock():
        try:
            return read_states(fingerprint) or _make_states(tool, fingerprint)
        except workspace.InitError:
            if tool.is_offline:
                raise
            raise MissingToolError(OFFLINE_TOOL, OFFLINE_CURE, is_optional=True) from None


def make_state(tool: Tool, folder: Path) -> dict[str, Any]:
    """The state of one environment: applied by an offline tool, otherwise mocked. Raises TerraformError."""
    if not tool.is_offline:
        return show_mocked(tool, folder)
    workspace.apply(tool, folder)
    return workspace.show(tool, folder)


def read_states(fingerprint: str) -> States:
    """The cached states of exactly these files; empty if they are incomplete."""
    folder = KEPT / fingerprint
    states = {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.json"))}
    wanted = {path.name for path in workspace.list_environments(ROOT)}
    return states if states.keys() == wanted else {}


def keep_state(fingerprint: str, environment: str, shown: dict[str, Any]) -> None:
    """Cache a state, and drop those of older files."""
    for other in KEPT.glob("*"):
        if other.name != fingerprint:
            shutil.rmtree(other, ignore_errors=True)
    path = KEPT / fingerprint / f"{environment}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    written = path.with_suffix(".new")
    written.write_text(json.dumps(shown), encoding="utf-8")
    written.replace(path)


def _make_states(tool: Tool, fingerprint: str) -> States:
    def make(folder: Path) -> dict[str, Any]:
        with cache:
            workspace.initialise(tool, folder)
        shown = make_state(tool, folder)
        keep_state(fingerprint, folder.name, shown)
        return shown

    with workspace.open_workspace() as root, ThreadPoolExecutor(PARALLEL) as workers:
        folders = workspace.list_environments(root)
        return dict(zip((folder.name for folder in folders), workers.map(make, folders), strict=True))


@contextmanager
def _lock() -> Iterator[None]:
    """One process at a time: the others then find the cached states."""
    RUN.mkdir(parents=True, exist_ok=True)
    with (RUN / "states.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
