"""The token by which a job of GitHub proves itself to our API of releases.

https://docs.github.com/en/actions/reference/security/oidc: a job with `id-token: write` asks GitHub for it, with the
two variables that GitHub gives to each step.
"""

import httpx

from infra.deploy.context import Context
from infra.deploy.errors import DeployError, RefusedError, UnreachableError

URL, SECRET = "ACTIONS_ID_TOKEN_REQUEST_URL", "ACTIONS_ID_TOKEN_REQUEST_TOKEN"


def has_job_token(context: Context) -> bool:
    """Whether this is a job that may ask for tokens."""
    return bool(context.environment.get(URL) and context.environment.get(SECRET))


def ask_job_token(context: Context, audience: str, seconds: float) -> str:
    """A new token for this audience; each is good for one report. Raises DeployError."""
    if not has_job_token(context):
        raise RefusedError("not a job of GitHub with the permission id-token: write")
    url = httpx.URL(context.environment[URL]).copy_merge_params({"audience": audience})
    headers = {"Authorization": f"Bearer {context.environment[SECRET]}"}
    try:
        answer = httpx.get(url, headers=headers, timeout=seconds)
        token = answer.json()["value"] if answer.is_success else ""
    except httpx.HTTPError as error:
        raise UnreachableError(f"GitHub's tokens: {type(error).__name__}") from error
    except (ValueError, KeyError, TypeError) as error:
        raise DeployError("GitHub's tokens: an answer that is none") from error
    if not token:
        raise UnreachableError(f"GitHub's tokens: {answer.status_code}")
    return str(token)
