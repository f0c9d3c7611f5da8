"""`generateContent` of Gemini's two APIs, over our own connections.

google-genai loads for 250 ms, and checks an answer of 22 MB field by field (docs/decisions/0138-speed.md).
"""

from urllib.parse import urlsplit

from shared.adapters.gemini_access import Access
from shared.adapters.google_rest import GoogleRest, Token
from shared.adapters.http_connections import Admit, Answer
from shared.adapters.metadata_token import MetadataToken

DEVELOPER_URL = "https://generativelanguage.googleapis.com"
MULTI_REGIONS = frozenset({"us", "eu"})
HTTP_PORT = 80


class GeminiRest:
    """The connections belong to the event loop that uses them first, and must not exist before the server forks."""

    def __init__(self, access: Access, seconds_max: float, admit: Admit, token: Token | None = None) -> None:
        """`admit` returns when the body of a 200 may be read. `token` replaces the service account's."""
        url = urlsplit(access.base_url or (DEVELOPER_URL if access.api_key else name_enterprise_url(access.location)))
        self._path = url.path.rstrip("/") + _name_models(access)
        self._headers = {"X-Server-Timeout": str(round(seconds_max))}
        if access.api_key:
            self._headers["X-Goog-Api-Key"] = access.api_key.strip()
        is_tls, token = url.scheme == "https", None if access.api_key else token or MetadataToken()
        host = url.netloc if is_tls or url.port else f"{url.netloc}:{HTTP_PORT}"
        self._rest = GoogleRest(host, token, is_tls=is_tls, admit=admit)

    async def generate(self, model_id: str, request: bytes) -> Answer:
        """Ask this model, with a request in JSON; a refused token is renewed once, any other call is sent once.

        Raises OSError, and UnavailableError if there is no token.
        """
        path = f"{self._path}/{model_id}:generateContent"
        return await self._rest.post(path, request, once=True, headers=self._headers)

    async def close(self) -> None:
        """Close the connections, in the loop that used them."""
        await self._rest.close()


def name_enterprise_url(location: str) -> str:
    """The address of the enterprise API in a region, a multi-region, or everywhere ("global").

    https://docs.cloud.google.com/vertex-ai/docs/general/locations
    """
    if location == "global":
        return "https://aiplatform.googleapis.com"
    if location in MULTI_REGIONS:
        return f"https://aiplatform.{location}.rep.googleapis.com"
    return f"https://{location}-aiplatform.googleapis.com"


def _name_models(access: Access) -> str:
    if access.api_key:
        return "/v1/models"
    return f"/v1beta1/projects/{access.project}/locations/{access.location}/publishers/google/models"
