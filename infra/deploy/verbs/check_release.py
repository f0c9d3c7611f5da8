"""check-release: check that a published release is what its job has signed, from the tag to the image."""

import argparse

from infra.deploy.context import Context
from infra.deploy.errors import RefusedError
from infra.deploy.github import GitHub
from infra.deploy.release_files import SIGNED, fetch_files, prove_files, read_image
from infra.deploy.versions import list_releases

HELP = "Check the signatures of a published release, and that its tag, commit and image belong together."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--version", required=True, help="the release, such as v2026.11.21.1")


def run(args: argparse.Namespace, context: Context) -> int:
    with GitHub(context) as github:
        files = fetch_files(github, args.version)
        tagged = list_releases(github).get(args.version)
    origin = prove_files(files, context)
    if origin.commit != tagged:
        raise RefusedError(f"{args.version} is the commit {tagged}, but its files were signed at {origin.commit}")
    context.say(f"{args.version}: {', '.join(SIGNED)} were signed by deploy-production at {origin.commit[:10]}")
    context.say(f"its image is {read_image(files)}, and build-release built it")
    return 0
