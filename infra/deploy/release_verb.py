"""The common part of `deploy`, `rollout` and `apply`: arguments, and releasing an image."""

import argparse
from datetime import datetime

from infra.deploy.ask_models import refuse_missing_veo
from infra.deploy.assemble import load_checked, open_desk
from infra.deploy.attestation import refuse_bypass, refuse_unattested
from infra.deploy.context import Context
from infra.deploy.databases import refuse_stages, uses_other_database
from infra.deploy.deployment import Deployment
from infra.deploy.digests import read_digest
from infra.deploy.early_encryption import refuse_early_encryption
from infra.deploy.environments import (
    Place,
    add_deployment_argument,
    add_place_arguments,
    find_place,
    find_repository_id,
)
from infra.deploy.errors import DeployError, RefusedError
from infra.deploy.metrics import FiguresReader
from infra.deploy.outputs import write_outputs
from infra.deploy.prerequisites import await_prerequisites
from infra.deploy.probes import Prober
from infra.deploy.record import Record, Release
from infra.deploy.registry import Repository
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
        refuse_early_encryption(deployment, record, cloud_run)
        if staged and uses_other_database(deployment, record, cloud_run):
            staged = refuse_stages(context, is_rollout=resume)
        release = choose_release(args, deployment, record, context.clock.now(), resume=resume)
        bundle = prove_release(place, deployment, record, release, context)
        refuse_bypass(deployment, cloud_run)
        refuse_unattested(deployment, list_images(record, release, staged=staged), context)
    except DeployError:
        desk.release()
        raise
    team = Team(desk, arranger, Prober(deployment, context), FiguresReader(place.project, context))
    rollout = Rollout(deployment, team, context, pace, unproven=unproven, bundle=bundle)
    outcome = rollout.run(release, staged=staged)
    write_outputs(context, digest=release.digest, tag=release.tag, outcome=outcome.name.lower())
    return outcome.value


def prove_release(place: Place, deployment: Deployment, record: Record, release: Release, context: Context) -> str:
    """The signature of the image, verified; empty where none is asked for.

    An image that is new here must be built from the files of the commit that is released. Two may be unsigned: the
    first one of a new environment, which has no pipeline yet, and what is served since before signatures were asked
    for. Raises RefusedError, DeployError.
    """
    from infra.deploy.origin import find_origin, refuse_other_tree

    is_served = record.stable is not None and record.stable.digest == release.digest
    is_from_before = record.proven_since is None and (is_served or record.stable is None)
    if not deployment.proven_images or is_from_before:
        return ""
    repository_id = find_repository_id(place.environment)
    origin = find_origin(Repository.parse(deployment.registry), release.digest, repository_id, context)
    if record.stable is None or not is_served or record.stable.commit != release.commit:
        refuse_other_tree(origin, release.commit, context)
    context.say(f"{release.digest} was built from {origin.commit[:10]}, as its signature proves")
    return origin.bundle


def list_images(record: Record, release: Release, *, staged: bool) -> list[str]:
    """The images that a release makes revisions of: in stages also the stable one, whose webhook routes the chats."""
    stable = [record.stable.digest] if staged and record.stable is not None else []
    return [release.digest, *stable]


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
