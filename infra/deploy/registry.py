"""Tags of images in Artifact Registry: looking up a digest, and protecting an image from clean-up.

https://cloud.google.com/artifact-registry/docs/reference/rest/v1/projects.locations.repositories.packages.tags;
Tags are immutable in our repositories (terraform/modules/registry), so a result stays valid.
"""

import re
from contextlib import suppress
from dataclasses import dataclass
from typing import Self

from infra.deploy.api import Api
from infra.deploy.context import Context
from infra.deploy.digests import read_digest
from infra.deploy.errors import ConflictError, MissingError, RefusedError
from infra.deploy.google_login import google_token

REGISTRY_URL = "https://artifactregistry.googleapis.com"
VARIABLE = "ARTIFACT_REGISTRY_API_URL"
IMAGE = "nanobanana"
"""The name of our repository and of its only image (see `Deployment.image`)."""
KEPT = "r-"
"""The prefix of tags that protect an image from the registry's clean-up (terraform/modules/registry)."""


@dataclass(frozen=True)
class Repository:
    """`europe-west1-docker.pkg.dev/project/repository`, and its parts."""

    path: str
    host: str
    location: str
    project: str
    name: str

    @classmethod
    def parse(cls, path: str) -> Self:
        """Parse such a path. Raises RefusedError."""
        found = re.fullmatch(r"(([a-z0-9-]+)-docker\.pkg\.dev)/([a-z0-9-]+)/([a-z0-9-]+)", path)
        if found is None:
            raise RefusedError(f"not a repository of Artifact Registry: {path!r}")
        return cls(path, *found.groups())

    @property
    def image(self) -> str:
        """The prefix of our images' names."""
        return f"{self.path}/{IMAGE}"


def find_digest(repository: Repository, tag: str, context: Context) -> str | None:
    """The digest with this tag; None if there is none. Raises DeployError."""
    with _open(context) as api:
        try:
            found = api.get(f"/v1/{_package(repository)}/tags/{tag}")
        except MissingError:
            return None
    return read_digest(str(found["version"]).rpartition("/")[2])


def keep(repository: Repository, digest: str, context: Context) -> None:
    """Protect the image from clean-up by a tag, if it has none. Raises DeployError."""
    tag = KEPT + digest.removeprefix("sha256:")[:12]
    if find_digest(repository, tag, context) is not None:
        return
    package = _package(repository)
    with _open(context) as api, suppress(ConflictError):  # another process was faster
        api.change("POST", f"/v1/{package}/tags?tagId={tag}", {"version": f"{package}/versions/{digest}"})


def _open(context: Context) -> Api:
    return Api(context.environment.get(VARIABLE) or REGISTRY_URL, google_token(context, VARIABLE), context)


def _package(repository: Repository) -> str:
    place = f"projects/{repository.project}/locations/{repository.location}/repositories/{repository.name}"
    return f"{place}/packages/{IMAGE}"
