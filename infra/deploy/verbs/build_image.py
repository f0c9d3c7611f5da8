"""build-image: build the image of the checked-out files once; later it is named by its digest.

The tag `tree-<hash of all files>` names an image's sources. If the registry has that tag, from any commit or branch,
the image is not built again, so the tested image is the released one.

With `--signed` a tag only finds an image; it counts if this repository's build has signed it for these files. So an
image under the tag that nobody signed (its build was killed before that), or that a stranger pushed, stops nothing:
the files are built again, under the tag with a suffix, because tags are immutable.
"""

import argparse
import json
import secrets
import subprocess
import tempfile
from datetime import timedelta
from pathlib import Path

from infra.deploy.checkout import Checkout, read_checkout
from infra.deploy.context import Context
from infra.deploy.digests import read_digest
from infra.deploy.environments import ROOT, add_place_arguments, find_place, find_repository_id
from infra.deploy.errors import DeployError, MissingError, UnprovenError
from infra.deploy.google_login import google_token
from infra.deploy.outputs import write_outputs
from infra.deploy.registry import VARIABLE, Repository, find_digest, keep, list_digests

HELP = "Build and push the image of this checkout, unless the registry has it; print its digest."
PLATFORM = "linux/amd64"
"""What Cloud Run runs."""
LOOKING_SECONDS_MAX = 240.0
"""For a signed image among all with the tag; the job may take twenty minutes, and has to build in what is left."""
PUSH = "--output=type=registry,rewrite-timestamp=true"
"""`--push`, with all files dated at most SOURCE_DATE_EPOCH (BuildKit 0.13 and newer; older ones ignore it)."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_place_arguments(parser)
    parser.add_argument("--registry", help="default: the environment's own, REGION-docker.pkg.dev/PROJECT/nanobanana")
    parser.add_argument(
        "--signed", action="store_true", help="only an image counts that the pipeline's build has signed"
    )
    parser.add_argument("--only-find", action="store_true", help="fail where the image was never built")
    parser.add_argument("--keep", action="store_true", help="spare it from the registry's clean-up: it may be released")
    parser.add_argument("--folder", type=Path, default=ROOT, help="the checkout; default: this one")


def run(args: argparse.Namespace, context: Context) -> int:
    """Writes the outputs `digest`, `name`, `image`, `tree`, `commit`, `version`, and `built`: whether we built it now.

    Only what was built now is signed (build-release): a tag proves nothing of an image that is there already.
    """
    checkout = read_checkout(args.folder)
    repository = find_repository(args, context)
    digest, is_new = find_or_build(args, checkout, repository, context)
    if digest is not None:
        context.say(f"{repository.image}@{digest}")
        if args.keep:
            keep(repository, digest, context)
        facts = {"tree": checkout.tree, "commit": checkout.commit, "version": checkout.version}
        write_outputs(
            context,
            digest=digest,
            name=repository.image,
            image=f"{repository.image}@{digest}",
            built=str(is_new).lower(),
            **facts,
        )
    return 0


def find_or_build(
    args: argparse.Namespace, checkout: Checkout, repository: Repository, context: Context
) -> tuple[str | None, bool]:
    """The digest of the image of these files (None under --dry-run), and whether we built it. Raises DeployError."""
    tag = f"tree-{checkout.tree}"
    if args.signed:
        digest = find_signed(repository, tag, checkout.tree, find_repository_id(args.environment), context)
    else:
        digest = find_digest(repository, tag, context)
    if digest is not None:
        context.say(f"{tag} is there already")
        return digest, False
    if args.only_find:
        raise MissingError(f"no image was ever built from these files: {repository.image}:{tag}")
    log_in(repository, context)
    if args.signed and find_digest(repository, tag, context) is not None:
        tag = add_suffix(tag)
    digest, is_new = build(args.folder, checkout, repository, tag, context)
    if args.signed and digest is not None and not is_new:  # theirs is not signed, or not yet
        digest, is_new = build(args.folder, checkout, repository, add_suffix(tag), context)
    return digest, is_new


def find_signed(repository: Repository, tag: str, tree: str, repository_id: str, context: Context) -> str | None:
    """The image that the build has signed for these files, under the tag or the tag with a suffix; None without one.

    None too if strangers have pushed so much that looking takes too long: then another one is built.

    Raises DeployError.
    """
    from infra.deploy.origin import find_origin, refuse_other_files

    deadline = context.clock.now() + timedelta(seconds=LOOKING_SECONDS_MAX)
    for digest in list_digests(repository, tag, context):
        if context.clock.now() >= deadline:
            context.say(f"{tag}: no signed image was found in {LOOKING_SECONDS_MAX:.0f} s")
            return None
        try:
            refuse_other_files(find_origin(repository, digest, repository_id, context), tree, context)
        except UnprovenError as error:
            context.say(f"{digest} does not count: {error}")
            continue
        return digest
    return None


def add_suffix(tag: str) -> str:
    """Another tag of the same files that nobody can foresee."""
    return f"{tag}-{secrets.token_hex(8)}"


def find_repository(args: argparse.Namespace, context: Context) -> Repository:
    """The repository, found without deployment.json, which a builder may not read. Raises DeployError."""
    if args.registry:
        return Repository.parse(args.registry)
    return Repository.of(find_place(args, context))


def log_in(repository: Repository, context: Context) -> None:
    """Log docker in; the token is passed by a pipe, never as an argument."""
    command = ["docker", "login", "--username=oauth2accesstoken", "--password-stdin", f"https://{repository.host}"]
    if context.dry_run:
        context.say(f"would run {' '.join(command)}")
        return
    _run(command, context, given=google_token(context, VARIABLE)())


def build(
    folder: Path, checkout: Checkout, repository: Repository, tag: str, context: Context
) -> tuple[str | None, bool]:
    """Build and push; returns the digest that the registry has for the tag (None under --dry-run), and if it is ours.

    Tags are immutable: if another build was faster, our push is refused and the other image counts. Raises DeployError.
    """
    with tempfile.TemporaryDirectory() as place:
        metadata = Path(place) / "metadata.json"
        command = describe_build(folder, checkout, f"{repository.image}:{tag}", metadata)
        if context.dry_run:
            context.say(f"would run {' '.join(command)}")
            return None, False
        try:
            _run(command, context)
        except DeployError:
            theirs = find_digest(repository, tag, context)
            if theirs is None:
                raise
            context.say("somebody else pushed the same files meanwhile")
            return theirs, False
        pushed = read_digest(json.loads(metadata.read_text(encoding="utf-8"))["containerimage.digest"])
    found = find_digest(repository, tag, context)
    if found != pushed:
        raise DeployError(f"pushed {pushed}, but {tag} is {found or 'not there'}")
    return found, True


def describe_build(folder: Path, checkout: Checkout, name: str, metadata: Path) -> list[str]:
    """The docker command: one manifest for one platform, without attestations, so the digest names the image itself.

    No file and no label has the time of the build, so a second build of a commit can be compared with the first one.
    """
    arguments = {"COMMIT": checkout.commit, "TREE": checkout.tree, "VERSION": checkout.version}
    arguments |= {"SOURCE_DATE_EPOCH": checkout.committed_seconds}
    return [
        *("docker", "buildx", "build", f"--platform={PLATFORM}", "--provenance=false", "--sbom=false", "--pull"),
        f"--file={folder / 'infra/image/Dockerfile'}",
        *(f"--build-arg={key}={value}" for key, value in arguments.items()),
        *(f"--tag={name}", f"--metadata-file={metadata}", PUSH, str(folder)),
    ]


def _run(command: list[str], context: Context, given: str | None = None) -> None:
    """Run a program whose output stays visible. Raises DeployError."""
    try:
        done = subprocess.run(command, input=given, text=True, env=dict(context.environment), check=False)
    except OSError as error:
        raise DeployError(f"{command[0]}: {error.strerror}; install Docker with buildx") from error
    if done.returncode:
        raise DeployError(f"{' '.join(command[:3])} ended with {done.returncode}")
