"""report-rollback: tell the API of releases where the traffic went."""

import argparse

from infra.deploy.assemble import open_desk
from infra.deploy.context import Context
from infra.deploy.deployment import load_deployment
from infra.deploy.environments import add_deployment_argument, add_place_arguments, find_place
from infra.deploy.errors import DeployError, MissingError
from infra.deploy.probes import Prober
from infra.deploy.record import Record
from infra.deploy.releases_api import SERVICE, Json, ReleasesApi, read_version
from infra.deploy.report_step import try_report
from infra.deploy.verbs.report_deployment import is_left
from shared.releases.attempt import LOOKS
from shared.releases.release import Status, release_id

HELP = "Report that production went back: from which release, to which, and what /version shows. It never fails."
FUNCTION = "webhook"
"""What people's updates meet first, and who leads them on."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_place_arguments(parser)
    add_deployment_argument(parser)
    parser.add_argument(
        "--release", default="", help="the id or version of the release that was left; default: what the record says"
    )


def run(args: argparse.Namespace, context: Context) -> int:
    """Always 0: the traffic is back, whoever hears of it."""
    if args.environment != "production":
        context.say("only production's releases are reported")
        return 0
    place = find_place(args, context)

    def report(api: ReleasesApi) -> str:
        desk, _, _ = open_desk(place, context)
        record = desk.read()
        named = release_id(SERVICE, read_version(args.release)) if args.release else ""
        left = api.read(named) if named else find_left(api, record)
        if not is_left(record, left["digest"]):
            raise DeployError(f"{left['id']} still serves")
        if left["status"] == Status.DEPLOYING:
            api.report(left["id"], Status.PRODUCTION_FAILED.value, evidence={"is_traffic_back": True})
            return f"{left['id']} is production_failed"
        if left["status"] == Status.PRODUCTION_FAILED:
            return f"{left['id']} is production_failed, as was reported before"
        if left["status"] == Status.DEPLOYED:
            tag = find_served(api, record)["release_tag"]
            api.report(left["id"], Status.ROLLBACK.value, reason="by hand in GitHub", rollback_to_tag=tag)
        deployment = load_deployment(context, place.project, args.deployment)
        prober = Prober(deployment, context)
        looks = [prober.read_digest(deployment.functions[FUNCTION]) for _ in range(LOOKS)]
        api.report(left["id"], Status.ROLLBACK_DONE.value, evidence={"versions": looks})
        return f"{left['id']} is rollback_done"

    done = try_report(context, "the way back", report)
    if done:
        context.say(f"reported: {done}")
    return 0


def find_left(api: ReleasesApi, record: Record) -> Json:
    """The release that was given up last. Raises MissingError."""
    if not record.given_up:
        raise MissingError("the record knows of no release that was given up")
    return find_image(api, record.given_up[0].digest)


def find_served(api: ReleasesApi, record: Record) -> Json:
    """The release that serves now. Raises MissingError."""
    return find_image(api, record.stable.digest if record.stable is not None else "")


def find_image(api: ReleasesApi, digest: str) -> Json:
    """The newest release of an image that was in production. Raises MissingError."""
    ended = {Status.CANCELLED, Status.STAGING_FAILED, Status.MANUAL_TEST_FAILED}
    found = (each for each in api.list_newest() if each["digest"] == digest and each["status"] not in ended)
    release = next(found, None)
    if release is None:
        raise MissingError(f"no release has the image {digest}")
    return release
