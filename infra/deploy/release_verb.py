"""The common part of `deploy`, `rollout` and `apply`: arguments, and releasing an image."""

import argparse
from datetime import datetime

from infra.deploy.ask_models import refuse_missing_veo
from infra.deploy.assemble import load_checked, open_desk
from infra.deploy.context import Context
from infra.deploy.databases import refuse_stages, uses_other_database
from infra.deploy.deployment import Deployment
from infra.deploy.digests import read_digest
from infra.deploy.environments import add_deployment_argument, add_place_arguments, find_place
from infra.deploy.errors import DeployError, RefusedError
from infra.deploy.metrics import FiguresReader
from infra.deploy.outputs import write_outputs
from infra.deploy.prerequisites import await_prerequisites
from infra.deploy.probes import Prober
from infra.deploy.record import Record, Release
from infra.deploy.revisions import make_release
from infra.deploy.rollout import Outcome, Rollout, Team

WAIT_SECONDS_MAX = 3600
"""The longest wait for another release to end."""


def add_release_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments: the environment and the image."""
    add_place_arguments(parser)
    add_deployment_argument(parser)
    parser.add_argument(
        "--image", type=read_digest, help="digest; default: the stable one, for `rollout` the one under way"
    )
    parser.add_argument("--version", default="", help="what people call it; default: the digest's first digits")
    parser.add_argument("--commit", default="", help="the commit it was built from")
    parser.add_argument("--renew", action="store_true", help="new revisions even of the same image: a secret changed")


def run_release(
    args: argparse.Namespace,
    context: Context,
    *,
    staged: bool,
    resume: bool = False,
    pace: float = 1.0,
    unproven: bool = False,
) -> int:
    """Release an image, stage by stage if `staged`; without one the stable one or, to `resume`, the one under way.

    Returns the outcome's exit code. Raises DeployError.
    """
    place = find_place(args, context)
    desk, arranger, cloud_run = open_desk(place, context)
    # without the lock, because Terraform needs it
    if not await_prerequisites(lambda: load_checked(args, place, context), context):
        return Outcome.ASKS.value
    desk.wait_and_take(WAIT_SECONDS_MAX)  # first: the last holder may have changed the stable release or the file
    try:
        deployment = load_checked(args, place, context)
        refuse_missing_veo(deployment, context)
        record = desk.check()
        if staged and uses_other_database(deployment, record, cloud_run):
            staged = refuse_stages(context, is_rollout=resume)
        release = choose_release(args, deployment, record, context.clock.now(), resume=resume)
    except DeployError:
        desk.release()
        raise
    team = Team(desk, arranger, Prober(deployment, context), FiguresReader(place.project, context))
    outcome = Rollout(deployment, team, context, pace, unproven=unproven).run(release, staged=staged)
    write_outputs(context, digest=release.digest, tag=release.tag, outcome=outcome.name.lower())
    return outcome.value


def choose_release(
    args: argparse.Namespace, deployment: Deployment, record: Record, now: datetime, *, resume: bool
) -> Release:
    """The given image; without one the stable image or, to `resume`, the candidate's.

    Raises RefusedError if nothing was released yet, or if there is a candidate and no image is given.
    """
    known = [each for each in (record.candidate, record.stable) if each is not None]
    if not args.image and record.candidate is not None and not resume:
        raise RefusedError(f"{record.candidate.version} is under way: continue it (rollout) or end it (rollback) first")
    if not args.image and not known:
        raise RefusedError("nothing was ever released here: give --image")
    digest = args.image or known[0].digest
    twin = next((each for each in known if each.digest == digest), None)
    version = args.version or (twin.version if twin else digest[len("sha256:") :][:12])
    commit = args.commit or (twin.commit if twin else "")
    made = make_release(deployment, digest, version, commit, now, renewed=args.renew)
    if not args.image and record.candidate is not None and record.stable is not None and made.id == record.stable.id:
        return record.candidate  # it differs from stable by the time of its secrets alone (--renew)
    return made
