"""bootstrap: prepare an empty Google project for Terraform; a person runs it once per environment.

It is idempotent: existing objects are kept, missing ones created. Terraform's first apply creates everything else,
including the pipeline's identity.
"""

import argparse

from infra.deploy.context import Context
from infra.deploy.environments import Place, add_place_arguments, find_place
from infra.deploy.google_project import open_api, open_storage, read_project_number
from infra.deploy.operations import wait_for_operation
from infra.deploy.state_bucket import make_bucket, read_bucket_name

HELP = "Switch on the APIs that Terraform itself needs and make the bucket for its state."
SERVICE_USAGE_URL = "https://serviceusage.googleapis.com"
SERVICES = (
    "cloudresourcemanager.googleapis.com",  # reads the project, sets who may do what in it
    "iam.googleapis.com",  # service accounts and the pipeline's federation
    "run.googleapis.com",  # where `apply` looks for its lock before Terraform has created anything
    "serviceusage.googleapis.com",  # enables the other APIs
    "storage.googleapis.com",  # holds the state
)
PAUSE_SECONDS = 2.0
WAIT_SECONDS_MAX = 300.0
TRIES = 6
"""Of reading the project, whose newly enabled API still refuses calls."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_place_arguments(parser)
    parser.add_argument("--bucket", help="for the state; default: the one in the environment's backend")


def run(args: argparse.Namespace, context: Context) -> int:
    place = find_place(args, context)
    bucket = args.bucket or read_bucket_name(place.environment)
    is_new = enable_services(place, context)
    number = read_project_number(place, context, tries=TRIES if is_new else 1)
    with open_storage(place, context) as storage:
        make_bucket(storage, bucket, place.project, number, place.region, context)
    context.say(f"next:  make apply ENV={place.environment}")
    return 0


def enable_services(place: Place, context: Context) -> bool:
    """Enable disabled APIs; returns whether there were any. Raises DeployError."""
    with open_api(context, "SERVICE_USAGE_API_URL", SERVICE_USAGE_URL, place) as api:
        names = [f"projects/{place.project}/services/{service}" for service in SERVICES]
        found = api.get(f"/v1/projects/{place.project}/services:batchGet", names=names)
        on = {each["config"]["name"] for each in found["services"] if each["state"] == "ENABLED"}
        missing = [service for service in SERVICES if service not in on]
        if not missing:
            context.say("APIs: all that Terraform needs are on")
            return False
        operation = api.change("POST", f"/v1/projects/{place.project}/services:batchEnable", {"serviceIds": missing})
        if operation is not None:
            wait_for_operation(api, operation, context, pause_seconds=PAUSE_SECONDS, seconds_max=WAIT_SECONDS_MAX)
            context.say(f"APIs: switched on {', '.join(missing)}")
        return operation is not None
