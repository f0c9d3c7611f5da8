"""A Google project: its APIs over REST, and its number."""

from typing import Any

from infra.deploy.api import Api
from infra.deploy.context import Context
from infra.deploy.deployment import STORAGE_URL
from infra.deploy.environments import Place
from infra.deploy.errors import RefusedError
from infra.deploy.google_login import google_token

RESOURCE_MANAGER_URL = "https://cloudresourcemanager.googleapis.com"
TRY_AGAIN_SECONDS = 15.0
"""A newly enabled API still refuses calls for about a minute."""


def open_api(context: Context, variable: str, url: str, place: Place) -> Api:
    """One of Google's APIs, with the project's quota: a person's login has none."""
    base = context.environment.get(variable) or url
    return Api(base, google_token(context, variable), context, {"X-Goog-User-Project": place.project})


def open_storage(place: Place, context: Context) -> Api:
    """Cloud Storage's JSON API."""
    return open_api(context, "STORAGE_EMULATOR_HOST", STORAGE_URL, place)


def read_project_number(place: Place, context: Context, tries: int = 1) -> str:
    """The project's number. Raises RefusedError if it is being deleted or not ours, MissingError if there is none."""
    with open_api(context, "RESOURCE_MANAGER_API_URL", RESOURCE_MANAGER_URL, place) as api:
        while True:
            tries -= 1
            try:
                project: Any = api.get(f"/v1/projects/{place.project}")
                break
            except RefusedError:
                if tries < 1:
                    raise
            context.clock.sleep(TRY_AGAIN_SECONDS)
    if project["lifecycleState"] != "ACTIVE":
        raise RefusedError(f"project {place.project} is {project['lifecycleState']}")
    return str(project["projectNumber"])
