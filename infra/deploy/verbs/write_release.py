"""write-release: write the files of a release into a folder, which the job then signs."""

import argparse
import json
from pathlib import Path

from infra.deploy.context import Context
from infra.deploy.digests import read_digest
from infra.deploy.environments import ROOT
from infra.deploy.github import GitHub
from infra.deploy.release_files import IMAGE, NOTES, PROVENANCE, SBOM, fetch_provenance
from infra.deploy.verbs.tag_release import write_release_notes
from infra.deploy.verbs.write_sbom import list_contents

HELP = "Write a release's notes, image, provenance and list of packages into a folder, to be signed."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--digest", required=True, type=read_digest, help="the image in production, sha256:…")
    parser.add_argument("--version", required=True, help="as check-release-tree gave it")
    parser.add_argument("--commit", help="the released commit; default: GITHUB_SHA")
    parser.add_argument("--checkout", type=Path, default=ROOT, help="the released files; default: this checkout")
    parser.add_argument("--folder", type=Path, required=True, help="where to write, made if it is not there")


def run(args: argparse.Namespace, context: Context) -> int:
    commit = args.commit or context.require("GITHUB_SHA")
    with GitHub(context) as github:
        notes = write_release_notes(github, args.version, commit, args.digest)
        provenance = fetch_provenance(github, args.digest, context)
    sbom = json.dumps(list_contents(args.checkout, args.digest), indent=1)
    files = {NOTES: notes, IMAGE: f"{args.digest}\n", PROVENANCE: provenance, SBOM: sbom}
    if not context.dry_run:
        args.folder.mkdir(parents=True, exist_ok=True)
        for name, text in files.items():
            (args.folder / name).write_text(text, encoding="utf-8")
    context.say(f"{args.version}: {', '.join(files)}")
    return 0
