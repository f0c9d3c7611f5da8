"""The files that Terraform reads for an environment, and their hash, which Terraform writes into deployment.json.

terraform/modules/product/delivery.tf has the same rule; a test applies it and compares.
"""

import hashlib
from pathlib import Path

from infra.deploy.environments import ROOT

DATA = ("infra/functions.json", "infra/firestore.indexes.json", "infra/releases.indexes.json")


def list_sources(environment: str, root: Path = ROOT) -> list[str]:
    """Their paths below the repository's root, sorted."""
    patterns = ("terraform/modules/*/*.tf", f"terraform/environments/{environment}/*.tf")
    found = [path.relative_to(root).as_posix() for pattern in patterns for path in root.glob(pattern)]
    return sorted([*found, *DATA])


def hash_sources(environment: str, root: Path = ROOT) -> str:
    """The SHA-256 of their names and contents, in hex."""
    lines = (
        f"{path} {hashlib.sha256((root / path).read_bytes()).hexdigest()}\n" for path in list_sources(environment, root)
    )
    return hashlib.sha256("".join(lines).encode()).hexdigest()
