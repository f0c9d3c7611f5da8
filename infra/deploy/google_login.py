"""Who we are to Google: the pipeline's federated identity, a person's own login, or nobody on a local server."""

from collections.abc import Callable

from infra.deploy.context import Context
from infra.deploy.errors import RefusedError

SCOPE = "https://www.googleapis.com/auth/cloud-platform"
LOCAL_TOKEN = "local"  # noqa: S105 — what local servers are shown


def google_token(context: Context, url_variable: str) -> Callable[[], str]:
    """A source of access tokens; for a local server, named by `url_variable`, no login is asked for."""
    if context.environment.get(url_variable):
        return lambda: LOCAL_TOKEN
    return _real_token()


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
            credentials.refresh(request)
        return str(credentials.token)

    return token
