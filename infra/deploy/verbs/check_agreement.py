"""check-agreement: nothing goes to production that members of the release bot have not agreed to."""

import argparse

from infra.deploy.context import Context
from infra.deploy.deployment import Deployment, load_deployment
from infra.deploy.environments import add_deployment_argument, add_place_arguments, find_place
from infra.deploy.errors import DeployError, RefusedError, UnreachableError
from infra.deploy.outputs import write_outputs
from infra.deploy.releases_api import SERVICE, Json, NotAllowedError, ReleasesApi
from shared.releases.release import UNDECIDED, Status

HELP = "Refuse a deployment that nobody agreed to; with an agreement the release begins to be deployed."
AGREED = (Status.MANUAL_TEST_PASSED, Status.DEPLOYING)
WAITING = tuple(status for status in UNDECIDED if status is not Status.MANUAL_TEST_PASSED)
FUNCTION = "releases"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_place_arguments(parser)
    add_deployment_argument(parser)
    parser.add_argument("--tree", required=True, help="the tree that is going to be deployed")
    parser.add_argument("--release", default="", help="its id; default: the release of this tree")


def run(args: argparse.Namespace, context: Context) -> int:
    """Writes the outputs `agreed`, `release` (the id to report of, or nothing) and `version` (its tag).

    Whether an agreement is needed, and whom to ask, is in Terraform's file: no variable of GitHub can change it.
    Raises RefusedError, and UnreachableError if nobody can tell: then nothing is deployed.
    """
    place = find_place(args, context)
    deployment = load_deployment(context, place.project, args.deployment)
    if not deployment.asks_agreement:
        context.say("nobody has to agree here: release_bot is false in Terraform")
        return tell(context, agreed=True)
    try:
        return check(ReleasesApi(find_address(deployment, context), context), args, context)
    except UnreachableError as error:
        raise UnreachableError(
            f"nobody can tell whether this was agreed to, so nothing is deployed: {error}"
        ) from error


def check(api: ReleasesApi, args: argparse.Namespace, context: Context) -> int:
    release = api.read(args.release) if args.release else find_release(api, args.tree)
    if release is None:
        context.say("no release of these files is known: start build-release by hand on staging, and agree to it")
        return tell(context, agreed=False)
    id_, status = release["id"], release["status"]
    if status in WAITING:
        context.say(f"{id_} is {status}: it starts by itself when the last one has agreed in the release bot")
        return tell(context, agreed=False)
    if status in {*AGREED, Status.DEPLOYED} and release["tree"] != args.tree:
        context.say(f"{id_} was agreed to, but these files are others: merge its pull request, which starts it")
        return tell(context, agreed=False)
    if status == Status.DEPLOYED and api.read_environment()["live"].get(SERVICE) == id_:
        context.say(f"{id_} was deployed before")
        return tell(context, agreed=True, version=release["release_tag"])
    if status not in AGREED:
        raise RefusedError(f"{id_} is {status}: that was not agreed to")
    try:
        api.report(id_, Status.DEPLOYING.value, phase="agreed", evidence={"tree": args.tree})
    except NotAllowedError as error:
        raise RefusedError(f"{id_} may not be deployed now: {error}") from error
    context.say(f"{id_}: agreed to, and nothing forbids it")
    return tell(context, agreed=True, release=id_, version=release["release_tag"])


def find_release(api: ReleasesApi, tree: str) -> Json | None:
    """The newest release of a tree that has not ended, or else the newest."""
    found = [each for each in api.list_newest() if each["tree"] == tree]
    underway = (each for each in found if each["status"] in {*AGREED, *WAITING, Status.DEPLOYED})
    return next(underway, found[0] if found else None)


def find_address(deployment: Deployment, context: Context) -> str:
    """The API's address; RELEASES_API_URL leads to a local one. Raises DeployError."""
    if url := context.environment.get("RELEASES_API_URL"):
        return url
    if FUNCTION not in deployment.functions:
        raise DeployError(f"Terraform has made no function {FUNCTION}")
    return deployment.functions[FUNCTION].url


def tell(context: Context, *, agreed: bool, release: str = "", version: str = "") -> int:
    write_outputs(context, agreed=str(agreed).lower(), release=release, version=version)
    return 0
