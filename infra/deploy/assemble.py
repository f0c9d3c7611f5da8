"""Creating the objects that verbs share."""

import argparse
import getpass
import uuid
from collections.abc import Mapping

from infra.deploy.arrange import WEBHOOK, Arranger
from infra.deploy.cloud_run import CloudRun
from infra.deploy.context import Context
from infra.deploy.deployment import Deployment, load_deployment
from infra.deploy.desk import Desk
from infra.deploy.environments import Place
from infra.functions import FUNCTIONS

SERVICES: Mapping[str, str] = {name: name for name in FUNCTIONS}
"""Function → Cloud Run service: the same name (a test compares deployment.json), so a rollback needs no file."""


def name_holder(context: Context) -> str:
    """A unique name of the lock's holder: the workflow's run, or a person."""
    run = context.environment.get("GITHUB_RUN_ID")
    if run:
        return f"run {run} attempt {context.environment.get('GITHUB_RUN_ATTEMPT', '1')} {uuid.uuid4().hex[:6]}"
    return f"{getpass.getuser()} {uuid.uuid4().hex[:6]}"


def open_desk(place: Place, context: Context) -> tuple[Desk, Arranger, CloudRun]:
    """The objects that a rollback needs, which use only Cloud Run."""
    cloud_run = CloudRun(place.project, place.region, context)
    desk = Desk(cloud_run, SERVICES[WEBHOOK], name_holder(context), context)
    return desk, Arranger(cloud_run, SERVICES, desk, context), cloud_run


def refuse_mismatch(deployment: Deployment, place: Place) -> Deployment:
    """The deployment, after checking that it belongs to the environment. Raises DeployError."""
    from infra.deploy.errors import RefusedError

    if (deployment.environment, deployment.project) != (place.environment, place.project):
        raise RefusedError(
            f"deployment.json is {deployment.environment}'s ({deployment.project}), not {place.environment}'s"
        )
    return deployment


def load_checked(args: argparse.Namespace, place: Place, context: Context) -> Deployment:
    """The deployment.json of this environment.

    Raises DeployError, and RefusedError for another environment's, or for a file of somebody's own that asks for no
    signatures: whether they are asked for is decided by Terraform, whose file is in the delivery bucket.
    """
    from infra.deploy.errors import RefusedError

    deployment = refuse_mismatch(load_deployment(context, place.project, args.deployment), place)
    if args.deployment is not None and place.environment != "dev" and not deployment.proven_images:
        raise RefusedError(f"{args.deployment} asks for no signatures: leave --deployment out in {place.environment}")
    return deployment
