"""The Google project and region of an environment, from its Terraform root."""

import argparse
import re
from dataclasses import dataclass
from pathlib import Path

from infra.deploy.context import Context
from infra.deploy.errors import DeployError, RefusedError

ENVIRONMENTS = ("dev", "staging", "production")
ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Place:
    """The location of an environment."""

    environment: str
    project: str
    region: str


def add_place_arguments(parser: argparse.ArgumentParser) -> None:
    """Add `--environment`, and the arguments that replace a missing Terraform root."""
    parser.add_argument("--environment", required=True, choices=ENVIRONMENTS, help="where to do it")
    parser.add_argument("--project", help="Google project; default: the one in terraform/environments/…/main.tf")
    parser.add_argument("--region", help="default: likewise")


def add_deployment_argument(parser: argparse.ArgumentParser) -> None:
    """Add `--deployment FILE`."""
    parser.add_argument("--deployment", type=Path, help="deployment.json; default: the one in the delivery bucket")


def find_place(args: argparse.Namespace, context: Context) -> Place:
    """The place from the arguments, or else from the Terraform root.

    Raises RefusedError if the shell's variables name another project, so that nobody rolls back the wrong environment.
    """
    project = args.project or _read(args.environment, "project")
    shells = context.environment.get("GOOGLE_CLOUD_PROJECT", project)
    if shells != project and not args.project:
        raise RefusedError(
            f"GOOGLE_CLOUD_PROJECT is {shells}, {args.environment} is {project}: unset it, or give --project"
        )
    return Place(args.environment, project, args.region or _read(args.environment, "region"))


def find_repository_id(environment: str) -> str:
    """The number of the GitHub repository whose pipeline may deploy there. Raises DeployError."""
    found = read_value(ROOT / find_root(environment), "repository_id")
    if not found:
        raise DeployError(f"{find_root(environment)} names no repository_id")
    return found


def find_root(environment: str) -> Path:
    """The file with an environment's values, below the checkout."""
    return Path("terraform/environments") / environment / "main.tf"


def read_value(path: Path, name: str) -> str:
    """A text that a Terraform root sets; empty if it does not, or if there is none."""
    try:
        found = re.search(rf'^\s*{name}\s*=\s*"([^"]+)"', path.read_text(), re.MULTILINE)
    except OSError:
        return ""
    return found[1] if found else ""


def _read(environment: str, name: str) -> str:
    found = read_value(ROOT / find_root(environment), name)
    if not found:
        raise DeployError(f"no {name}: give --{name}")
    return found
