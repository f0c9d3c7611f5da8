"""Reading values from Secret Manager; they are never printed or stored.

https://cloud.google.com/secret-manager/docs/reference/rest/v1/projects.secrets.versions/access
"""

import base64

from infra.deploy.api import Api
from infra.deploy.context import Context
from infra.deploy.errors import MissingError
from infra.deploy.google_login import google_token

SECRET_MANAGER_URL = "https://secretmanager.googleapis.com"  # noqa: S105 — an address
VARIABLE = "SECRET_MANAGER_API_URL"


def open_secrets(context: Context) -> Api:
    """Secret Manager."""
    return Api(context.environment.get(VARIABLE) or SECRET_MANAGER_URL, google_token(context, VARIABLE), context)


def read_secret(context: Context, variable: str, project: str, secret: str) -> str:
    """The variable if it is set, otherwise the newest version of the secret. Raises DeployError."""
    given = context.environment.get(variable, "").strip()
    if given:
        return given
    path = f"/v1/projects/{project}/secrets/{secret}/versions/latest:access"
    with open_secrets(context) as api:
        try:
            payload = api.get(path)["payload"]["data"]
        except MissingError as error:
            cure = f"gcloud secrets versions add {secret} --project={project} --data-file=-"
            raise MissingError(f"secret {secret} has no value; give it one:  {cure}") from error
    return base64.b64decode(payload).decode("utf-8").strip()
