"""Credentials for Google: the pipeline's federated identity, a person's login, or none for a local server."""

from collections.abc import Callable
from functools import cache

import google.auth
from google.auth.credentials import Credentials
from google.auth.exceptions import DefaultCredentialsError, GoogleAuthError, TransportError
from google.auth.transport.requests import Request

from infra.deploy.api import Api
from infra.deploy.context import Context
from infra.deploy.errors import DeployError, RefusedError, UnreachableError

SCOPE = "https://www.googleapis.com/auth/cloud-platform"
CREDENTIALS_URL = "https://iamcredentials.googleapis.com"
LOGIN = "gcloud auth application-default login"
LOCAL_TOKEN = "local"  # noqa: S105 — what local servers are shown


def google_token(context: Context, url_variable: str) -> Callable[[], str]:
    """A source of access tokens; a local server, named by `url_variable`, needs no login.

    The login is read at the first use, so verbs that need none do not ask for one.
    """
    if context.environment.get(url_variable):
        return lambda: LOCAL_TOKEN

    def token() -> str:
        return _real_token()()

    return token


@cache
def find_credentials() -> Credentials:
    """The available login. Raises RefusedError if there is none."""
    try:
        return google.auth.default(scopes=[SCOPE])[0]
    except DefaultCredentialsError as error:
        raise RefusedError(f"no Google login: run  {LOGIN}") from error


def explain(error: GoogleAuthError) -> DeployError:
    """Our error for a failed login; a transient failure becomes UnreachableError."""
    if isinstance(error, TransportError) or error.retryable:
        return UnreachableError(f"Google's login service: {type(error).__name__}")
    return RefusedError(f"the Google login is not accepted any more: run  {LOGIN}")


@cache
def _real_token() -> Callable[[], str]:
    credentials = find_credentials()
    request = Request()

    def token() -> str:
        try:
            if not credentials.valid:
                credentials.refresh(request)  # type: ignore[no-untyped-call]
        except GoogleAuthError as error:
            raise explain(error) from error
        return str(credentials.token)

    return token


def identity_token(context: Context, audience: str) -> str:
    """An identity token of the deployer that Cloud Run accepts for a service. Raises DeployError."""
    account = context.require("DEPLOYER_SERVICE_ACCOUNT")
    with Api(CREDENTIALS_URL, _real_token(), context) as api:
        path = f"/v1/projects/-/serviceAccounts/{account}:generateIdToken"
        return str(api.ask(path, {"audience": audience, "includeEmail": True})["token"])
