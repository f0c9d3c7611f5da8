"""What `deploy`, `rollout` and `apply` share: arguments, and a release from them."""

import argparse

from infra.deploy.assemble import open_desk, refuse_mismatch
from infra.deploy.context import Context
from infra.deploy.deployment import load_deployment
from infra.deploy.digests import read_digest
from infra.deploy.environments import add_deployment_argument, add_place_arguments, find_place
from infra.deploy.errors import RefusedError
from infra.deploy.metrics import FiguresReader
from infra.deploy.outputs import write_outputs
from infra.deploy.probes import Prober
from infra.deploy.record import Release
from infra.deploy.revisions import make_release
from infra.deploy.rollout import Outcome, Rollout, Team


def add_release_arguments(parser: argparse.ArgumentParser) -> None:
    """Where, and what."""
    add_place_arguments(parser)
    add_deployment_argument(parser)
    parser.add_argument("--image", type=read_digest, help="digest; default: the one that is stable (or under way)")
    parser.add_argument("--version", default="", help="what people call it; default: the digest's first digits")
    parser.add_argument("--commit", default="")


def run_release(args: argparse.Namespace, context: Context, *, staged: bool) -> int:
    """Release an image; the exit code is the outcome's. Raises DeployError."""
    place = find_place(args, context)
    deployment = refuse_mismatch(load_deployment(context, place.project, args.deployment), place)
    desk, arranger, _ = open_desk(place, context)
    current = choose_current(desk.read().candidate, desk.read().stable, args.image)
    digest = args.image or current.digest if current else args.image
    if not digest:
        raise RefusedError("nothing was ever released here: give --image")
    version = args.version or (current.version if current and current.digest == digest else digest[7:19])
    commit = args.commit or (current.commit if current and current.digest == digest else "")
    release = make_release(deployment, digest, version, commit, context.clock.now())
    team = Team(desk, arranger, Prober(deployment, context), FiguresReader(place.project, context))
    outcome = Rollout(deployment, team, context).run(release, staged=staged)
    write_outputs(context, digest=digest, tag=release.tag, outcome=outcome.name.lower())
    return outcome.value if outcome is not Outcome.RELEASED else 0


def choose_current(candidate: Release | None, stable: Release | None, digest: str | None) -> Release | None:
    """What is meant where something is left out: the release with this digest, else what is under way, else stable."""
    known = [each for each in (candidate, stable) if each is not None]
    return next((each for each in known if each.digest == digest), known[0] if known else None)
