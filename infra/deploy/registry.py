"""Images in Artifact Registry: looking up the digest of a tag, protecting an image from clean-up, its signatures.

https://cloud.google.com/artifact-registry/docs/reference/rest/v1/projects.locations.repositories.packages.tags;
Tags are immutable in our repositories (terraform/modules/registry), so a result stays valid.
"""

import json
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Self

import httpx

from infra.deploy.api import CALL_SECONDS_MAX, ERRORS, Api
from infra.deploy.context import Context
from infra.deploy.digests import DIGEST, read_digest
from infra.deploy.environments import Place
from infra.deploy.errors import ConflictError, MissingError, RefusedError, UnprovenError, UnreachableError
from infra.deploy.google_login import google_token

REGISTRY_URL = "https://artifactregistry.googleapis.com"
VARIABLE = "ARTIFACT_REGISTRY_API_URL"
IMAGE = "nanobanana"
"""The name of our repository and of its only image (see `Deployment.image`)."""
KEPT = "r-"
"""The prefix of tags that protect an image from the registry's clean-up (terraform/modules/registry)."""

BUNDLE = "application/vnd.dev.sigstore.bundle"
ACCEPTED = ("application/vnd.oci.image.index.v1+json", "application/vnd.oci.image.manifest.v1+json", "*/*")
CONTENT_BYTES_MAX = 1 << 20
"""No signature is so large."""
CURE = "Start build-release anew: it builds another image. An owner of the project deletes what strangers attached."
LIST_BYTES_MAX = 32 << 20
"""A page of what lies beside an image: strangers' annotations stand there too, and a page has at most 4 MiB."""
READING_SECONDS_MAX = 120.0
"""Of the attachments of one image: strangers may add thousands, and a job must end with words, not be cut off."""
MISSING = 404


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

    @classmethod
    def of(cls, place: Place) -> Self:
        """An environment's own, as Terraform names it (terraform/modules/registry). Raises RefusedError."""
        return cls.parse(f"{place.region}-docker.pkg.dev/{place.project}/{IMAGE}")

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


def list_digests(repository: Repository, tag: str, context: Context) -> list[str]:
    """The digests with this tag, and after it those with the tag and a suffix (`<tag>-…`). Raises DeployError."""
    package, found, token = _package(repository), dict[str, str](), None
    with _open(context) as api:
        while True:
            page = api.get(
                f"/v1/{package}/tags", filter=f'name="{package}/tags/{tag}*"', pageSize=1000, pageToken=token
            )
            for each in page.get("tags", ()):
                name = str(each["name"]).rpartition("/")[2]
                if name == tag or name.startswith(f"{tag}-"):
                    found[name] = read_digest(str(each["version"]).rpartition("/")[2])
            token = page.get("nextPageToken")
            if not token:
                return list(dict.fromkeys(found[name] for name in sorted(found)))


def list_attestations(repository: Repository, digest: str, context: Context) -> Iterator[str]:
    """Sigstore's bundles beside an image: referrers in the OCI distribution specification, whose layer is the bundle.

    Anybody who may push may add some, as many and as large as they like. So each is read only when the caller asks for
    it, and what has another form or is too large is passed over: what strangers add hides no good one.

    Raises UnprovenError when reading, with what the caller does meanwhile, has taken too long; DeployError.
    """
    place = f"/v2/{repository.project}/{repository.name}/{IMAGE}"
    deadline = context.clock.now() + timedelta(seconds=READING_SECONDS_MAX)
    with _open_content(repository, context) as client:
        for each in _list_referrers(client, f"{place}/referrers/{digest}"):
            if context.clock.now() >= deadline:
                found = f"of what is attached to it, nothing that was read in {READING_SECONDS_MAX:.0f} s proves it"
                raise UnprovenError(f"{digest}: {found}. {CURE}")
            if not each:
                continue
            manifest = _read_object(_read_content(client, f"{place}/manifests/{each}")[0])
            for layer in _list_digests(_list_objects(manifest, "layers")[:1]):
                yield _read_content(client, f"{place}/blobs/{layer}")[0]


def keep(repository: Repository, digest: str, context: Context) -> None:
    """Protect the image from clean-up by a tag, if it has none. Raises DeployError."""
    tag = KEPT + digest.removeprefix("sha256:")[:12]
    if find_digest(repository, tag, context) is not None:
        return
    package = _package(repository)
    with _open(context) as api, suppress(ConflictError):  # another process was faster
        api.change("POST", f"/v1/{package}/tags?tagId={tag}", {"version": f"{package}/versions/{digest}"})


def _list_objects(found: dict[str, Any], key: str) -> list[dict[str, Any]]:
    """The objects of a list; what has another form is left out, because strangers may have written it."""
    entries = found.get(key)
    return [each for each in entries if isinstance(each, dict)] if isinstance(entries, list) else []


def _list_digests(found: list[dict[str, Any]]) -> list[str]:
    return [digest for each in found if DIGEST.fullmatch(digest := str(each.get("digest")))]


def _open_content(repository: Repository, context: Context) -> httpx.Client:
    """The registry as docker sees it. It answers with the address of the content elsewhere, which gets no token."""
    base = context.environment.get(VARIABLE) or f"https://{repository.host}"
    headers = {"Authorization": f"Bearer {google_token(context, VARIABLE)()}", "Accept": ", ".join(ACCEPTED)}
    return httpx.Client(base_url=base, timeout=CALL_SECONDS_MAX, headers=headers, follow_redirects=True)


def _list_referrers(client: httpx.Client, path: str) -> Iterator[str]:
    """The digests of the manifests with a bundle, page by page; "" for each page, so that the caller can stop there.

    Raises DeployError.
    """
    while path:
        text, path = _read_content(client, path, LIST_BYTES_MAX)
        found = _list_objects(_read_object(text), "manifests")
        yield from _list_digests([each for each in found if str(each.get("artifactType")).startswith(BUNDLE)])
        yield ""


def _read_object(text: str) -> dict[str, Any]:
    """The JSON object; empty for anything else, because strangers may have written it."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _read_content(client: httpx.Client, path: str, bytes_max: int = CONTENT_BYTES_MAX) -> tuple[str, str]:
    """The text, and the path of the next page. Each is empty if there is none, and the text also if it is too large.

    Raises DeployError.
    """
    try:
        with client.stream("GET", path) as response:
            if response.status_code == MISSING:
                return "", ""
            if not response.is_success:
                raise ERRORS.get(response.status_code, UnreachableError)(f"GET {path}: {response.status_code}")
            content = bytearray()
            for part in response.iter_bytes():
                content += part
                if len(content) > bytes_max:
                    return "", ""
            following = response.links.get("next", {}).get("url", "")
    except httpx.HTTPError as error:
        raise UnreachableError(f"GET {path}: {type(error).__name__}") from error
    # Only its path: the token is for this host.
    return content.decode(errors="replace"), httpx.URL(following).raw_path.decode() if following else ""


def _open(context: Context) -> Api:
    return Api(context.environment.get(VARIABLE) or REGISTRY_URL, google_token(context, VARIABLE), context)


def _package(repository: Repository) -> str:
    place = f"projects/{repository.project}/locations/{repository.location}/repositories/{repository.name}"
    return f"{place}/packages/{IMAGE}"
