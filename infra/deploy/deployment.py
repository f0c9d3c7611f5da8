"""`deployment.json`: Terraform's facts about an environment, which every revision needs.

Terraform writes it to the delivery bucket (terraform/modules/product, docs/decisions/0007); the deployer never
guesses a variable, a secret's name or a limit.
"""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self
from urllib.parse import quote

from infra.deploy.api import Api
from infra.deploy.context import Context
from infra.deploy.errors import DeployError, RefusedError
from infra.deploy.google_login import google_token

ENVIRONMENTS = ("dev", "staging", "production")
STORAGE_URL = "https://storage.googleapis.com"
OBJECT = "deployment.json"


@dataclass(frozen=True)
class Function:
    """One function's Cloud Run service and the settings of its revisions."""

    name: str
    service: str
    url: str
    """The service's own address; a tag's is `tag_url(tag)`."""
    service_account: str
    public: bool
    env: Mapping[str, str]
    secrets: Mapping[str, str]
    """Variable → Secret Manager secret, of which the latest version is read."""
    cpu: str
    memory: str
    concurrency: int
    timeout_seconds: int
    min_instances: int
    max_instances: int
    cpu_boost: bool
    cpu_idle: bool

    def tag_url(self, tag: str) -> str:
        """The URL of the tagged revision, which is independent of the traffic."""
        return self.url.replace("://", f"://{tag}---", 1)


@dataclass(frozen=True)
class Attestor:
    """Whose attestation Cloud Run asks for (terraform/modules/attestation)."""

    enforced: bool
    """Otherwise what lacks one is only written to the audit log."""
    note: str
    """`projects/…/notes/…`: attestations are occurrences of it."""
    keys: Mapping[str, str]
    """Name of a key's version → its public key as PEM. The first one signs."""


@dataclass(frozen=True)
class Deployment:
    """One environment."""

    environment: str
    project: str
    region: str
    registry: str
    """The repository of images, such as `europe-west1-docker.pkg.dev/project/nanobanana`."""
    functions: Mapping[str, Function]
    staff_chat_ids: tuple[int, ...]
    proven_images: bool = False
    """Whether only images are released here that the build has signed."""
    asks_agreement: bool = False
    """Whether members of the release bot have to agree to a release (`check-agreement`)."""
    attestor: Attestor | None = None
    """None before decision 0117."""
    sources: str = ""
    """The hash of the files that Terraform was applied with (`terraform_sources.py`); empty before decision 0108."""
    queues: frozenset[str] = frozenset()
    indexes: frozenset[str] = frozenset()
    """Indexes and fields of the database that are ready, named as in `prerequisites.py`."""

    @classmethod
    def parse(cls, text: str | bytes) -> Self:
        """Parse the file. Raises DeployError if something is missing."""
        try:
            found = json.loads(text)
            functions = {name: _parse_function(name, each) for name, each in found["functions"].items()}
            return cls(
                environment=found["environment"],
                project=found["project"],
                region=found["region"],
                registry=found["registry"],
                functions=functions,
                staff_chat_ids=tuple(found.get("staff_chat_ids", ())),
                proven_images=bool(found.get("proven_images", False)),
                asks_agreement=bool(found.get("asks_agreement", False)),
                attestor=_parse_attestor(found.get("attestor")),
                sources=found.get("sources", ""),
                queues=frozenset(found.get("queues", ())),
                indexes=frozenset(found.get("indexes", ())),
            )
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise DeployError(f"{OBJECT} is not what Terraform writes: {type(error).__name__}: {error}") from error

    def image(self, digest: str) -> str:
        """The image's full name. Raises RefusedError for anything but a digest: tags can move."""
        if not re.fullmatch(r"sha256:[0-9a-f]{64}", digest):
            raise RefusedError(f"not an image digest: {digest!r}")
        return f"{self.registry}/nanobanana@{digest}"

    def fingerprint(self) -> str:
        """A hash of all settings of revisions except their image."""
        functions = {name: _facts(function) for name, function in self.functions.items()}
        return hashlib.sha256(json.dumps(functions, sort_keys=True).encode()).hexdigest()


def load_deployment(context: Context, project: str, file: Path | None = None) -> Deployment:
    """Load it from the given file, or from the project's delivery bucket. Raises DeployError."""
    if file is not None:
        try:
            return Deployment.parse(file.read_text())
        except OSError as error:
            raise DeployError(f"{file}: {error.strerror}") from error
    base = context.environment.get("STORAGE_EMULATOR_HOST") or STORAGE_URL
    with Api(base, google_token(context, "STORAGE_EMULATOR_HOST"), context) as storage:
        found = storage.get(f"/storage/v1/b/{project}-delivery/o/{quote(OBJECT)}", alt="media")
    return Deployment.parse(json.dumps(found))


def _parse_attestor(found: Mapping[str, Any] | None) -> Attestor | None:
    if found is None:
        return None
    return Attestor(bool(found["enforced"]), str(found["note"]), dict(found["keys"]))


def _parse_function(name: str, found: Mapping[str, Any]) -> Function:
    return Function(name=name, **{key: found[key] for key in Function.__annotations__ if key != "name"})


def _facts(function: Function) -> dict[str, Any]:
    return {key: getattr(function, key) for key in Function.__annotations__}
