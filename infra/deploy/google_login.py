"""Who we are to Google: the pipeline's federated identity, a person's own login, or nobody on a local server."""

from collections.abc import Callable
from functools import cache

from infra.deploy.api import Api
from infra.deploy.context import Context
from infra.deploy.errors import RefusedError

SCOPE = "https://www.googleapis.com/auth/cloud-platform"
CREDENTIALS_URL = "https://iamcredentials.googleapis.com"
LOCAL_TOKEN = "local"  # noqa: S105 — what local servers are shown


def google_token(context: Context, url_variable: str) -> Callable[[], str]:
    """A source of access tokens; for a local server, named by `url_variable`, no login is asked for.

    The login is looked for at the first use: who needs none is not asked for one.
    """
    if context.environment.get(url_variable):
        return lambda: LOCAL_TOKEN

    def token() -> str:
        return _real_token()()

    return token


@cache
def _real_token() -> Callable[[], str]:
    import google.auth
    import google.auth.exceptions
    import google.auth.transport.requests

    try:
        credentials, _ = google.auth.default(scopes=[SCOPE])
    except google.auth.exceptions.DefaultCredentialsError as error:
        raise RefusedError("no Google login: run  gcloud auth application-default login") from error
    request = google.auth.transport.requests.Request()

    def token() -> str:
        if not credentials.valid:
            credentials.refresh(request)  # type: ignore[no-untyped-call]
        return str(credentials.token)

    return token


def identity_token(context: Context, audience: str) -> str:
    """A token that Cloud Run's own door accepts for a service, in the deployer's name. Raises DeployError."""
    account = context.require("DEPLOYER_SERVICE_ACCOUNT")
    with Api(CREDENTIALS_URL, _real_token(), context) as api:
        path = f"/v1/projects/-/serviceAccounts/{account}:generateIdToken"
        return str(api.ask(path, {"audience": audience, "includeEmail": True})["token"])
