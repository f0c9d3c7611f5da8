"""tag-release: tag a release that stayed good in production, and publish its signed files."""

import argparse
from pathlib import Path

from infra.deploy.context import Context
from infra.deploy.digests import read_digest
from infra.deploy.errors import RefusedError
from infra.deploy.github import GitHub, find_or_make
from infra.deploy.notes import collect_changes, write_notes
from infra.deploy.outputs import write_outputs
from infra.deploy.pulls import Json
from infra.deploy.release_files import NOTES, Files, prove_files, read_files, read_image, signs_privately
from infra.deploy.versions import VERSION, find_version, list_releases, version_key

HELP = "Tag the released commit and publish its notes. A tag that is there is never moved."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--commit", help="the released commit; default: GITHUB_SHA")
    parser.add_argument("--digest", required=True, type=read_digest, help="the image in production, sha256:…")
    parser.add_argument("--version", help="as check-release-tree gave it; default: worked out again")
    parser.add_argument("--files", type=Path, help="the folder of write-release; without it the release has only notes")
    parser.add_argument("--signature", type=Path, help="the bundle that the job has made over these files")


def run(args: argparse.Namespace, context: Context) -> int:
    """Writes the outputs `version` and `url`."""
    commit = args.commit or context.require("GITHUB_SHA")
    with GitHub(context) as github:
        files = read_signed(args, github, context)
        version = args.version or find_version(github, context, commit)
        notes = files[NOTES].decode() if files else write_release_notes(github, version, commit, args.digest)
        ensure_tag(github, version, commit, notes)
        release = publish(github, version, notes, files)
    if release is not None:
        context.say(f"{version} is {commit[:10]}, {release['html_url']}")
        write_outputs(context, version=version, url=release["html_url"])
    return 0


def read_signed(args: argparse.Namespace, github: GitHub, context: Context) -> Files:
    """The files to publish; none without `--files`. Raises DeployError unless one signature is over all of them."""
    if args.files is None:
        return {}
    if args.signature is None:
        raise RefusedError("--files are published with their --signature only")
    files = read_files(args.files, args.signature)
    if signs_privately(github):
        context.say("the signature is not verified: GitHub signs for private repositories with keys of its own")
    else:
        prove_files(files, context)
    if read_image(files) != args.digest:
        raise RefusedError(f"the files are not about {args.digest}")
    return files


def write_release_notes(github: GitHub, version: str, commit: str, digest: str) -> str:
    """The notes: the changes since the previous release, and the image."""
    if not VERSION.fullmatch(version):
        raise RefusedError(f"{version!r} is no version such as v2026.11.21.1")
    older = [each for each in list_releases(github) if version_key(each) < version_key(version)]
    notes = write_notes(collect_changes(github, older[0] if older else None, commit))
    return f"{notes or 'No listed change.'}\n\nImage `{digest}`"


def ensure_tag(github: GitHub, version: str, commit: str, notes: str) -> None:
    """Create an annotated tag on the commit. Raises RefusedError if the tag exists on another commit."""

    def find() -> str | None:
        return list_releases(github).get(version)

    def make() -> str | None:
        body = {"tag": version, "message": f"{version}\n\n{notes}", "object": commit, "type": "commit"}
        tag = github.change("POST", "/git/tags", body)
        github.change("POST", "/git/refs", {"ref": f"refs/tags/{version}", "sha": tag["sha"] if tag else "(the tag)"})
        return commit

    found = find_or_make(find, make)
    if found != commit:
        raise RefusedError(f"{version} is the name of {found}, not of {commit}: a tag never moves")


def publish(github: GitHub, version: str, notes: str, files: Files) -> Json | None:
    """Create GitHub's release of the tag; returns None under `--dry-run`.

    It is a draft until it has all its files, so a published release is complete and stays as it is.
    """
    found: Json | None = github.find(f"/releases/tags/{version}")
    if found is not None:
        return found
    for begun in github.pages("/releases"):
        if begun["draft"] and begun["tag_name"] == version:
            github.change("DELETE", f"/releases/{begun['id']}")
    body = {"tag_name": version, "name": version, "body": notes, "draft": True, "prerelease": False}
    draft = github.change("POST", "/releases", body)
    if draft is None:
        return None
    for name, content in files.items():
        github.upload(draft["upload_url"], name, content)
    published: Json | None = github.change("PATCH", f"/releases/{draft['id']}", {"draft": False})
    return published
