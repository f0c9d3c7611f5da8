"""Asking fal which of its models are there, which costs nothing.

fal's *Model search* (https://docs.fal.ai/platform-apis/v1/models) answers with an endpoint's metadata, whose `status`
is `active` or `deprecated`. An endpoint that is not in the answer does not exist.
"""

from collections.abc import Iterable, Iterator

import httpx

from infra.deploy.context import Context
from infra.deploy.errors import UnreachableError
from shared.adapters.fal_requests import list_endpoints
from shared.providers.ladder import PictureRung, Rung, VideoRung

PROVIDER, HOST, PATH = "fal", "api.fal.ai", "/v1/models"
CALL_SECONDS_MAX = 20.0
NOT_FOUND = 404
ACTIVE = "active"


def ask_fal(rungs: Iterable[Rung], context: Context) -> Iterator[str]:
    """One line per endpoint of our models that fal lacks or gives up. Raises UnreachableError."""
    ours = [rung for rung in rungs if rung.provider == PROVIDER and isinstance(rung, PictureRung | VideoRung)]
    key = context.environment.get("FAL_KEY", "")
    if not key:
        context.say(f"skipped: fal was not asked for {len(ours)} models: FAL_KEY is not set")
        return
    base_url = context.environment.get("FAL_BASE_URL") or f"https://{HOST}"
    headers = {"Authorization": f"Key {key}", "Host": HOST}
    with httpx.Client(base_url=base_url, headers=headers, timeout=CALL_SECONDS_MAX) as client:
        for rung in ours:
            for endpoint in list_endpoints(rung):
                yield from _tell(rung, endpoint, _find_status(client, endpoint))


def _tell(rung: Rung, endpoint: str, status: str) -> Iterator[str]:
    if not status:
        yield f"{rung.name} is not there any more: fal does not know {endpoint}"
    elif status != ACTIVE:
        yield f"{rung.name} is {status}: fal gives {endpoint} up"


def _find_status(client: httpx.Client, endpoint: str) -> str:
    """The status of an endpoint; empty if fal does not have it. Raises UnreachableError."""
    try:
        answer = client.get(PATH, params={"endpoint_id": endpoint})
        if answer.status_code == NOT_FOUND:
            return ""
        answer.raise_for_status()
        told = {each["endpoint_id"]: str(each["metadata"]["status"]) for each in answer.json()["models"]}
    except httpx.HTTPStatusError as error:
        raise UnreachableError(f"fal, {endpoint}: {error.response.status_code}") from None
    except (httpx.HTTPError, ValueError, KeyError, TypeError) as error:
        raise UnreachableError(f"fal, {endpoint}: {type(error).__name__}") from None
    return told.get(endpoint, "")
