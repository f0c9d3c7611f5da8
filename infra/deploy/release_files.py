"""The files of a release on GitHub: what was released, how it was built, what is in it, and one signature over all.

    notes.md          the changes, as the release shows them
    image.txt         the image's digest
    provenance.json   Sigstore's bundle of the job that built the image
    sbom.json         the list of packages in the image, CycloneDX
    signature.json    Sigstore's bundle of deploy-production over the four others

https://docs.github.com/en/rest/releases/assets
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path

from infra.deploy.context import Context
from infra.deploy.digests import read_digest
from infra.deploy.environments import find_repository_id
from infra.deploy.errors import DeployError, MissingError, RefusedError, UnprovenError
from infra.deploy.github import GitHub
from infra.deploy.origin import Origin, find_good, load_newest_keys, prove_origin

NOTES, IMAGE, PROVENANCE, SBOM, SIGNATURE = "notes.md", "image.txt", "provenance.json", "sbom.json", "signature.json"
SIGNED = (NOTES, IMAGE, PROVENANCE, SBOM)
WORKFLOW = ".github/workflows/deploy-production.yml"
"""The only workflow whose signature over a release's files counts."""
Files = Mapping[str, bytes]


def read_files(folder: Path, signature: Path) -> dict[str, bytes]:
    """The files as the job has written them, and the signature. Raises DeployError."""
    try:
        return {name: (folder / name).read_bytes() for name in SIGNED} | {SIGNATURE: signature.read_bytes()}
    except OSError as error:
        raise DeployError(f"{error.filename}: {error.strerror}") from error


def fetch_files(github: GitHub, version: str) -> dict[str, bytes]:
    """The files of a published release. Raises DeployError."""
    release = github.get(f"/releases/tags/{version}")
    listed = {str(each["name"]): int(each["id"]) for each in release["assets"]}
    missing = [name for name in (*SIGNED, SIGNATURE) if name not in listed]
    if missing:
        raise RefusedError(f"{version} has no {', '.join(missing)}")
    return {name: github.download(listed[name]) for name in (*SIGNED, SIGNATURE)}


def fetch_provenance(github: GitHub, digest: str, context: Context) -> str:
    """The bundle of the job that built an image, from GitHub's attestations. Raises UnprovenError if none is good."""
    bundles = list_bundles(github, digest)
    if signs_privately(github):
        if found := next(bundles, ""):
            return found
        raise UnprovenError(f"{digest}: GitHub has no attestation of this image")
    return find_good(bundles, digest, find_repository_id("production"), load_newest_keys(context)).bundle


def list_bundles(github: GitHub, digest: str) -> Iterator[str]:
    """What this repository's jobs have attested of an image, on any branch, page by page. Raises DeployError."""
    with suppress(MissingError):
        for each in github.pages(f"/attestations/{digest}", "attestations"):
            yield json.dumps(each.get("bundle"))


def signs_privately(github: GitHub) -> bool:
    """Whether GitHub signs with keys that our verification does not know: it does so in private repositories."""
    return bool(github.get(github.repository_url).get("private"))


def prove_files(files: Files, context: Context) -> Origin:
    """What the signature proves for all files, and that they belong to one image. Raises RefusedError."""
    keys, repository_id = load_newest_keys(context), find_repository_id("production")
    signature = files[SIGNATURE].decode(errors="replace")
    proven = [
        prove_origin(signature, f"sha256:{hashlib.sha256(files[name]).hexdigest()}", repository_id, keys, WORKFLOW)
        for name in SIGNED
    ]
    digest = read_image(files)
    prove_origin(files[PROVENANCE].decode(errors="replace"), digest, repository_id, keys)
    if f"Image `{digest}`" not in files[NOTES].decode(errors="replace"):
        raise RefusedError(f"the notes are not about {digest}")
    return proven[0]


def read_image(files: Files) -> str:
    """The digest that the release is about. Raises RefusedError if two of its files disagree."""
    try:
        digest = read_digest(files[IMAGE].decode().strip())
        listed = json.loads(files[SBOM])["metadata"]["component"]["version"]
    except (ValueError, KeyError, TypeError) as error:
        raise RefusedError("the release's files name no image") from error
    if listed != digest:
        raise RefusedError(f"the list of packages is of {listed}, not of {digest}")
    return digest
