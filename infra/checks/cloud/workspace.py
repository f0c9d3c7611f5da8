"""A copy of terraform/ for running it, so that runs do not interfere and leave no files in the repository."""

import json
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from infra.checks.cloud.tool import RUN, Tool
from infra.checks.findings import ROOT

OWN_FILES = shutil.ignore_patterns(".terraform", "*.tfstate*")
LOCAL_BACKEND = 'terraform {\n  backend "local" {}\n}\n'
OVERRIDE = "zz_check_override.tf"


class TerraformError(RuntimeError):
    """Terraform failed; the text is its output."""


class InitError(TerraformError):
    """Modules or providers could not be installed."""


@contextmanager
def open_workspace(root: Path = ROOT) -> Iterator[Path]:
    """A temporary folder like the repository's root, in which every root has an empty local state."""
    RUN.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=RUN, prefix="work-") as name:
        folder = Path(name)
        shutil.copytree(root / "terraform", folder / "terraform", ignore=OWN_FILES)
        for entry in root.iterdir():
            if entry.name != "terraform" and not entry.name.startswith("."):
                (folder / entry.name).symlink_to(entry)
        for environment in [*list_environments(folder), *list_outsides(folder)]:
            (environment / OVERRIDE).write_text(LOCAL_BACKEND, encoding="ascii")
        yield folder


def list_environments(root: Path) -> list[Path]:
    """The folders of the environments."""
    return sorted(path.parent for path in root.glob("terraform/environments/*/main.tf"))


def list_outsides(root: Path) -> list[Path]:
    """The folders of the copies outside the environments' projects, which people apply by hand."""
    return sorted(path.parent for path in root.glob("terraform/outside/*/main.tf"))


def list_tested_modules(root: Path) -> list[Path]:
    """The folders of modules with tests, those with the slowest tests first."""
    sizes: dict[Path, int] = {}
    for path in root.glob("terraform/modules/*/tests/*.tftest.hcl"):
        sizes[path.parents[1]] = sizes.get(path.parents[1], 0) + path.stat().st_size
    return sorted(sizes, key=lambda folder: (-sizes[folder], folder))


def run(tool: Tool, folder: Path, *arguments: str) -> str:
    """Run Terraform; returns its output. Raises TerraformError if it fails."""
    done = tool.run(folder, *arguments)
    if done.returncode:
        raise TerraformError(f"{done.stdout}{done.stderr or ''}".strip())
    return done.stdout


def initialise(tool: Tool, folder: Path) -> None:
    """Install modules and providers, from the registry or the tool itself. Raises InitError."""
    try:
        run(tool, folder, "init", "-input=false")
    except TerraformError as error:
        raise InitError(str(error)) from None


def apply(tool: Tool, folder: Path) -> None:
    """Apply to an empty state, with an offline tool only. Raises TerraformError."""
    if not tool.is_offline:
        raise ValueError("a check applies nothing to a real cloud")
    run(tool, folder, "apply", "-auto-approve", "-input=false")


def show(tool: Tool, folder: Path) -> dict[str, Any]:
    """The state as JSON. Raises TerraformError."""
    shown: dict[str, Any] = json.loads(run(tool, folder, "show", "-json"))
    return shown
